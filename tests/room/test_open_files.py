"""How many files the room may hold open."""

import subprocess
import sys

import pytest

ASK = """
import resource
from guideplayer.room.process import raise_open_files
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
raise_open_files()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("soft", "hard", "then"),
    [("256", "4096", "4096 4096"), ("256", "hard", None), ("hard", "hard", None)],
    ids=["as far as the system permits", "enough", "never fewer"],
)
def test_the_room_may_hold_many_files_open(soft: str, hard: str, then: str | None) -> None:
    command = [sys.executable, "-c", ASK.format(soft=soft, hard=hard)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=180).stdout.strip()
    if then:
        assert told == then
    else:
        allowed, most = map(int, told.split())
        assert allowed == (most if soft == "hard" else 16_384 if most < 0 else min(most, 16_384))
