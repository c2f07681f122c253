"""`guideplayer doctor`: what a room needs, looked at before a patient needs it."""

import sys
import tempfile
import threading
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from guideplayer.cli.app import CARE, CONTENT, app, examples, fail
from guideplayer.doctor.finding import Finding, Verdict
from guideplayer.media import shipped_library
from guideplayer.room.settings import read_settings

SECONDS = 60.0
# As loud as somebody who speaks softly beside the bed: understood through drowsiness, and far from any harm.
PILLOW_DBA = "60 to 65 dB(A)"

LEVEL = f"""Steady noise, as loud as the narration (-20 LUFS), is on the sound output for {{seconds:g}} s{{end}}.

Set the level once, and never touch it again while somebody lies there:
  1. Open a sound level meter on a phone (NIOSH SLM on an iPhone; any that shows dB(A), slow, elsewhere).
  2. Loudspeakers: lay the phone on the pillow, its microphone where an ear will be and facing up.
     Headphones: close one cushion around the microphone so that no gap is left; this is right within some 5 dB.
  3. Turn the amplifier or the system's volume until it shows {PILLOW_DBA}, the lower end if in doubt.
A phone can be wrong by 5 dB. Your ear is a good second: a quiet talk beside the bed is 55 to 60 dB(A).

Hearing: at 65 dB(A) a session is safe however long it is. Adults can hear 80 dB(A) for 40 hours a week without harm,
children 75 (WHO and ITU, H.870); at work 85 dB(A) is the limit for 8 hours a day, and half of that time for each 3 dB
more (NIOSH 98-126).
"""

NO_OUTPUT = (
    "Nothing can be heard: {why}. Plug in headphones or loudspeakers, see that the system plays on them, and run"
    " `guideplayer doctor --sound` again."
)


MARKS = {Verdict.GOOD: "ok", Verdict.DOUBTFUL: "look", Verdict.BAD: "MEND", Verdict.UNKNOWN: "?"}


@app.command(
    "doctor",
    epilog=examples("guideplayer doctor", "guideplayer doctor --json", "guideplayer doctor --sound"),
    rich_help_panel=CARE,
)
def doctor(
    sound: Annotated[
        bool, typer.Option("--sound", help="Play noise at the narration's level, to set the volume by.")
    ] = False,
    seconds: Annotated[float, typer.Option("--seconds", min=1, max=3600, help="How long it plays.")] = SECONDS,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    running: Annotated[
        bool, typer.Option("--running", help="Leave out what would disturb a room that runs: screen, sound, port.")
    ] = False,
) -> None:
    """Look at what a room needs before a patient needs it. Ends with 1 when something has to be mended."""
    if sound:
        play_noise(seconds)
        return
    from guideplayer.doctor.examine import checks, examine

    found = []
    for finding in examine(checks(read_settings(), running=running)):
        found.append(finding)
        if not as_json:
            _tell(finding)
    well = all(finding.verdict is not Verdict.BAD for finding in found)
    if as_json:
        print(msgspec.json.encode({"good": well, "findings": found}).decode())
    else:
        print("\nThis room can be used." if well else "\nMend this before a session.")
    raise SystemExit(0 if well else CONTENT)


def _tell(finding: Finding) -> None:
    print(f"{MARKS[finding.verdict]:>4}  {finding.name:<11}  {finding.sentence}", flush=True)
    if finding.fix:
        print(f"{'':>4}  {'':<11}  -> {finding.fix}", flush=True)


def play_noise(seconds: float) -> None:
    """Play the noise, and tell how the level is set by it."""
    from guideplayer.stage import audition, calibration
    from guideplayer.stage.device import DeviceError

    asked = sys.stdin.isatty()
    told = LEVEL.format(seconds=seconds, end=", or until you press Enter" if asked else "")
    ended = threading.Event()
    if asked:
        threading.Thread(target=_wait_for_enter, args=(ended,), daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "noise.wav")
        noise = audition.turn_samples(file, calibration.write_turns(file), shipped_library())
    try:
        audition.play_round(noise, seconds, ended, lambda: print(told, end="", flush=True), read_settings().sound)
    except DeviceError as error:
        fail(NO_OUTPUT.format(why=str(error).rstrip(".")))


def _wait_for_enter(ended: threading.Event) -> None:
    sys.stdin.readline()
    ended.set()
