"""Files that are written whole or not at all."""

import os
import stat

import pytest

from guideplayer import whole_file
from guideplayer.whole_file import OWNER, put_whole, write_whole


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_takes_the_place_of_the_one_before(tmp_path):
    file = tmp_path / "index.json"
    write_whole(file, b"one")
    write_whole(file, b"two")
    assert file.read_bytes() == b"two"
    assert names(tmp_path) == ["index.json"]


def test_a_secret_is_its_owners_alone_whatever_a_process_before_has_left(tmp_path):
    left = tmp_path / f".part-{os.getpid()}-key.pem"
    left.write_text("open to all")
    left.chmod(0o666)
    write_whole(tmp_path / "key.pem", b"secret", OWNER)
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600
    assert names(tmp_path) == ["key.pem"]


@pytest.mark.parametrize("step", ["write", "onto the disk", "into its place"])
def test_whatever_fails_the_file_before_is_whole(tmp_path, monkeypatch, step):
    file = tmp_path / "index.json"
    file.write_bytes(b"before")

    def full(*_):
        raise OSError(28, "No space left on device")

    def fill():
        with put_whole(file) as beside:
            beside.write_bytes(b"ha")
            if step == "write":
                full()

    if step == "onto the disk":
        monkeypatch.setattr(whole_file.os, "fsync", full)
    if step == "into its place":
        monkeypatch.setattr(type(file), "replace", full)
    with pytest.raises(OSError, match="No space left"):
        fill()
    assert file.read_bytes() == b"before"
    assert names(tmp_path) == ["index.json"]


def test_where_a_folder_cannot_be_synced_the_file_is_there_all_the_same(tmp_path, monkeypatch):
    real = os.fsync

    def only_files(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(22, "Invalid argument")
        real(descriptor)

    monkeypatch.setattr(whole_file.os, "fsync", only_files)
    write_whole(tmp_path / "clip.opus", b"sound")
    assert (tmp_path / "clip.opus").read_bytes() == b"sound"
