"""The machine is kept awake: logind's locks over a real D-Bus, with a logind of the test's own on it."""

import asyncio
import os
import subprocess

import pytest
from dbus_fast import BusType
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_method

from guideplayer.launch import awake as awakes
from guideplayer.launch.awake import STAY_UP, WAKE, Awake
from tests.xvfb import needed

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"""


class Logind(ServiceInterface):
    """Gives locks, and knows which are held: those whose other end is open."""

    def __init__(self):
        super().__init__("org.freedesktop.login1.Manager")
        self._given = []
        self.refuses = False

    @dbus_method()
    def Inhibit(self, what: "s", who: "s", why: "s", mode: "s") -> "h":  # noqa: F821, N802
        assert (who, mode) == ("guideplayer", "block")
        assert "patient" in why
        if self.refuses:
            from dbus_fast import DBusError

            raise DBusError("org.freedesktop.DBus.Error.AccessDenied", "Permission denied")
        ours, theirs = os.pipe()
        os.set_blocking(ours, False)
        self._given.append((what, ours))
        asyncio.get_running_loop().call_later(0.5, os.close, theirs)
        return theirs

    def held(self):
        """The locks whose holder has them open still."""
        open_ones = []
        for what, end in self._given:
            try:
                if os.read(end, 1) == b"":
                    continue
            except BlockingIOError:
                open_ones.append(what)
        return sorted(open_ones)


@pytest.fixture
async def system_bus(tmp_path, monkeypatch):
    """A real bus, and how to kill it and start it again."""
    needed("dbus-daemon")
    config, address = tmp_path / "bus.conf", f"unix:path={tmp_path}/bus"
    config.write_text(CONFIG.format(socket=tmp_path / "bus"))
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    running = []

    def start():
        (tmp_path / "bus").unlink(missing_ok=True)
        command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1"]
        daemon = subprocess.Popen(command, stdout=subprocess.PIPE)
        daemon.stdout.readline()
        running.append(daemon)
        return daemon

    start()
    yield lambda: (running[-1].kill(), running[-1].wait(), start())
    for daemon in running:
        daemon.kill()
        daemon.wait()
        daemon.stdout.close()


async def logind():
    service = Logind()
    bus = await MessageBus(bus_type=BusType.SYSTEM, negotiate_unix_fd=True).connect()
    bus.export("/org/freedesktop/login1", service)
    await bus.request_name("org.freedesktop.login1")
    return service, bus


async def until(condition, within_s=10.0):
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.02)


async def test_sleep_is_always_held_off_and_shutting_down_while_a_session_is_under_way(system_bus):
    service, bus = await logind()
    told = []
    awake = Awake(told.append)
    running = asyncio.create_task(awake.run())
    await until(lambda: service.held() == [WAKE])
    awake.session(True)
    await until(lambda: service.held() == sorted([STAY_UP, WAKE]))
    awake.session(False)
    await until(lambda: service.held() == [WAKE])
    running.cancel()
    await asyncio.wait([running])
    await until(lambda: service.held() == [])
    assert set(told) == {""}
    bus.disconnect()


async def test_a_bus_that_dies_is_told_and_the_lock_taken_again(system_bus, monkeypatch):
    monkeypatch.setattr(awakes, "AGAIN_AFTER_S", 0.2)
    service, _ = await logind()
    told = []
    running = asyncio.create_task(Awake(told.append).run())
    await until(lambda: service.held() == [WAKE])
    system_bus()
    await until(lambda: any("cannot be kept from going to sleep" in one for one in told))
    service, bus = await logind()
    await until(lambda: service.held() == [WAKE])
    await until(lambda: told[-1] == "")
    running.cancel()
    await asyncio.wait([running])
    bus.disconnect()


async def test_a_refusal_is_told_with_its_reason(system_bus):
    service, bus = await logind()
    service.refuses = True
    told = []
    running = asyncio.create_task(Awake(told.append).run())
    await until(lambda: told)
    assert told[0] == awakes.MAY_SLEEP.format("Permission denied")
    running.cancel()
    await asyncio.wait([running])
    bus.disconnect()
