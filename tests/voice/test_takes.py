"""A person's takes: kept as they came, and made into clips like any other, from what browsers really send."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from guideplayer.media import Library
from guideplayer.voice import VoiceError
from guideplayer.voice.kept_takes import (
    Done,
    check_voice_name,
    keep_take,
    note_problem,
    read_clips,
    read_takes,
    waiting,
)
from guideplayer.voice.lines import Line
from guideplayer.voice.mastering import RATE_HZ, SPEECH_LUFS, loudness_lufs
from guideplayer.voice.takes import TakeError, clip_of_take, read_take
from tests.voice.spoken import shipped_line, take_of


class DeafEar:
    def hear(self, take: object) -> str:
        return "something else"


def line_of(text: str) -> Line:
    return Line("0123456789abcdef", text, text, "arrival")


@pytest.mark.parametrize("suffix", [".webm", ".m4a", ".ogg", ".wav"])
def test_a_take_becomes_a_clip_of_the_voice(tmp_path: Path, suffix: str) -> None:
    text, home = shipped_line(), tmp_path / "voices" / "anna"
    data = take_of(text, tmp_path / f"take{suffix}").read_bytes()
    kept = keep_take(home, line_of(text), "en", data, suffix)
    assert list(waiting(home)) == ["0123456789abcdef"]
    entry = clip_of_take(home, kept, None)
    assert waiting(home) == {}
    clip = Library(tmp_path).find_clip("anna", text)
    assert clip is not None
    shipped = Library().find_clip("heart", text)
    assert shipped is not None
    assert entry.length_ms == clip.length_ms == pytest.approx(shipped.length_ms, abs=150)
    sound, rate_hz = soundfile.read(tmp_path / clip.file, dtype="float32")
    assert rate_hz == RATE_HZ
    assert loudness_lufs(np.asarray(sound)) == pytest.approx(SPEECH_LUFS, abs=0.5)
    assert (home / "takes" / kept.file).read_bytes() == data


def test_the_same_take_twice_is_one_and_another_replaces_it(tmp_path: Path) -> None:
    line = line_of("You are here.")
    first = keep_take(tmp_path, line, "en", b"one", ".webm")
    assert keep_take(tmp_path, line, "en", b"one", ".webm") == first
    second = keep_take(tmp_path, line, "en", b"two", ".m4a")
    assert read_takes(tmp_path) == {line.key: second}
    assert first.clip_file != second.clip_file
    # Both are there still, and the first can be taken again.
    assert {path.read_bytes() for path in (tmp_path / "takes").glob("0*")} == {b"one", b"two"}
    assert keep_take(tmp_path, line, "en", b"one", ".webm") == first
    assert read_takes(tmp_path) == {line.key: first}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no sound that can be read"),
        (b"no sound at all", "no sound that can be read"),
        (b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", "no sound that can be read"),
        (None, "Nothing is heard in this take"),
    ],
)
def test_what_is_no_take_is_told(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    path = take_of(shipped_line(), tmp_path / "take.webm", silence=True)
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TakeError, match=sentence):
        read_take(path)


def test_a_take_that_breaks_off_is_used_as_far_as_it_goes(tmp_path: Path) -> None:
    path = take_of(shipped_line(), tmp_path / "take.webm")
    whole = len(read_take(path))
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    assert 0.4 * whole < len(read_take(path)) < 0.9 * whole


def test_a_mismatch_stays_with_the_clip(tmp_path: Path) -> None:
    text = shipped_line()
    kept = keep_take(tmp_path, line_of(text), "en", take_of(text, tmp_path / "t.webm").read_bytes(), ".webm")
    clip_of_take(tmp_path, kept, DeafEar())
    assert read_clips(tmp_path)[text].heard == "something else"


def test_the_process_makes_what_waits_and_tells_of_each(tmp_path: Path) -> None:
    text, other = shipped_line(), "Nobody says this."
    good = keep_take(
        tmp_path, line_of(text)._replace(key="1" * 16), "de", take_of(text, tmp_path / "t.webm").read_bytes(), ".webm"
    )
    bad = keep_take(tmp_path, line_of(other)._replace(key="2" * 16), "de", b"nothing", ".webm")
    done = subprocess.run(
        [sys.executable, "-m", "guideplayer.voice.takes", str(tmp_path)], capture_output=True, text=True, check=True
    )
    told = [json.loads(row) for row in done.stdout.splitlines()]
    problem = "This take is no sound that can be read: record it again."
    assert told == [
        {"line": "1" * 16, "take": good.take, "problem": ""},
        {"line": "2" * 16, "take": bad.take, "problem": problem},
    ]
    note_problem(tmp_path, Done("2" * 16, "another", "that is no longer there"))
    assert list(waiting(tmp_path)) == ["2" * 16]
    note_problem(tmp_path, Done("2" * 16, bad.take, problem))
    assert waiting(tmp_path) == {}
    assert read_takes(tmp_path)["2" * 16].problem == problem


@pytest.mark.parametrize("name", ["", "Anna", "../anna", "anna/x", "9lives", "a" * 33, "ännchen", "anna ", "anna\n"])
def test_a_name_that_is_no_folder_is_refused(name: str) -> None:
    with pytest.raises(VoiceError, match="small letters"):
        check_voice_name(name, [])


@pytest.mark.parametrize("name", ["heart", "onyx", "none", "robot"])
def test_the_name_of_a_machine_is_refused(name: str) -> None:
    with pytest.raises(VoiceError, match="name yours otherwise"):
        check_voice_name(name, ["robot"])
    check_voice_name("anna-2", ["robot"])
