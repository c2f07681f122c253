"""What is offered, a room's folder, and a server."""

import pytest

from guideplayer.sync import fetching
from guideplayer.sync.trees import SyncFolder
from tests.sync.offered import Offering
from tests.sync.server import served


@pytest.fixture(autouse=True)
def at_once(monkeypatch, tmp_path):
    """Attempts follow each other at once, and nothing is kept in this machine's cache."""
    monkeypatch.setattr(fetching, "PAUSE_S", 0.0)
    monkeypatch.setattr(fetching, "RESERVE_BYTES", 0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def offering(tmp_path):
    return Offering(tmp_path / "offered")


@pytest.fixture
def folder(tmp_path):
    return SyncFolder(tmp_path / "state" / "sync")


@pytest.fixture
def server(offering):
    with served(offering.folder) as one:
        yield one
