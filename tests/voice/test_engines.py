"""A clinic's own voices: any command that turns text into a WAV, and what is said of one that does not."""

import json
import os
import shutil
import sys
import time
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile

from guideplayer.media import Library
from guideplayer.voice import VoiceError
from guideplayer.voice.clips import make_clips
from guideplayer.voice.engines import command_engine
from guideplayer.voice.mastering import samples_of
from guideplayer.voice.narrator import Delivery

# Says each letter as a tone of its own, for a tenth of a second, with much silence around all.
SINGER = """
import struct, sys, wave, math
text, place = {text}, {place}
tones = [math.sin(2 * math.pi * 20 * ord(letter) * time / 16000) for letter in text for time in range(1600)]
samples = [0] * 8000 + [int(9000 * tone) for tone in tones] + [0] * 8000
with wave.open(place, "wb") as file:
    file.setparams((1, 2, 16000, 0, "NONE", ""))
    file.writeframes(struct.pack(f"<{{len(samples)}}h", *samples))
"""
ONCE = Delivery(1.0)


def python(code: str, *words: str) -> list[str]:
    return [sys.executable, "-c", code, *words]


def speak(command: list[str], text: str, patience_s: float = 20.0):
    return command_engine("lucia", command, "es", patience_s).open_narrator().speak(text, ONCE)


def problem(command: list[str], patience_s: float = 20.0) -> str:
    with pytest.raises(VoiceError) as caught:
        speak(command, "Aquí.", patience_s)
    return str(caught.value).replace(sys.executable, "python")


@pytest.mark.parametrize(
    "command",
    [
        python(SINGER.format(text="sys.argv[1]", place="sys.argv[2]"), "{text}", "{wav}"),
        python(SINGER.format(text="open(sys.argv[1]).read()", place="sys.argv[2]"), "{text_file}", "{wav}"),
        python(SINGER.format(text="sys.stdin.read()", place="sys.argv[1]"), "{wav}"),
        python(SINGER.format(text="sys.stdin.read()", place="sys.stdout.buffer")),
    ],
    ids=["text and wav", "files", "input and wav", "input and output"],
)
def test_words_go_in_and_a_sound_comes_out_wherever_the_command_wants_them(command: list[str]) -> None:
    take = speak(command, "Aquí.")
    # Five letters, and what is kept around them.
    assert len(take) == pytest.approx(500 + 80, abs=20)
    assert np.abs(samples_of(take)).max() > 0.2


def test_marked_pauses_are_kept_and_pronunciations_are_given_plain() -> None:
    command = python(SINGER.format(text="sys.stdin.read()", place="sys.stdout.buffer"))
    # Nine letters and five, each with what is kept around them, and the pause.
    take = speak(command, "[Siobhan](/ʃɪˈvɔːn/) está [pause 2s] aquí.")
    assert len(take) == pytest.approx((12 + 5) * 100 + 2 * 80 + 2000, abs=40)


def test_its_clips_are_mastered_and_found_like_all_others(tmp_path: Path) -> None:
    command = python(SINGER.format(text="sys.stdin.read()", place="sys.stdout.buffer"))
    engine = command_engine("lucia", command, "es", 20)
    texts = ["Todo puede pasar ahora.", "Estás aquí."]
    report = make_clips(texts, "lucia", tmp_path / "voices", lambda *_: None, engine=engine, open_ear=lambda: None)
    assert (report.made, report.checked) == (tuple(texts), False)
    clip = Library(tmp_path).find_clip("lucia", texts[0])
    assert clip is not None
    samples, rate_hz = soundfile.read(tmp_path / clip.file)
    assert pyloudnorm.Meter(rate_hz).integrated_loudness(samples) == pytest.approx(-20, abs=0.5)
    assert len(samples) / rate_hz * 1000 == pytest.approx(clip.length_ms, abs=1)
    # Another command is another voice.
    other = engine._replace(settings=command_engine("lucia", [*command, "-"], "es", 20).settings)
    again = make_clips(texts, "lucia", tmp_path / "voices", lambda *_: None, engine=other, open_ear=lambda: None)
    assert again.made == tuple(texts)


def test_a_command_that_is_not_there_is_named() -> None:
    assert problem(["no-such-speaker", "{text}"]) == (
        "The voice 'lucia' cannot speak: its command `no-such-speaker` cannot be started: No such file or directory."
    )


def test_a_command_that_fails_is_quoted() -> None:
    command = python("import sys; print('loading', file=sys.stderr); sys.exit('model es.onnx not found')")
    assert problem(command) == (
        "The voice 'lucia' cannot speak: its command `python` ended with code 1: model es.onnx not found."
    )
    assert problem(python("raise SystemExit(3)")) == (
        "The voice 'lucia' cannot speak: its command `python` ended with code 3."
    )


def test_a_command_that_gives_nothing_is_told_what_it_has_to_do() -> None:
    for words in ((), ("{wav}",)):
        assert problem(python("pass", *words)) == (
            "The voice 'lucia' cannot speak: its command `python` made no sound:"
            " it has to write a WAV to {wav}, or to its output."
        )


def test_what_is_no_sound_is_not_kept() -> None:
    assert problem(python("print('RIFF and then some words')")) == (
        "The voice 'lucia' cannot speak: its command `python` wrote something that is no sound file."
    )


def test_silence_is_no_sound_either() -> None:
    quiet = SINGER.format(text="''", place="sys.stdout.buffer")
    assert problem(python(quiet)) == "The voice 'lucia' cannot speak: its command `python` kept silent about “Aquí.”."


def test_a_command_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    started = tmp_path / "child"
    assert problem(["sh", "-c", f"sleep 600 & echo $! > {started}; wait"], 3.0) == (
        "The voice 'lucia' cannot speak: its command `sh` was not done after 3 s."
    )
    child = Path(f"/proc/{started.read_text().strip()}")
    until = time.monotonic() + 10
    while child.exists() and "Z (zombie)" not in (child / "status").read_text() and time.monotonic() < until:
        os.sched_yield()
    assert not child.exists() or "Z (zombie)" in (child / "status").read_text()


def test_the_words_are_not_taken_for_places_or_for_a_shell() -> None:
    command = python("import sys, pathlib; pathlib.Path(sys.argv[2]).write_text(sys.argv[1])", "{text}", "{wav}")
    engine = command_engine("lucia", command, "es", 20)
    told = json.loads(engine.settings.removeprefix("command "))
    assert told == command
    # The words themselves were written, so that is no sound file; nothing was run or replaced in them.
    with pytest.raises(VoiceError, match="wrote something that is no sound file"):
        engine.open_narrator().speak("$(touch /tmp/no) {wav} `id`", ONCE)


@pytest.mark.skipif(shutil.which("espeak-ng") is None and not os.environ.get("CI"), reason="espeak-ng is not installed")
def test_a_real_engine_speaks_another_language() -> None:
    for command in (["espeak-ng", "-v", "es", "-w", "{wav}", "{text}"], ["espeak-ng", "-v", "es", "--stdout"]):
        take = speak(command, "Estás aquí. [pause 1s] Todo puede pasar.")
        assert 2000 < len(take) < 6000
        assert np.abs(samples_of(take)).max() > 0.1
