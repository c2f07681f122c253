"""The music of a script: a bed of the library, or a folder of the clinic's own."""

import re
import subprocess
import sys

import msgspec
import numpy as np
import pytest
import soundfile

from guideplayer.authoring.listing import listing_of
from guideplayer.authoring.music import unheard_music
from guideplayer.authoring.reader import read_text
from guideplayer.core.playlist import Order
from guideplayer.core.script import BedChoice
from guideplayer.music.folder import hear, playlist_of
from guideplayer.music.readable import cache_folder
from tests.music.recordings import convert, tone, write


@pytest.fixture(autouse=True, scope="module")
def own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield cache_folder()


@pytest.fixture(scope="module")
def folder(tmp_path_factory, own_cache):
    folder = tmp_path_factory.mktemp("scripts")
    for number in (1, 2, 10):
        write(folder / "music" / "evening" / f"{number}.wav", tone(13))
    (folder / "music" / "evening" / "broken.mp3").write_text("no music")
    (folder / "music" / "empty").mkdir()
    (folder / "music" / "words").mkdir()
    (folder / "music" / "words" / "a.ogg").write_text("no music")
    hear([folder / "music" / "evening", folder / "music" / "words"], own_cache, lambda *told: None)
    return folder


SKIPPED = (
    "skipped-music: “broken.mp3” in “music/evening” is left out: it is broken, or of a kind that cannot be read:"
    " save it as WAV, FLAC or MP3"
)


def read(small, library, folder, first, second="", *, lint=False):
    """The small script with a bed in its first phase, and another in its return."""
    text = small.replace("bed: tide", f"bed: {{{first}}}", 1)
    assert text != small
    if second:
        text = text.replace("return:\n", f"return:\n  bed: {{{second}}}\n")
    return read_text(text, "script.yaml", library, folder, lint=lint)


def beds(small, library, folder, first, second=""):
    script, problems = read(small, library, folder, first, second)
    assert [f"{problem.code}: {problem.sentence}" for problem in problems] == [SKIPPED]
    return script.phases[0].bed, script.returning.bed


def test_a_folder_of_music_is_a_bed(small, library, folder):
    first, last = beds(small, library, folder, "playlist: music/evening, level: -30", "level: -28")
    assert msgspec.structs.replace(first, file="") == BedChoice("music/evening", -30)
    assert msgspec.structs.replace(last, file="") == BedChoice("music/evening", -28)
    assert first.file == last.file
    playlist = playlist_of(first.file)
    assert [track.title for track in playlist.tracks] == ["1", "2", "10"]
    assert (playlist.order, playlist.seed) == (Order.LISTED, 0)


def test_its_order_stays_unless_it_is_given(small, library, folder):
    first, last = beds(small, library, folder, "playlist: music/evening, order: shuffled", "seed: 3")
    assert [(playlist_of(bed.file).order, playlist_of(bed.file).seed) for bed in (first, last)] == [
        (Order.SHUFFLED, 0),
        (Order.SHUFFLED, 3),
    ]


def test_another_bed_takes_its_place(small, library, folder):
    first, last = beds(small, library, folder, "playlist: music/evening", "name: tide")
    assert first.file
    assert last == BedChoice("tide", -26)
    assert beds(small, library, folder, "playlist: music/evening", "name: none")[1] == BedChoice("", -26)
    first, last = beds(small, library, folder, "name: tide", "playlist: music/evening")
    assert (first, last.name) == (BedChoice("tide", -26), "music/evening")


@pytest.mark.parametrize(
    ("bed", "sentences"),
    [
        ("playlist: music/morning", ["missing-music: there is no folder “music/morning” in the script's folder"]),
        (
            "playlist: ../music",
            ["outside: “../music” is outside the script's folder: put the folder beside the script"],
        ),
        (
            "playlist: music/empty",
            ["empty-music: the folder “music/empty” is no playlist: there is no music in it"],
        ),
        (
            "playlist: music/words",
            [
                "empty-music: the folder “music/words” is no playlist: no file in it can be played",
                "skipped-music: “a.ogg” in “music/words” is left out: it is broken, or of a kind that cannot be read:"
                " save it as WAV, FLAC or MP3",
            ],
        ),
        (
            "name: tide, playlist: music/evening",
            [SKIPPED, "two-in-one: 'name' and 'playlist' stand together: a bed has one of them"],
        ),
        ("name: tide, order: shuffled", ["missing-key: 'order' is for a folder of music: it needs 'playlist'"]),
        ("playlist: music/evening, order: mixed", [SKIPPED, "unknown-order: there is no order “mixed”"]),
    ],
)
def test_a_wrong_playlist_is_told(small, library, folder, bed, sentences):
    _, problems = read(small, library, folder, bed)
    assert {problem.line for problem in problems} == {9}
    told = [f"{problem.code}: {problem.sentence}" for problem in problems]
    assert [sentence.partition(": there is listed")[0] for sentence in told] == sentences


