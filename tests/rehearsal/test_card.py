"""Cards: the picture is the painter's, the sample the mixer's, the arc the plan's; a bad script leaves nothing."""

import io
import os
import re
import subprocess
import sys

import msgspec
import numpy as np
import pygame
import pytest
import soundfile

from guideplayer.authoring.reader import read_script
from guideplayer.core.script import Rest, Say, Script, span
from guideplayer.media import Library, media_folder, scripts_folder, shipped_library
from guideplayer.rehearsal.card import CardError, make_card
from guideplayer.rehearsal.card_arc import POINTS, arc_of
from guideplayer.rehearsal.card_sample import RATE_HZ, SAMPLE_MS, sample_of
from guideplayer.room.card_files import CARD, PICTURE, SAMPLE, Card, CardFolder, card_file
from guideplayer.room.shelf import ScriptShelf
from guideplayer.voice.measuring import Loudness, true_peak_db
from tests.music.recordings import tone, write

OPEN_SKY = scripts_folder() / "open-sky.yaml"
MINUTE_MS = 60_000


@pytest.fixture(scope="module")
def script() -> Script:
    script, problems = read_script(OPEN_SKY, shipped_library())
    assert script
    assert not problems
    return script


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The card of Open Sky: its folder and its key."""
    folder = tmp_path_factory.mktemp("state") / "cards"
    card = make_card(OPEN_SKY, folder, shipped_library())
    return folder, card


@pytest.fixture(scope="module")
def sound(made):
    folder, card = made
    samples, rate_hz = soundfile.read(card_file(folder, card.key, SAMPLE), dtype="float32")
    assert rate_hz == RATE_HZ
    return samples


def test_a_card_is_three_files_that_the_room_finds(made):
    folder, card = made
    assert sorted(path.name for path in folder.iterdir()) == [f"{card.key}-{part}" for part in (CARD, PICTURE, SAMPLE)]
    cards = CardFolder(folder.parent, shipped_library())
    assert cards.card(OPEN_SKY) == card
    assert msgspec.json.decode(card_file(folder, card.key, CARD).read_bytes(), type=Card) == card


def test_the_picture_shows_something(made):
    folder, card = made
    content = card_file(folder, card.key, PICTURE).read_bytes()
    assert content.startswith(b"\xff\xd8")
    assert len(content) < 60_000
    pixels = pygame.surfarray.array3d(pygame.image.load(io.BytesIO(content), "picture.jpg")).astype(float)
    assert pixels.shape == (640, 360, 3)
    assert pixels.mean() > 20
    # A dusk: the horizon is lighter than the zenith, and nothing is written on it.
    assert pixels[:, 280:320].mean() > 1.5 * pixels[:, :40].mean()
    assert pixels.max() < 250


def test_the_sample_is_twenty_seconds_as_loud_as_in_the_room(sound):
    assert len(sound) == SAMPLE_MS * RATE_HZ // 1000
    loudness = Loudness(sound)
    # The narration is at -20 LUFS; between its two lines there is the bed alone.
    assert -24 < loudness.integrated_lufs() < -19
    assert loudness.curve(3.0).max() == pytest.approx(-20, abs=1.5)
    assert true_peak_db(sound) < -1


def test_the_sample_comes_and_goes_softly(sound):
    second = np.abs(sound[:RATE_HZ])
    assert second[: RATE_HZ // 100].max() < 0.001
    assert np.abs(sound[-RATE_HZ // 100 :]).max() < 0.001
    # No frame of the fades is far from the one before it: nothing clicks.
    assert np.abs(np.diff(sound[: RATE_HZ // 2], axis=0)).max() < 0.02
    assert np.abs(np.diff(sound[-RATE_HZ // 2 :], axis=0)).max() < 0.02


def test_the_sample_tells_two_lines_of_one_phase_between_settling_and_peak(script, made):
    _, card = made
    first, second = card.lines
    texts = [[item.text for item in phase.items if isinstance(item, Say)] for phase in script.phases]
    (number,) = [number for number, lines in enumerate(texts) if first in lines]
    assert number > 0
    assert not script.phases[number].peak
    assert texts[number][texts[number].index(first) + 1] == second


def test_a_sample_of_few_words_has_fewer_lines(script):
    def of(*items):
        phase = msgspec.structs.replace(script.phases[0], items=items)
        return sample_of(msgspec.structs.replace(script, phases=(phase,)))

    line = next(item for item in script.phases[0].items if isinstance(item, Say))
    long = msgspec.structs.replace(line, clip=msgspec.structs.replace(line.clip, length_ms=13_000))
    endless = msgspec.structs.replace(line, clip=msgspec.structs.replace(line.clip, length_ms=15_000))
    assert of(line, Rest(span(MINUTE_MS)), line).lines == (line, line)
    assert of(line, Rest(span(MINUTE_MS)), long).lines == (long,)
    assert of(endless, Rest(span(MINUTE_MS))).lines == ()
    for sample in (of(line, line), of(long), of(endless)):
        items = sample.script.phases[0].items
        whole_ms = sum(item.clip.length_ms if isinstance(item, Say) else item.span.natural_ms for item in items)
        assert whole_ms == sample.script.shortest_ms == 50_000


def test_the_arc_is_the_plans(script):
    arc = arc_of(script, 50 * MINUTE_MS)
    for curve in (arc.light, arc.words, arc.effect):
        assert len(curve) == POINTS
        assert all(0 <= share <= 1 for share in curve)
    whole_ms = arc.ends_ms - arc.begins_ms

    def at(curve, at_ms):
        return curve[round((at_ms - arc.begins_ms) * (POINTS - 1) / whole_ms)]

    assert arc.begins_ms < 0 < arc.infusion_ms == 50 * MINUTE_MS < arc.ends_ms
    assert at(arc.effect, 0) < 0.03
    assert at(arc.effect, arc.infusion_ms) > 0.96
    assert arc.effect[-1] < 0.6
    # Lighter and wordier before than at the peak, and light again in the return.
    assert at(arc.light, 0) > 2 * at(arc.light, 46 * MINUTE_MS)
    assert arc.light[-1] == pytest.approx(script.returning.scene.light, abs=0.01)
    assert at(arc.words, 0) > 10 * at(arc.words, 46 * MINUTE_MS)


def test_a_script_that_changes_or_sounds_otherwise_has_no_card_yet(tmp_path, made):
    folder, card = made
    cards = CardFolder(folder.parent, shipped_library())
    copy = tmp_path / "copy.yaml"
    copy.write_bytes(OPEN_SKY.read_bytes())
    assert cards.card(copy) == card
    copy.write_bytes(OPEN_SKY.read_bytes() + b"# another\n")
    assert cards.card(copy) is None
    copy.unlink()
    assert cards.card(copy) is None
    assert CardFolder(folder.parent, Library(tmp_path)).card(OPEN_SKY) is None


def test_a_damaged_card_is_no_card(tmp_path):
    cards = CardFolder(tmp_path, shipped_library())
    cards.path.mkdir()
    card_file(cards.path, cards.key(OPEN_SKY), CARD).write_bytes(b'{"key": 1')
    assert cards.card(OPEN_SKY) is None


def run(*words, **environment):
    command = [sys.executable, "-m", "guideplayer.rehearsal.card", *map(str, words)]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, env={**os.environ, **environment}, timeout=180
    )


def test_what_cannot_be_a_card_is_one_sentence(tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text("guideplayer: 1\n", "utf-8")
    done = run(broken, tmp_path / "cards", media_folder())
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{broken} cannot be played: see `guideplayer check {broken}`.\n"
    assert not (tmp_path / "cards").exists()
    with pytest.raises(CardError, match="No such file or directory"):
        make_card(tmp_path / "none.yaml", tmp_path / "cards", shipped_library())


def test_a_folder_that_cannot_be_is_one_sentence(tmp_path):
    (tmp_path / "cards").write_text("in the way")
    done = run(OPEN_SKY, tmp_path / "cards", media_folder())
    assert done.returncode == 1
    assert done.stderr == f"The card of {OPEN_SKY} cannot be kept in {tmp_path / 'cards'}: File exists.\n"


def test_music_is_listened_to_before_its_script_gets_a_card(tmp_path, monkeypatch):
    """A therapist puts music beside a script: the desk says what is missing, and soon it can be played."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    script = tmp_path / "scripts" / "own.yaml"
    write(script.parent / "music" / "1.wav", tone(13))
    text = OPEN_SKY.read_text("utf-8")
    script.write_text(re.sub(r"bed: \{name: evening-pad", "bed: {playlist: music", text, count=1), "utf-8")
    cards = CardFolder(tmp_path, shipped_library())
    shelf = ScriptShelf([script.parent], shipped_library(), cards)
    (listed,) = shelf.listing()
    assert listed["problems"] == (
        f"Line 19: nobody has listened to 1 track in “music” yet: `guideplayer check {script}` does, once",
    )
    assert shelf.preparable() == [script]
    done = run(script, cards.path, media_folder())
    assert (done.returncode, done.stderr) == (0, "")
    (listed,) = shelf.listing()
    assert listed["problems"] == ()
    assert [piece["title"] for piece in listed["music"]] == ["1"]
    assert listed["card"]
