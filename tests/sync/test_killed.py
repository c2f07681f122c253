"""Whatever happens to a sync at whatever moment: what is current is the old tree or the new one, and it is whole."""

import asyncio
import errno
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guideplayer.sync import SyncError
from guideplayer.sync.syncing import Syncing
from guideplayer.sync.trees import CURRENT, SyncFolder
from tests.sync.offered import FILES, Offering, content_of
from tests.sync.server import hang, served

# All that pathlib, shutil and our own code change a disk with.
CALLS = ("fsync", "link", "mkdir", "open", "rename", "replace", "rmdir", "symlink", "unlink")
HARP = "media/beds/harp.ogg"


class KilledError(BaseException):
    """The process ends here: nothing catches it, and nothing is done after it."""


class Disk:
    """Counts what is changed on the disk, and ends the process or fails at one of the changes."""

    def __init__(self, at: int, *, kills: bool) -> None:
        self.at, self.kills, self.count = at, kills, 0
        self._real = {name: getattr(os, name) for name in CALLS}

    @property
    def struck(self) -> bool:
        return self.count > self.at

    def __enter__(self):
        for name in CALLS:
            setattr(os, name, self._call(name))
        return self

    def __exit__(self, *_):
        for name, real in self._real.items():
            setattr(os, name, real)

    def _call(self, name):
        real = self._real[name]

        def call(*arguments, **options):
            if name == "open" and not arguments[1] & (os.O_CREAT | os.O_WRONLY | os.O_RDWR):
                return real(*arguments, **options)
            number, self.count = self.count, self.count + 1
            if number == self.at and not self.kills:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            if number >= self.at and self.kills:
                raise KilledError
            return real(*arguments, **options)

        return call


def synced(offering, folder):
    return asyncio.run(Syncing(offering.setting(), folder, lambda: False).run())


def current(folder):
    tree = folder.tree(CURRENT)
    return content_of(tree.path) if tree else None


def struck(offering, folder, at, *, kills):
    """Whether a sync came so far that it was struck."""
    with Disk(at, kills=kills) as disk:
        try:
            synced(offering, folder)
        except (KilledError, SyncError):
            assert disk.struck
    return disk.struck


@pytest.mark.parametrize("kills", [True, False], ids=["killed", "failing disk"])
def test_at_every_step_the_old_or_the_new_is_whole(tmp_path, monkeypatch, kills):
    # The power does not go here, and waiting for the disk takes most of the time.
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    offering = Offering(tmp_path / "offered")
    new = {**FILES, HARP: b"another harp", "scripts/more/new.yaml": b"new"}
    del new["scripts/lexicon.yaml"]
    seen = []
    at = 0
    while True:
        folder = SyncFolder(tmp_path / f"state-{at}")
        offering.put(FILES, *(["scripts/more/new.yaml"] if at else []))
        synced(offering, folder)
        offering.put({name: new[name] for name in (HARP, "scripts/more/new.yaml")}, "scripts/lexicon.yaml")
        was_struck = struck(offering, folder, at, kills=kills)
        assert current(folder) in (FILES, new)
        seen.append(current(folder) == new)
        # And it is mended by the next one.
        synced(offering, folder)
        assert current(folder) == new
        assert len(list((folder.folder / "trees").iterdir())) <= 3
        if not was_struck:
            break
        at += 1
    assert at > 20
    # There is one moment before which it is the old and after which it is the new. What a disk failed to do may have
    # been no loss, as a folder that cannot be synced.
    assert seen[-1]
    assert not kills or (seen == sorted(seen) and not seen[0])


PATHS = ("scripts/a.yaml", "scripts/b/c.jpg", "media/beds/d.ogg", "media/e")


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.sampled_from(PATHS), st.binary(max_size=40), min_size=1),
            st.integers(0, 90),
            st.booleans(),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_through_any_course_of_offers_and_failures_it_is_one_of_them_whole(course):
    with tempfile.TemporaryDirectory() as base, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", base)
        patch.setattr(os, "fsync", lambda descriptor: None)
        offering, folder = Offering(Path(base, "offered")), SyncFolder(Path(base, "state"))
        allowed = [None]
        for files, at, kills in course:
            there = [path.relative_to(offering.folder).as_posix() for path in offering.folder.rglob("*")]
            gone = [name for name in there if (offering.folder / name).is_file() and not name.startswith("manifest.")]
            offering.put(files, *(name for name in gone if name not in files))
            struck(offering, folder, at, kills=kills)
            newest = current(folder)
            assert newest in (allowed[-1], files)
            allowed.append(newest)
        synced(offering, folder)
        assert current(folder) == course[-1][0]


def test_a_process_that_is_killed_leaves_the_old_whole_and_what_had_come(tmp_path):
    offering = Offering(tmp_path / "offered")
    state = tmp_path / "state"
    folder = SyncFolder(state / "sync")
    with served(offering.folder) as server:
        environment = {
            **os.environ,
            "GUIDEPLAYER_STATE": str(state),
            "GUIDEPLAYER_SYNC_SOURCE": f"http://127.0.0.1:{server.server_port}",
            "GUIDEPLAYER_SYNC_KEY": offering.public,
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
        }
        command = [sys.executable, "-m", "guideplayer", "sync"]
        assert subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False).returncode == 0
        offering.put({HARP: os.urandom(100_000), "media/beds/a.ogg": b"a" * 1000})
        server.mischief[HARP] = hang
        server.asked.clear()
        running = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while HARP not in server.names() and time.monotonic() < until:
            time.sleep(0.02)
        running.send_signal(signal.SIGKILL)
        assert running.wait(10) == -signal.SIGKILL
        assert current(folder) == FILES
        server.mischief.clear()
        server.asked.clear()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.split(":")[0]) == (0, "Taken over")
    assert "media/beds/a.ogg" not in server.names()
    assert current(folder)["media/beds/a.ogg"] == b"a" * 1000