def test_music_that_nobody_has_listened_to_keeps_a_script_from_being_played(small, library, folder, own_cache):
    script, music = folder / "script.yaml", folder / "music" / "new"
    script.write_text(small.replace("bed: tide", "bed: {playlist: music/new}", 1))
    write(music / "1.wav", tone(13))
    assert unheard_music([script], library) == [music]
    chosen, problems = read(small, library, folder, "playlist: music/new")
    assert chosen is None
    assert [f"{problem.code}: {problem.sentence}" for problem in problems] == [
        "unheard-music: nobody has listened to 1 track in “music/new” yet: `guideplayer check script.yaml` does, once"
    ]
    hear([music], own_cache, lambda *told: None)
    assert unheard_music([script], library) == []
    chosen, problems = read(small, library, folder, "playlist: music/new")
    assert problems == ()
    assert [track.title for track in playlist_of(chosen.phases[0].bed.file).tracks] == ["1"]


def test_what_is_known_of_music_has_to_be_kept(small, library, folder, own_cache, monkeypatch):
    (folder / "in the way").write_text("")
    monkeypatch.setattr("guideplayer.authoring.beds.keep_playlist", lambda *given: (folder / "in the way/a").touch())
    (*_, problem) = read(small, library, folder, "playlist: music/evening")[1]
    assert f"{problem.code}: {problem.sentence}" == (
        "unreadable-music: the folder of music cannot be read or kept: Not a directory"
    )


def test_music_that_could_startle_is_told(small, library, folder, own_cache):
    for name, loud in (("sudden", 0.2), ("softer", 0.035)):
        samples = np.concatenate([tone(20, level=0.02), tone(10, level=loud), tone(10, level=0.02)])
        write(folder / "music" / "loud" / f"{name}.wav", samples)
    hear([folder / "music" / "loud"], own_cache, lambda *told: None)
    _, problems = read(small, library, folder, "playlist: music/loud", lint=True)
    (found,) = [problem for problem in problems if problem.code == "sudden-music"]
    said = re.fullmatch(
        r"“sudden” in 'music/loud' grows louder by ([\d.]+) LU within a second, which can startle: 6 at most",
        found.sentence,
    )
    assert said
    # Ten times the amplitude is 20 LU; what is louder only by 5 is not told of.
    assert 10 < float(said[1]) <= 21


def test_check_listens_to_it(small, folder, tmp_path):
    """The command on a machine that has never heard the music: it listens, with a bar, and then knows."""
    script = folder / "script.yaml"
    script.write_text(small.replace("bed: tide", "bed: {playlist: music/evening}", 1))
    command = [sys.executable, "-m", "guideplayer", "check", str(script), "--json"]
    environment = {"XDG_CACHE_HOME": str(tmp_path / "fresh"), "GUIDEPLAYER_MEDIA": str(tmp_path), "PATH": ""}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    codes = {problem["code"] for problem in msgspec.json.decode(done.stdout)}
    assert "skipped-music" in codes
    assert "unheard-music" not in codes
    assert "Listening" in done.stderr
    again = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (again.stdout, again.stderr) == (done.stdout, "")


def test_a_therapist_is_told_what_is_played(small, library, folder):
    music = folder / "music" / "tagged"
    convert(music.with_name("1.opus"), tone(14), "Blue hour", "Anna Berg")
    music.mkdir()
    music.with_name("1.opus").rename(music / "1.opus")
    write(music / "second piece.wav", tone(75))
    hear([music], cache_folder(), lambda *told: None)
    script = folder / "told.yaml"
    script.write_text(small.replace("bed: tide", "bed: {playlist: music/tagged}", 1))
    listing = listing_of(script, library)
    assert listing.problems == ()
    assert [piece.told() for piece in listing.music] == ["Blue hour by Anna Berg (14s)", "second piece (1m15s)"]


def test_a_recording_from_a_telephone_is_a_line(small, library, folder):
    convert(folder / "anna.m4a", tone(2))
    text = small.replace("- say: You can rest.", "- say: You can rest.\n          audio: anna.m4a")
    script, problems = read_text(text, "script.yaml", library, folder)
    assert problems == ()
    clip = script.phases[0].items[0].clip
    assert clip.length_ms == pytest.approx(2000, abs=100)
    assert soundfile.info(clip.file).samplerate == 48_000
