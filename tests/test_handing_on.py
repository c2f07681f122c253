"""Sockets that a child opens by their numbers."""

import os
import socket
import subprocess
import sys

from guideplayer.handing_on import handing_on

SAYS = "import socket, sys; socket.socket(fileno=int(sys.argv[1])).sendall(b'here')"


def test_a_child_speaks_through_what_it_was_handed():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        subprocess.run([sys.executable, "-c", SAYS, str(theirs.fileno())], check=True, **handing_on([theirs]))
        assert ours.recv(16) == b"here"


def test_where_there_are_no_descriptors_it_inherits(monkeypatch):
    marked = []
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(os, "set_handle_inheritable", lambda number, may: marked.append((number, may)), raising=False)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert handing_on([theirs]) == {"close_fds": False}
        assert marked == [(theirs.fileno(), True)]
