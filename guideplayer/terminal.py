"""What is said to whoever looks at the terminal: nothing ends and nothing waits because nobody does."""

import contextlib
import os
import select
import sys
from typing import TextIO


def tell(words: str, end: str = "\n", stream: TextIO | None = None) -> None:
    """Say it on standard output, or on another stream.

    A terminal may be closed in the midst of a session, and a program behind a pipe may end: then nothing is said any
    more. One that stands still (Ctrl+S) misses what is said meanwhile.
    """
    stream = sys.stdout if stream is None else stream
    if not (stream and _takes(stream)):
        return
    try:
        print(words, end=end, file=stream, flush=True)
    except OSError:
        # What could not be written would be tried again when this process ends, which would then count as a failure.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except ValueError:
        # It was closed by this process itself, or has no such letter.
        pass


def _takes(stream: TextIO) -> bool:
    """Whether a few words can be written without waiting for somebody who reads."""
    if sys.platform == "win32":
        return True
    try:
        return bool(select.select((), (stream,), (), 0)[1])
    except (OSError, ValueError):
        # It is no file, or none any more: nobody has to be waited for.
        return True
