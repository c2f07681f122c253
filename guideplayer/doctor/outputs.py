"""Screen and sound. SDL looks at them in a process of its own: what hangs or crashes there is a finding.

`python -m guideplayer.doctor.outputs` prints what SDL finds, as JSON.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from guideplayer.doctor.finding import Finding, bad, doubtful, good
from guideplayer.room.health import display_told

LOOKS_WITHIN_S = 15
CONNECTORS = Path("/sys/class/drm")
PLUG_IN = "Plug a screen in, switch it on, and look again."
NOT_DRAWN = (
    "Start guideplayer in a desktop's session; without one, install the driver of the graphics processor (on Debian"
    " libegl1 and libgl1-mesa-dri)."
)


def looked(sound: str) -> dict[str, Any] | None:
    """What SDL finds; None when it does not come back. `sound` is the device that the settings name."""
    command = [sys.executable, "-m", "guideplayer.doctor.outputs", sound]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LOOKS_WITHIN_S, check=False)
        return dict(json.loads(done.stdout.splitlines()[-1])) if done.stdout else None
    except (OSError, subprocess.TimeoutExpired, json.JSONDecodeError):
        return None


def screen(found: dict[str, Any] | None, connectors: Path = CONNECTORS) -> Finding:
    """Whether there is a screen, as large and as fast as it should be."""
    states = [_read(path) for path in connectors.glob("card*-*/status")]
    if states and "connected" not in states:
        return bad("screen", "No screen is plugged in.", PLUG_IN)
    if found is None:
        return bad("screen", "The screen cannot be looked at: it does not answer.", "Start the machine anew.")
    if not found["screen"]:
        fix = f"{PLUG_IN} guideplayer has to be started in the desktop's own session, or as a kiosk."
        return bad("screen", "There is no screen that guideplayer could draw on.", fix)
    if found["undrawn"]:
        sentence = f"There is a screen, but guideplayer cannot draw on it: {found['undrawn']}."
        return bad("screen", sentence, NOT_DRAWN)
    (width, height), pace_hz = found["screen"], found["pace_hz"]
    sentence, fix = display_told(width, height, pace_hz)
    return doubtful("screen", sentence, fix) if fix else good("screen", sentence)


def sound(found: dict[str, Any] | None, device: str) -> Finding:
    """Whether the sound device can be opened."""
    name = f"“{device}”" if device else "the default one"
    fix = "Plug headphones or loudspeakers in, see that the system plays on them, and look again."
    if found is None:
        return bad("sound", "The sound system does not answer.", f"{fix} It may help to start the machine anew.")
    there = ", ".join(found["devices"]) or "none"
    if found["sound"]:
        return bad("sound", f"{found['sound']}. Devices there are: {there}.", fix)
    if found["unheard"]:
        return bad("sound", "The sound system has no device that could be heard.", fix)
    if device and device not in found["devices"]:
        return bad("sound", f"The sound device {name} of the settings is not there. There are: {there}.", fix)
    return good("sound", f"The sound device, {name}, can be opened. Set its level with `guideplayer doctor --sound`.")


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def look(device: str) -> dict[str, Any]:
    """Look, in this process: the screen's size and pace, why nothing can be drawn on it if so; whether the sound opens,
    and the devices there are.
    """
    return {**_screen_seen(), **_sound_opened(device)}


def _screen_seen() -> dict[str, Any]:
    import pygame

    from guideplayer.stage.display import Desktop, desktop, try_display

    found, trouble = Desktop(), ""
    try:
        pygame.display.init()
        found = desktop()
        if found.width_px:
            # A driver may know the display and yet have nothing to draw on.
            try_display()
    except pygame.error as error:
        trouble = str(error)
    # Where SDL reads the keyboard itself, it gives it back only so.
    pygame.display.quit()
    return {"screen": found[:2] if found.width_px else None, "pace_hz": found.refresh_hz, "undrawn": trouble}


def _sound_opened(device: str) -> dict[str, Any]:
    from guideplayer.stage.device import DeviceError, device_names, open_device, unheard

    os.environ["SDL_VIDEODRIVER"] = "dummy"
    trouble, names = "", []
    try:
        open_device(device)
        names = list(device_names())
    except DeviceError as error:
        trouble = str(error)
    return {"sound": trouble, "devices": names, "unheard": not trouble and unheard(names)}


if __name__ == "__main__":
    print(json.dumps(look(sys.argv[1])), flush=True)
    # A sound server that hangs would keep it from ending in any gentler way.
    os._exit(0)
