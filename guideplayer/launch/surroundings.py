"""What a kiosk needs around its unit: files of logind, polkit, journald, apt and needrestart, and of the desktop.

Each carries a line by which it is known again: nothing else is ever changed or removed.
"""

import json
from pathlib import Path

import platformdirs

from guideplayer.launch.awake import STAY_UP, WAKE
from guideplayer.launch.service import FOLDER, UNDER_WAY

MARK = "# Written by `guideplayer kiosk install`; `guideplayer kiosk uninstall` removes it."
LOGS = """{mark}
[Journal]
Storage=persistent
SystemMaxUse=50M
MaxRetentionSec=30day
"""
# A service has no session at a seat. One by PAM (PAMName=) would move room and stage out of the unit, and what ends the
# unit would leave them behind.
LOCKS = """// {mark}
// Whoever has a session at a seat may hold these off without being asked; the service has none.
polkit.addRule(function(action, subject) {{
    var held = {actions};
    if (subject.user == {user} && held.indexOf(action.id) >= 0) {{
        return polkit.Result.YES;
    }}
}});
"""
# logind looks for the file alone. Without it the user's sound server ends with their last login.
LINGER = "{mark}\n"
# Neither may an update start the service anew, nor the machine, nor be installed during a session.
RESTARTS = """{mark}
$nrconf{{override_rc}}{{qr(^guideplayer)}} = 0;
"""
REBOOTS = """// {mark}
Unattended-Upgrade::Automatic-Reboot "false";
"""
# systemd looks for the file itself: nothing is run for it that could fail, and a kiosk that is gone has left none.
UPDATES = """{mark}
[Unit]
# Left out while a session is under way; its timer comes again.
ConditionPathExists=!/run/{folder}/{under_way}
ConditionPathExistsGlob=!/run/user/*/{folder}/{under_way}
"""
UPDATERS = ("apt-daily.service", "apt-daily-upgrade.service")
# Many desktops never reach graphical-session.target, nor tell the user's systemd where their display is.
AUTOSTART = """{mark}
[Desktop Entry]
Type=Application
Name=guideplayer
Comment=The room of an infusion
Exec=sh -c "systemctl --user import-environment DISPLAY XAUTHORITY WAYLAND_DISPLAY; systemctl --user start {unit}"
NoDisplay=true
"""


def lingering_in(root: Path) -> Path:
    """The folder with a file for each user whose services run without a login."""
    return root / "var" / "lib" / "systemd" / "linger"


def of_the_machine(user: str, root: Path, *, sound_server: bool) -> dict[Path, str]:
    """What a unit of the system needs, run as `user`; where it uses their sound server, that has to be there."""
    etc = root / "etc"
    held = [f"inhibit-{what}" if what.startswith("handle-") else f"inhibit-block-{what}" for what in _held()]
    actions = json.dumps([f"org.freedesktop.login1.{action}" for action in held])
    found = {
        etc / "systemd" / "journald@guideplayer.conf": LOGS.format(mark=MARK),
        etc / "polkit-1" / "rules.d" / "52-guideplayer.rules": LOCKS.format(
            mark=MARK, actions=actions, user=json.dumps(user)
        ),
        **updates(root),
    }
    linger = lingering_in(root) / user
    # One that somebody else has written, and that is empty, does as well.
    if sound_server and (not linger.exists() or ours(linger)):
        found[linger] = LINGER.format(mark=MARK)
    return found


def _held() -> list[str]:
    return f"{WAKE}:{STAY_UP}".split(":")


def updates(root: Path) -> dict[Path, str]:
    """What keeps updates from a session, whichever kind of kiosk the machine has."""
    etc = root / "etc"
    text = UPDATES.format(mark=MARK, folder=FOLDER, under_way=UNDER_WAY)
    drop_ins = {etc / "systemd" / "system" / f"{name}.d" / "guideplayer.conf": text for name in UPDATERS}
    return {
        **drop_ins,
        etc / "needrestart" / "conf.d" / "guideplayer.conf": RESTARTS.format(mark=MARK),
        etc / "apt" / "apt.conf.d" / "52guideplayer": REBOOTS.format(mark=MARK),
    }


def of_the_desktop(unit: str) -> dict[Path, str]:
    """What starts a unit of the user with any desktop of theirs."""
    return {platformdirs.user_config_path("autostart") / "guideplayer.desktop": AUTOSTART.format(mark=MARK, unit=unit)}


def ours(path: Path) -> bool:
    """Whether this wrote the file."""
    try:
        return MARK in path.read_text("utf-8", "replace")
    except OSError:
        return False
