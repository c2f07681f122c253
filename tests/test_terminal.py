"""The terminal: what is said there ends nobody and keeps nobody waiting, whatever has become of it."""

import contextlib
import os
import sys
import termios

from guideplayer.bell import Bell
from guideplayer.terminal import tell


@contextlib.contextmanager
def terminal():
    """Standard output on a terminal of the test's own; gives the end that a person looks at."""
    seen, said = os.openpty()
    # A write that would have to wait fails here, so that the test need not wait for ever.
    os.set_blocking(said, False)
    os.set_blocking(seen, False)
    with (
        os.fdopen(seen, "rb", buffering=0) as person,
        os.fdopen(said, "w") as stream,
        contextlib.redirect_stdout(stream),
    ):
        yield person


def test_what_is_said_is_seen():
    with terminal() as person:
        tell("There is sound again.")
        assert person.read(100) == b"There is sound again.\r\n"


def test_a_terminal_that_is_closed_ends_neither_what_speaks_nor_what_rings():
    bell = Bell(players=())
    with terminal() as person:
        person.close()
        bell.ring(True, 0)
        tell("There is sound again.")
        # As at the end of a process: what is left to be written must not fail it.
        sys.stdout.flush()
    bell.close()


def test_nor_does_a_program_behind_a_pipe_that_has_ended():
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "w") as stream:
        tell("There is sound again.", stream=stream)
        stream.flush()


def test_one_that_is_stopped_misses_what_is_said_meanwhile():
    with terminal() as person:
        termios.tcflow(sys.stdout, termios.TCOOFF)
        tell("There is no sound here.")
        termios.tcflow(sys.stdout, termios.TCOON)
        tell("There is sound again.")
        assert person.read(100) == b"There is sound again.\r\n"


def test_where_standard_output_is_closed_nothing_is_said(monkeypatch):
    stream = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    stream.close()
    for closed in (stream, None):
        monkeypatch.setattr(sys, "stdout", closed)
        tell("There is sound again.")
