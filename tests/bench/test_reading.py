"""How long a thousand scripts take to check, and what the worst single file costs."""

import json
import os
import random
import re
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import pytest

from guideplayer.authoring.reader import read_text
from guideplayer.media import scripts_folder, shipped_library
from tests.authoring.hostile import BYTES
from tests.authoring.mutations import damaged
from tests.authoring.test_hostile import MOST_MEGABYTES, MOST_SECONDS, READER

pytestmark = pytest.mark.bench
SCRIPTS = 1_000
DAMAGED = 3_000


def variant(text: str, number: int) -> str:
    """The same script with a title of its own and rests that are a little longer."""
    text = re.sub(r"^title: .*$", f"title: Variant {number}", text, flags=re.MULTILINE)
    return re.sub(r"\.\.(\d+)s$", lambda found: f"..{int(found[1]) + number % 7}s", text, flags=re.MULTILINE)


def test_a_thousand_scripts(tmp_path):
    shipped = [path.read_text("utf-8") for path in sorted(scripts_folder().glob("*.yaml"))]
    paths = [tmp_path / f"{number}.yaml" for number in range(SCRIPTS)]
    for number, path in enumerate(paths):
        path.write_text(variant(shipped[number % len(shipped)], number), "utf-8")
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "guideplayer", "check", "--json", *map(str, paths)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path)},
        timeout=180,
    )
    seconds = time.perf_counter() - began
    errors = [problem for problem in json.loads(done.stdout) if problem["severity"] == "error"]
    print(f"guideplayer check of {SCRIPTS} scripts: {seconds:.1f} s, {len(errors)} errors")
    assert {problem["code"] for problem in errors} <= {"missing-clip"}
    assert seconds <= 10


def test_the_worst_damaged_file():
    library, chance = shipped_library(), random.Random(1)
    files = [damaged(chance) for _ in range(DAMAGED)]
    times = []
    for content in files:
        began = time.perf_counter()
        read_text(content, "a.yaml", library, Path())
        times.append((time.perf_counter() - began) * 1000)
    peaks = []
    for content in files[: DAMAGED // 10]:
        tracemalloc.start()
        read_text(content, "a.yaml", library, Path())
        peaks.append(tracemalloc.get_traced_memory()[1] / 1e6)
        tracemalloc.stop()
    print(
        f"{DAMAGED} damaged files: median {sorted(times)[DAMAGED // 2]:.1f} ms, longest {max(times):.0f} ms, "
        f"most memory {max(peaks):.1f} MB"
    )
    assert max(times) <= MOST_SECONDS * 1000


def test_the_worst_hostile_file(tmp_path):
    """Each in a process of its own; a process that reads nothing but an empty file is what Python itself takes."""
    costs = {}
    for name, content in {"nothing": b"", **BYTES}.items():
        path = tmp_path / f"{name}.yaml"
        path.write_bytes(content)
        done = subprocess.run(
            [sys.executable, "-c", READER],
            check=True,
            capture_output=True,
            text=True,
            input=f"{path}\n",
            cwd=Path(__file__).parents[2],
            timeout=180,
        )
        seconds, megabytes, *_ = json.loads(done.stdout)
        costs[name] = (seconds, megabytes)
    slowest = max(costs, key=lambda name: costs[name][0])
    largest = max(costs, key=lambda name: costs[name][1])
    print(
        f"{len(BYTES)} hostile files: slowest “{slowest}” {costs[slowest][0]:.2f} s, "
        f"largest “{largest}” {costs[largest][1]:.0f} MB (nothing: {costs['nothing'][1]:.0f} MB)"
    )
    assert costs[slowest][0] <= MOST_SECONDS
    assert costs[largest][1] <= MOST_MEGABYTES
