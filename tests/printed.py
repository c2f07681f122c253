"""What a process prints, line by line, until it and all that it began have ended."""

import re
import subprocess
import threading
import time

import pytest

ENDS_WITHIN_S = 30
POLL_S = 0.02


class Printed:
    """The lines of a process whose output is a pipe of text, read beside the test."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.lines: list[str] = []
        self._process = process
        self._seen = 0
        # A daemon, which closes the pipe itself: closing it from elsewhere waits for the reader, and so for whatever
        # outlives the process and holds the other end.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout as pipe:
            for line in pipe:
                self.lines.append(line.rstrip("\n"))

    def until(self, pattern: str, within_s: float) -> list[str]:
        """All lines up to the first that holds this, of those that were not given before."""
        over_s, first = time.monotonic() + within_s, self._seen
        while True:
            # Whether more can come is asked before what has come is looked at.
            more = self._reader.is_alive() and time.monotonic() < over_s
            for number, line in enumerate(self.lines[first:], first):
                if re.search(pattern, line):
                    self._seen = number + 1
                    return self.lines[first : self._seen]
            assert more, f"{pattern} did not come: {self.lines[first:]}"
            time.sleep(POLL_S)

    def end(self) -> None:
        """Once the process has ended: wait for the last line. Fails when something that it began is left behind."""
        self._reader.join(ENDS_WITHIN_S)
        if self._reader.is_alive():
            pytest.fail(f"{self._process.args} has ended, and something that it began has not: {self.lines}")
