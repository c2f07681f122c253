"""Whatever a file holds, reading it ends in a script that can be planned or in problems that can be shown.

10,000 files in every run; HYPOTHESIS_PROFILE=long reads 100,000, other ones each time.
"""

import os
import random
import resource
import time
import unicodedata
from pathlib import Path

import numpy
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from guideplayer.authoring.clips import estimated_length_ms
from guideplayer.authoring.problems import Severity
from guideplayer.authoring.reader import read_text
from guideplayer.authoring.sheet import LONGEST_LINE, Sheet
from guideplayer.core.plan import plan
from guideplayer.core.script import Clip
from guideplayer.media import Library
from tests.authoring.mutations import KEYS, MARKS, NASTY, NUMBERS, damaged

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
TIMES = 10 if LONG else 1
BATCHES, OF_A_BATCH = 16 * TIMES, 500
WRITTEN, BYTES = 1_500 * TIMES, 500 * TIMES
# Of the processor, so that a busy machine counts for nothing; the median is a millisecond.
MOST_SECONDS = 2.0
MOST_MEGABYTES_MORE = 100
CANNOT_BE_SHOWN = {"Cc", "Cs", "Zl", "Zp"}


class EverythingSaid(Library):
    """The shipped library, where a clip of every text is there."""

    def find_clip(self, voice: str, text: str) -> Clip:
        return Clip(f"voices/{voice}/any.ogg", estimated_length_ms(text))

    def there(self, file: str) -> Path:
        return Path(__file__)


LIBRARY = EverythingSaid()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder with the recording that the whole script names."""
    folder = tmp_path_factory.mktemp("fuzz")
    soundfile.write(folder / "wave.wav", numpy.zeros(8_000), 8_000)
    return folder


def peak_megabytes() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def judge(content: bytes, folder: Path) -> None:
    """Read a file as the reader promises to."""
    began = time.process_time()
    script, problems = read_text(content, "a.yaml", LIBRARY, folder)
    assert time.process_time() - began < MOST_SECONDS
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    assert bool(errors) == (script is None)
    assert problems == tuple(sorted(problems, key=lambda problem: (problem.line, problem.column, problem.code)))
    assert len(set(problems)) == len(problems)
    if problems:
        text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
        lines = Sheet(text, "", LIBRARY, Path()).lines
        for problem in problems:
            judge_problem(problem, lines)
    if script:
        for infusion_ms in (script.shortest_ms, script.longest_ms):
            planned = plan(script, infusion_ms)
            assert planned.infusion.length_ms == infusion_ms
            assert sum(cue.length_ms for cue in planned.infusion.cues) == infusion_ms


def judge_problem(problem, lines: list[str]) -> None:
    """It stands within the text, and can be shown on a terminal."""
    if problem.line:
        assert 1 <= problem.line <= len(lines)
        assert problem.source == lines[problem.line - 1][:LONGEST_LINE]
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
    else:
        assert (problem.column, problem.source) == (0, "")
    assert problem.code == problem.code.lower().strip()
    assert problem.sentence
    rows = problem.render().split("\n")
    assert len(rows) <= 4
    for row in rows:
        assert not {unicodedata.category(letter) for letter in row} & CANNOT_BE_SHOWN, row
    if problem.source.strip():
        assert rows[2].strip() == "^"
        assert len(rows[2]) <= 2 + 2 * 100 + 1


@pytest.mark.parametrize("batch", range(BATCHES))
def test_damaged_scripts(batch, folder):
    chance = random.Random(random.getrandbits(64) if LONG else batch)
    before = peak_megabytes()
    for _ in range(OF_A_BATCH):
        content = damaged(chance)
        try:
            judge(content, folder)
        except Exception as error:
            error.add_note(f"The file: {content!r}")
            raise
    assert peak_megabytes() - before < MOST_MEGABYTES_MORE


VALUES = st.sampled_from(
    (*NUMBERS, *MARKS, *NASTY, "20s", "20s..90s", "90s..20s", "dusk", "tide", "none", "bell", "", "&a", "*a")
)
WORDS = st.sampled_from((*KEYS, "titel", "<<", "")) | st.text(max_size=4)
LINES = st.builds(
    "{}{}{}{}{}{}".format,
    st.sampled_from(("", "", "  ", "    ", "      ", "        ", " ", "\t")),
    st.sampled_from(("", "", "- ", "- - ", "? ")),
    WORDS,
    st.sampled_from((": ", ": ", ":", " ", ": [", ": {name: ", ": |", ': "', ": '")),
    VALUES,
    st.sampled_from(("", "", "]", "}", '"', "'", " # ", ", x")),
)


@settings(max_examples=WRITTEN)
@given(st.lists(LINES, max_size=8).map("\n".join))
def test_texts_that_look_like_scripts(folder, text):
    judge(text.encode("utf-8", "surrogatepass"), folder)


@settings(max_examples=BYTES)
@given(st.binary(max_size=60))
def test_any_bytes(folder, content):
    judge(content, folder)
