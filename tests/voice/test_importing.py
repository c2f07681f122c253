"""A folder of takes becomes a voice: each take at its line, the doubtful told, the originals as they were."""

import subprocess

import imageio_ffmpeg
import msgspec
import numpy as np
import pyloudnorm
import pytest
import soundfile

from guideplayer.media import Library
from guideplayer.voice import VoiceError
from guideplayer.voice.importing import Fate, Importer
from guideplayer.voice.lines import Line
from guideplayer.voice.mastering import samples_of

RATE_HZ = 44_100
TEXTS = (
    "You are welcome here.",
    "Feel the weight of your hands.",
    "Your breath can move.",
    "There is plenty of time.",
    "All of it can pass.",
)
LINES = [Line(f"key{number}", text, text, "settling") for number, text in enumerate(TEXTS)]
SOMETHING_ELSE = "The dog barks loudly outside."


def hum(text, seconds=2.0, level=0.2):
    """A take of a text: a hum, whose pitch tells an ear which text it is."""
    pitch_hz = 200 + 40 * [*TEXTS, SOMETHING_ELSE].index(text)
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    voice = level * np.sin(2 * np.pi * pitch_hz * times) * np.minimum(1, 10 * (seconds - times))
    silence = np.zeros(RATE_HZ // 2)
    room = np.random.default_rng(1).normal(0, 0.0005, len(times) + 2 * len(silence))
    return (np.concatenate([silence, voice, silence]) + room).astype(np.float32)


class PitchEar:
    """Understands hums by their pitch."""

    def hear(self, take):
        samples = samples_of(take)
        strongest = np.argmax(np.abs(np.fft.rfft(samples))) * take.frame_rate / len(samples)
        texts = [*TEXTS, SOMETHING_ELSE]
        return texts[min(range(len(texts)), key=lambda number: abs(200 + 40 * number - strongest))]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "takes").mkdir()
    return tmp_path / "takes"


@pytest.fixture
def home(tmp_path):
    return tmp_path / "media" / "voices" / "anna"


def put(folder, name, samples):
    soundfile.write(folder / name, samples, RATE_HZ)


def bring_in(folder, home, ear=None):
    return Importer(home, LINES, "en", ear).bring_in(folder, lambda *told: None)


def fates(report):
    return [(line.number, line.fate, line.file, str(line.how)) for line in report.lines]


def test_takes_of_every_kind_are_matched_mastered_and_kept(folder, home, tmp_path):
    put(folder, "01.wav", hum(TEXTS[0], level=0.02))
    put(folder, "source.wav", hum(TEXTS[1]))
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([ffmpeg, "-v", "error", "-i", folder / "source.wav", folder / "line-2.m4a"], check=True)
    (folder / "source.wav").unlink()
    put(folder, "your breath can move.flac", hum(TEXTS[2]))
    put(folder, "Memo.ogg", hum(TEXTS[3]))
    put(folder, "anna 5.wav", hum(TEXTS[4]))
    (folder / "notes.txt").write_text("recorded on a Tuesday")
    originals = {path.name: path.read_bytes() for path in folder.iterdir()}

    report = bring_in(folder, home, PitchEar())
    assert report.settled
    assert fates(report) == [
        (1, Fate.IMPORTED, "01.wav", "number"),
        (2, Fate.IMPORTED, "line-2.m4a", "number"),
        (3, Fate.IMPORTED, "your breath can move.flac", "name"),
        (4, Fate.IMPORTED, "Memo.ogg", "speech"),
        (5, Fate.IMPORTED, "anna 5.wav", "number"),
    ]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == originals
    # Each original is kept beside the clips, byte by byte.
    kept = [path.read_bytes() for path in (home / "takes").iterdir() if path.suffix != ".json"]
    assert sorted(kept) == sorted(data for name, data in originals.items() if name != "notes.txt")

    library = Library(tmp_path / "media")
    for text in TEXTS:
        clip = library.find_clip("anna", text)
        samples, rate_hz = soundfile.read(library.path(clip.file))
        assert rate_hz == 48_000
        # Half a second of room on each side is gone; of a soft take in a loud room a moment is left.
        assert 1850 <= clip.length_ms <= (2450 if text == TEXTS[0] else 2150)
        assert pyloudnorm.Meter(rate_hz).integrated_loudness(samples) == pytest.approx(-20, abs=0.5)


