"""A virtual screen, and tools that a test needs."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest


def needed(*tools: str) -> None:
    """Skip where a tool is missing; in CI that is a failure."""
    for tool in tools:
        if not shutil.which(tool):
            reason = f"{tool} is not installed"
            pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)


class VirtualScreen:
    """An X server of its own: its `name`, and its process. A `number` is that of one that has died."""

    def __init__(self, size: str, number: str = "") -> None:
        needed("Xvfb")
        read, write = os.pipe()
        self.process = subprocess.Popen(
            [
                "Xvfb",
                *([f":{number}"] if number else []),
                "-displayfd",
                str(write),
                "-screen",
                "0",
                f"{size}x24",
                "-nolisten",
                "tcp",
            ],
            pass_fds=(write,),
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as numbers:
            self.name = f":{numbers.readline().strip()}"

    def kill(self) -> None:
        """It crashes."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()


@contextlib.contextmanager
def virtual_screen(size: str = "1280x720") -> Iterator[VirtualScreen]:
    """A screen of this size, as long as it is wanted."""
    screen = VirtualScreen(size)
    try:
        yield screen
    finally:
        screen.close()
