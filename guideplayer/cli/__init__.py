"""The commands, one a file. Exit 0: good; 1: the content has problems; 2: the call was wrong, or it could not run."""

import os

# Each command joins the application as it is imported; their order here is the order of the help.
from guideplayer.cli import (
    call_command,
    check_command,
    clinic_command,
    demo_command,
    desk_command,
    doctor_command,
    export_command,
    kiosk_command,
    list_command,
    new_command,
    play_command,
    preview_command,
    rehearse_command,
    report_command,
    schema_command,
    simulate_command,
    station_command,
    station_report,
    sync_command,
    voice_command,
    watch_command,
)
from guideplayer.cli.app import app, fail
from guideplayer.room.settings import SettingsError

__all__ = [
    "call_command",
    "check_command",
    "clinic_command",
    "demo_command",
    "desk_command",
    "doctor_command",
    "export_command",
    "kiosk_command",
    "list_command",
    "main",
    "new_command",
    "play_command",
    "preview_command",
    "rehearse_command",
    "report_command",
    "schema_command",
    "simulate_command",
    "station_command",
    "station_report",
    "sync_command",
    "voice_command",
    "watch_command",
]


def main() -> None:
    """The command line's entry."""
    # Its greeting would stand in the way of what a command prints for machines.
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    try:
        app(prog_name="guideplayer")
    except SettingsError as error:
        fail(str(error))
