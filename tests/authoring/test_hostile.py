"""A file that is made to hurt is answered in plain sentences, soon, and in little memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.authoring.hostile import BYTES

MOST_SECONDS = 2.0
MOST_MEGABYTES = 200
# Reads files one after the other in a process of its own, whose peak memory is then that of the worst of them. The
# system's own figure, since that of getrusage begins with the memory of the process that started this one.
READER = r"""
import json, re, sys, time
from pathlib import Path
import msgspec
from guideplayer.authoring.problems import render_all
from guideplayer.authoring.reader import read_script
from guideplayer.media import shipped_library

library = shipped_library()
for line in sys.stdin:
    began = time.process_time()
    script, problems = read_script(Path(line.strip()), library)
    shown, encoded = render_all(problems), msgspec.json.encode(problems)
    seconds = time.process_time() - began
    megabytes = int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1]) / 1024
    print(json.dumps([seconds, megabytes, script is None, [p.code for p in problems], shown[:300]]), flush=True)
"""


@pytest.fixture(scope="module")
def readings(tmp_path_factory) -> dict[str, list]:
    """For each text: seconds, the peak so far in MB, whether there is no script, the codes, the first words."""
    folder = tmp_path_factory.mktemp("hostile")
    paths = {name: folder / f"{name}.yaml" for name in BYTES}
    for name, path in paths.items():
        path.write_bytes(BYTES[name])
    done = subprocess.run(
        [sys.executable, "-c", READER],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=Path(__file__).parents[2],
        input="".join(f"{path}\n" for path in paths.values()),
    )
    assert done.stderr == ""
    return dict(zip(paths, map(json.loads, done.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("name", BYTES)
def test_it_is_answered_soon_and_in_little_memory(name, readings):
    seconds, megabytes, no_script, codes, shown = readings[name]

    assert seconds <= MOST_SECONDS
    assert megabytes <= MOST_MEGABYTES
    assert codes if no_script else set(codes) <= {"missing-clip", "impossible-fit"}, shown


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ten megabytes", "too-large"),
        ("a million items", "too-much"),
        ("an alias bomb", "too-much"),
        ("a merge bomb", "too-much"),
        ("one long line", "long-line"),
        ("deep tables", "too-deep"),
        ("documents", "several-documents"),
        ("directives", "tag"),
        ("unknown keys", "too-many"),
        ("NUL characters", "nul"),
        ("UTF-16", "not-utf8"),
        ("blank lines", "empty"),
    ],
)
def test_why_it_is_refused(name, code, readings):
    assert readings[name][3][0] == code


def test_a_flood_of_errors_is_cut(readings):
    _, _, _, codes, shown = readings["unknown keys"]

    assert len(codes) == 1_001
    assert shown.split("\n")[0].endswith("unknown keys.yaml: too-many: more than 1000 errors: here are the first")
