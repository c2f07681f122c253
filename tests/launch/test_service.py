"""What systemd is told."""

import socket

import pytest

from guideplayer.launch.service import Service


@pytest.mark.parametrize("abstract", [False, True])
def test_it_is_told_once_that_all_is_ready_and_each_time_that_it_lives(tmp_path, abstract):
    name = f"@guideplayer-{tmp_path.name}-{id(tmp_path)}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + name[1:] if abstract else name)
        manager.settimeout(5)
        service = Service({"NOTIFY_SOCKET": name})
        service.ready()
        service.lives()
        service.ready()
        service.lives()
        service.ends()
        told = [manager.recv(100).decode() for _ in range(4)]
    assert told == ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"]


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": "/nowhere/at/all"}])
def test_without_a_manager_nothing_happens(environment):
    service = Service(environment)
    service.ready()
    service.lives()
    service.ends()