def test_what_a_person_should_look_at_is_told(folder, home):
    put(folder, "1.wav", np.clip(hum(TEXTS[0]) * 20, -1, 1))
    put(folder, "2.wav", hum(TEXTS[1], seconds=20))
    put(folder, "3.wav", hum(SOMETHING_ELSE))
    put(folder, "4.wav", hum(TEXTS[3]))
    put(folder, "4b.wav", hum(SOMETHING_ELSE))
    report = bring_in(folder, home, PitchEar())
    assert not report.settled
    assert [(line.fate, line.file, line.notes) for line in report.lines] == [
        (Fate.LISTEN, "1.wav", ("It was too loud for its microphone, and crackles: record it again.",)),
        (
            Fate.LISTEN,
            "2.wav",
            ("It is 20.1s long, too long for its 6 words: listen whether there is more in it.",),
        ),
        (Fate.LISTEN, "3.wav", ("It was heard as “The dog barks loudly outside.”: listen to it.",)),
        (Fate.LISTEN, "4.wav", ("It has 2 takes: listen whether 4.wav is the one that is meant.",)),
        (Fate.MISSING, "", ()),
    ]
    assert [(file.file, file.why) for file in report.leftover] == [
        ("4b.wav", "Of several takes of one line, 4.wav was taken."),
    ]
    index = msgspec.json.decode((home / "index.json").read_bytes())
    assert [index[text].get("heard", "") for text in TEXTS[:4]] == ["", "", SOMETHING_ELSE, ""]


def test_what_cannot_be_a_clip_is_left_over(folder, home):
    put(folder, "1.wav", hum(TEXTS[2]))
    put(folder, "2.wav", np.zeros(RATE_HZ, np.float32))
    (folder / "3.mp3").write_text("no sound")
    put(folder, "rain.wav", hum(SOMETHING_ELSE))
    report = bring_in(folder, home, PitchEar())
    assert {line.fate for line in report.lines} == {Fate.MISSING}
    assert [(file.file, file.why, file.heard) for file in report.leftover] == [
        (
            "2.wav",
            "Nothing is heard in this take: look whether the microphone is on, and record it again.",
            "",
        ),
        ("3.mp3", "This take is no sound that can be read: record it again.", ""),
        ("1.wav", "Its name says line 1, and what is heard is line 3.", TEXTS[2]),
        ("rain.wav", "It is no line of this script.", SOMETHING_ELSE),
    ]
    assert not home.exists()


def test_without_a_recogniser_names_alone_tell(folder, home):
    put(folder, "1.wav", hum(TEXTS[0]))
    put(folder, "memo.wav", hum(TEXTS[1]))
    report = bring_in(folder, home)
    assert not report.checked
    assert fates(report)[0] == (1, Fate.IMPORTED, "1.wav", "number")
    assert [file.why for file in report.leftover] == ["Its name tells no line, and nobody listened."]


def test_what_was_imported_before_stays_and_a_new_take_replaces_it(folder, home):
    put(folder, "1.wav", hum(TEXTS[0]))
    put(folder, "2.wav", hum(TEXTS[1]))
    bring_in(folder, home)
    first = msgspec.json.decode((home / "index.json").read_bytes())
    (folder / "1.wav").unlink()
    put(folder, "2.wav", hum(TEXTS[1], seconds=3))
    report = bring_in(folder, home)
    assert [line.fate for line in report.lines] == [Fate.THERE, Fate.IMPORTED, *[Fate.MISSING] * 3]
    second = msgspec.json.decode((home / "index.json").read_bytes())
    assert second[TEXTS[0]] == first[TEXTS[0]]
    assert second[TEXTS[1]]["length_ms"] == pytest.approx(3000, abs=150)
    assert second[TEXTS[1]]["file"] != first[TEXTS[1]]["file"]


def test_an_empty_folder_or_none_is_one_sentence(folder, home):
    with pytest.raises(VoiceError, match=r"^There is no sound file in .*takes\.$"):
        bring_in(folder, home)
    with pytest.raises(VoiceError, match=r"^The folder .*none cannot be read: No such file or directory\.$"):
        bring_in(folder / "none", home)
