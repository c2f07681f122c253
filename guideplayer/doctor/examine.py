"""The whole examination: every check, each with a deadline, none that could end it."""

import functools
from collections.abc import Callable, Iterator
from concurrent.futures import Future, TimeoutError
from threading import Thread

from guideplayer.doctor import content, control, machine, network, outputs, pagers, synced
from guideplayer.doctor.finding import Finding, bad, unknown
from guideplayer.media import media_folder
from guideplayer.own_scenes import OwnScenes
from guideplayer.room.settings import Settings, SettingsError

DEADLINE_S = 20.0
UNTIL_MENDED = "Mend that file, or take it away: until then guideplayer does not start."

Check = Callable[[], Finding]


def checks(settings: Settings, *, running: bool) -> dict[str, Check]:
    """The checks by name. In a room that is `running`, not those that would disturb it, or that it knows by itself."""
    host, number = settings.desk_address()
    folder = settings.state_folder
    own = OwnScenes(settings.scenes_folder)
    library = functools.cache(lambda: settings.library(own))
    found: dict[str, Check] = {
        "control": control.control,
        "media": lambda: content.media(media_folder()),
        "scripts": lambda: content.scripts(settings.script_folders, library()),
        "scenes": lambda: content.scenes(own),
        "fonts": lambda: content.fonts(settings.script_folders, library(), settings.room),
        "disk space": lambda: machine.disk_space(folder),
        "disk speed": lambda: machine.disk_speed(folder),
        "memory": machine.memory,
        "clock": machine.clock,
        "power": machine.battery,
        "sleep": machine.sleep,
        "updates": machine.updates,
        "pagers": lambda: pagers.pagers(settings.pagers),
        "network": lambda: network.reach(host),
    }
    if settings.sync.source:
        found["synced files"] = lambda: synced.files(settings.synced)
    if running:
        return found
    if settings.sync.source:
        found["sync"] = lambda: synced.last_sync(settings.synced.folder)
    looked = functools.cache(lambda: outputs.looked(settings.sound))
    return {
        "screen": lambda: outputs.screen(looked()),
        "sound": lambda: outputs.sound(looked(), settings.sound),
        **found,
        "desk port": lambda: network.port(host, number),
    }


def examine(checks: dict[str, Check], deadline_s: float = DEADLINE_S) -> Iterator[Finding]:
    """Every finding, in order. A check that does not come back, or fails, is a finding too."""
    for name, check in checks.items():
        yield _within(name, check, deadline_s)


def _within(name: str, check: Check, deadline_s: float) -> Finding:
    result: Future[Finding] = Future()

    def run() -> None:
        try:
            result.set_result(check())
        except SettingsError as error:
            result.set_result(bad(name, str(error), UNTIL_MENDED))
        except (OSError, ValueError, LookupError, RuntimeError) as error:
            result.set_result(unknown(name, f"“{name}” cannot be looked at: {error}.", "Look at it yourself."))

    # A thread of its own that nobody has to wait for: one that hangs must not keep the doctor from ending.
    Thread(target=run, name=name, daemon=True).start()
    try:
        return result.result(deadline_s)
    except TimeoutError:
        fix = "Look at it yourself; a machine on which this hangs is better started anew."
        return unknown(name, f"“{name}” was looked at for {deadline_s:.0f} s without an answer.", fix)
