"""Clips: made once, kept at once, listened to; and the shipped ones are what their index says."""

import json
import random
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile
from pydub import AudioSegment
from scipy.signal import resample_poly

from guideplayer.core.script import (
    BedChoice,
    Clip,
    HoldWords,
    Phase,
    Rest,
    Say,
    SceneChoice,
    Script,
    span,
)
from guideplayer.media import Library, clip_name, media_folder
from guideplayer.voice import VoiceError
from guideplayer.voice.clips import Report, make_clips, unused
from guideplayer.voice.engines import kokoro_engine
from guideplayer.voice.hearing import word_errors, words_of
from guideplayer.voice.lines import lines_by_voice
from guideplayer.voice.mastering import segment_of
from guideplayer.voice.narrator import DELIVERIES, Delivery, recipe

RATE_HZ = 24_000


class HummingNarrator:
    """Says every word as a hum of a third of a second."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Delivery]] = []

    def speak(self, text: str, delivery: Delivery) -> AudioSegment:
        self.asked.append((text, delivery))
        time = np.arange(RATE_HZ * len(text.split()) // 3) / RATE_HZ
        return segment_of(0.2 * np.sin(2 * np.pi * 200 * time), RATE_HZ)

    def sound_of(self, text: str) -> str:
        return text


class ScriptedEar:
    """Hears what it is told to, in turn, and then only noise."""

    def __init__(self, *heard: str) -> None:
        self.heard = list(heard)

    def hear(self, take: AudioSegment) -> str:
        return self.heard.pop(0) if self.heard else "shh"


class Studio:
    """One narrator and one ear, and how often they were called in."""

    def __init__(self, ear: ScriptedEar | None = None) -> None:
        self.narrator, self.ear, self.opened = HummingNarrator(), ear, 0

    def open_narrator(self) -> HummingNarrator:
        self.opened += 1
        return self.narrator

    def make(self, texts: list[str], folder: Path, told: list[tuple[int, int, str]] | None = None) -> Report:
        return make_clips(
            texts,
            "heart",
            folder,
            lambda *progress: told.append(progress) if told is not None else None,
            engine=kokoro_engine("heart")._replace(open_narrator=self.open_narrator),
            open_ear=lambda: self.ear,
        )


def index_of(folder: Path) -> dict[str, dict[str, object]]:
    return json.loads((folder / "heart" / "index.json").read_text(encoding="utf-8"))


def test_clips_are_made_once(tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    report = Studio().make(["We rest.", "All  is\nwell.", "We rest."], tmp_path, told)
    assert report == Report(made=("We rest.", "All is well."), kept=(), doubtful=(), checked=False)
    assert told == [(0, 2, "We rest."), (1, 2, "All is well."), (2, 2, "")]
    again = Studio()
    assert again.make(["All is well.", "We rest."], tmp_path) == Report(
        made=(), kept=("All is well.", "We rest."), doubtful=(), checked=True
    )
    assert again.opened == 0


def test_the_library_finds_what_was_made(tmp_path: Path) -> None:
    Studio().make(["We rest here."], tmp_path / "voices")
    name = clip_name("We rest here.", recipe("heart"))
    assert index_of(tmp_path / "voices") == {"We rest here.": {"file": f"{name}.opus", "length_ms": 1000}}
    library = Library(tmp_path)
    clip = library.find_clip("heart", "We  rest here.")
    assert clip == Clip(f"voices/heart/{name}.opus", 1000)
    assert library.path(clip.file).is_file()


def test_the_index_is_sorted_and_reads_well_as_a_difference(tmp_path: Path) -> None:
    Studio().make(["You’re here.", "All is well."], tmp_path)
    text = (tmp_path / "heart" / "index.json").read_text(encoding="utf-8")
    assert text.splitlines()[:2] == ["{", '  "All is well.": {']
    assert '\n  "You’re here.": {\n    "file": "' in text
    assert text.endswith("}\n")


def test_a_clip_whose_file_is_gone_is_made_again(tmp_path: Path) -> None:
    Studio().make(["We rest.", "All is well."], tmp_path)
    (tmp_path / "heart" / str(index_of(tmp_path)["We rest."]["file"])).unlink()
    assert Studio().make(["We rest.", "All is well."], tmp_path).made == ("We rest.",)


def test_a_clip_of_another_recipe_is_made_again_and_the_old_one_is_unused(tmp_path: Path) -> None:
    Studio().make(["We rest."], tmp_path)
    index = tmp_path / "heart" / "index.json"
    file = str(index_of(tmp_path)["We rest."]["file"])
    (tmp_path / "heart" / file).rename(tmp_path / "heart" / "older.opus")
    index.write_text(index.read_text().replace(file, "older.opus"))
    assert Studio().make(["We rest."], tmp_path).made == ("We rest.",)
    assert unused(tmp_path, "heart", ["We rest."]) == [tmp_path / "heart" / "older.opus"]


def test_unused_clips_are_listed_and_none_is_removed(tmp_path: Path) -> None:
    Studio().make(["We rest.", "All is well."], tmp_path)
    file = str(index_of(tmp_path)["All is well."]["file"])
    assert unused(tmp_path, "heart", ["We  rest."]) == [tmp_path / "heart" / file]
    assert (tmp_path / "heart" / file).is_file()


def test_a_stop_in_the_middle_loses_only_the_line_under_way(tmp_path: Path) -> None:
    class Interrupted(HummingNarrator):
        def speak(self, text: str, delivery: Delivery) -> AudioSegment:
            if text == "Third line.":
                raise KeyboardInterrupt
            return super().speak(text, delivery)

    texts = ["First line.", "Second line.", "Third line.", "Fourth line."]
    studio = Studio()
    studio.narrator = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        studio.make(texts, tmp_path)
    assert list(index_of(tmp_path)) == ["First line.", "Second line."]
    report = Studio().make(texts, tmp_path)
    assert report.made == ("Third line.", "Fourth line.")
    assert report.kept == ("First line.", "Second line.")


def test_what_is_misheard_is_said_again_in_another_way(tmp_path: Path) -> None:
    studio = Studio(ScriptedEar("We west.", "we rest"))
    report = studio.make(["We rest."], tmp_path)
    assert report == Report(made=("We rest.",), kept=(), doubtful=(), checked=True)
    assert studio.narrator.asked == [("We rest.", DELIVERIES[0]), ("We rest.", DELIVERIES[1])]


def test_the_best_of_the_doubtful_takes_is_kept_and_stays_reported(tmp_path: Path) -> None:
    studio = Studio(ScriptedEar("We west well.", "We rest well."))
    report = studio.make(["We rest."], tmp_path)
    assert report.doubtful == (("We rest.", "We rest well."),)
    assert len(studio.narrator.asked) == len(DELIVERIES)
    assert index_of(tmp_path)["We rest."]["heard"] == "We rest well."
    assert Studio().make(["We rest."], tmp_path).doubtful == (("We rest.", "We rest well."),)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "heart").write_text("a file where a folder should be")
    with pytest.raises(VoiceError) as caught:
        Studio().make(["We rest."], tmp_path)
    assert str(caught.value) == f"The clips cannot be kept in {tmp_path / 'heart'}: File exists."


def test_an_unknown_voice_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    voices = "emma, heart, michael and onyx"
    with pytest.raises(VoiceError, match=rf"^There is no voice 'anna' to make clips with; there are {voices}\.$"):
        make_clips(["We rest."], "anna", tmp_path, lambda *_: None)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("You’re welcome here.", "you are welcome here"),
        ("There is room for 3.", "there is room for three"),
        ("It is all right.", "It is alright!"),
        ("We continue, gently.", "We continue gently"),
        ("You cannot do it wrong; don’t try.", "You can not do it wrong. Do not try."),
    ],
)
def test_what_only_looks_different_is_no_error(said: str, heard: str) -> None:
    assert word_errors(said, heard) == 0


@pytest.mark.parametrize(
    ("heard", "errors"),
    [
        ("let it pass", 0),
        ("let it past", 1),
        ("let pass", 1),
        ("uh let it pass", 1),
        ("", 3),
    ],
)
def test_errors_are_counted_by_the_word(heard: str, errors: int) -> None:
    assert word_errors("Let it pass.", heard) == errors


def test_what_sounds_the_same_is_no_error() -> None:
    sounds = {"sea": "si", "see": "si"}
    assert word_errors("the sea is wide", "the see is wide", lambda text: sounds.get(text, text)) == 0
    assert word_errors("the sea is wide", "the tea is wide", lambda text: sounds.get(text, text)) == 1


def test_words_are_plain() -> None:
    assert words_of("Don’t — “rest”, 12 or 13!") == ["do", "not", "rest", "twelve", "or", "13"]


def say(text: str, voice: str = "heart", file: str = "") -> Say:
    return Say(text, Clip(file, 1000), voice=voice)


def test_every_line_of_a_script_is_found_by_voice(tmp_path: Path) -> None:
    def phase(name: str, *lines: Say) -> Phase:
        return Phase(name, SceneChoice("dusk"), BedChoice(""), (*lines, Rest(span(1000))))

    own = str(tmp_path / "anna-03.wav")
    script = Script(
        title="A",
        language="en",
        voice="heart",
        infusion_length=span(1000),
        arrival=phase("arrival", say("Arrive.")),
        phases=(phase("one", say("One."), say("Own.", file=own)), phase("two", say("Two.", "onyx"), say("One."))),
        returning=phase("return", say("Return.", voice="")),
        return_length=span(1000),
        hold=HoldWords(*map(say, ("Paused.", "Told.", "Coming.", "Calling.", "Resting.")), (say("Ground."),)),
        resume=(say("Back."), say("Arrive.")),
    )
    hearts = ["Arrive.", "One.", "Return.", "Paused.", "Told.", "Coming.", "Calling.", "Resting.", "Ground.", "Back."]
    assert lines_by_voice(script) == {"heart": hearts, "onyx": ["Two."]}


VOICES = ["heart", "emma", "onyx", "michael"]


def shipped_index(voice: str) -> dict[str, dict[str, object]]:
    return json.loads((media_folder() / "voices" / voice / "index.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("voice", VOICES)
def test_shipped_clips_are_all_there_and_none_is_left_over(voice: str) -> None:
    folder = media_folder() / "voices" / voice
    index = shipped_index(voice)
    assert {entry["file"] for entry in index.values()} == {path.name for path in folder.glob("*.opus")}
    assert [text for text, entry in index.items() if entry["file"] != f"{clip_name(text, recipe(voice))}.opus"] == []
    assert [text for text, entry in index.items() if "heard" in entry] == []


def test_all_voices_say_the_same_lines() -> None:
    heart, *others = map(shipped_index, VOICES)
    for other in others:
        assert sorted(other) == sorted(heart)


@pytest.mark.parametrize("voice", VOICES)
def test_shipped_clips_are_as_long_as_their_index_says(voice: str) -> None:
    folder = media_folder() / "voices" / voice
    for text, entry in shipped_index(voice).items():
        about = soundfile.info(folder / str(entry["file"]))
        assert (about.samplerate, about.channels, about.subtype) == (48_000, 1, "OPUS"), text
        assert about.frames / 48 == pytest.approx(entry["length_ms"], abs=20), text


@pytest.mark.parametrize("voice", VOICES)
def test_shipped_clips_are_equally_loud_and_start_and_end_softly(voice: str) -> None:
    folder = media_folder() / "voices" / voice
    index = shipped_index(voice)
    for text in random.Random(7).sample(sorted(index), 16):
        samples, rate_hz = soundfile.read(folder / str(index[text]["file"]), dtype="float32")
        assert len(samples) / 48 == pytest.approx(index[text]["length_ms"], abs=20), text
        if len(samples) > rate_hz:
            loudness = pyloudnorm.Meter(rate_hz).integrated_loudness(samples)
            assert loudness == pytest.approx(-20, abs=1), text
        assert 20 * np.log10(np.abs(resample_poly(samples, 4, 1)).max()) <= -1, text
        assert np.abs(samples[:48]).max() < 0.01, text
        assert np.abs(samples[-48:]).max() < 0.01, text
