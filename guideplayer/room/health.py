"""What the desk shows of a room's parts: each `ok`, or a sentence that says what is wrong and what to do."""

from guideplayer.core.link import Health
from guideplayer.core.state import WINDOW, Readiness
from guideplayer.room.examination import Notice

OK = "ok"
STARTING = "It is starting."
NO_SCREEN = "There is none: look whether it is plugged in and switched on. The picture can be seen here."
NO_SOUND = "There is none: look at headphones, loudspeaker and cable. The captions are larger meanwhile."
NOT_PRESSED = "It has not been tried yet: press it once before the session."
UNREAD = "Without a screen no key, mouse or touch is read: stay with the patient."
SLOWEST_HZ = 30
SMALLEST_PX = (1280, 720)


def display_told(width_px: int, height_px: int, refresh_hz: int) -> tuple[str, str]:
    """The sentence for a display, and what to do where it is too slow (`refresh_hz`, 0 where not known) or small."""
    sentence = f"The screen has {width_px} x {height_px} pixels" + (f" at {refresh_hz} Hz." if refresh_hz else ".")
    if 0 < refresh_hz <= SLOWEST_HZ:
        fix = "Choose 60 Hz in the system's display settings, or another cable: motion is not smooth at this pace."
        return sentence, fix
    if width_px < SMALLEST_PX[0] or height_px < SMALLEST_PX[1]:
        return sentence, "Choose the screen's full resolution in the system's display settings."
    return sentence, ""


def display_notices(stage: Health) -> tuple[Notice, ...]:
    """What the doctor would say of the display that a stage draws on. In a room that runs, it leaves that alone."""
    sentence, fix = display_told(stage.width_px, stage.height_px, stage.refresh_hz)
    return (Notice("screen", "doubtful", sentence, fix),) if stage.width_px and fix else ()


def health_of(readiness: Readiness, stage: Health | None, trouble: str) -> dict[str, object]:
    """The parts of a room; `trouble` is what is wrong with the journal."""
    if stage is None:
        screen = sound = control = STARTING
    else:
        # However well the control was shown to work: SDL reads no keyboard where it has no screen.
        seen = (OK, OK if readiness.control else NOT_PRESSED)
        screen, control = seen if stage.screen == WINDOW else (NO_SCREEN, UNREAD)
        sound = {"sound": OK, "no sound": NO_SOUND}.get(stage.sound, STARTING)
    return {
        "screen": screen,
        "sound": sound,
        "control": control,
        "journal": trouble or OK,
        "stage": OK if stage else STARTING,
        "desk": OK,
    }


def figures_of(stage: Health | None, position_error_ms: int | None) -> dict[str, object]:
    """What engineers want to know of a stage."""
    return {
        "stage_pid": stage.pid if stage else 0,
        "position_error_ms": position_error_ms,
        "late_frames": stage.late_frames if stage else 0,
        "work_ms": stage.work_ms if stage else 0.0,
    }
