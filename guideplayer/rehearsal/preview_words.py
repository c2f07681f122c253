"""How a preview writes times."""

from guideplayer.core.units import SECOND_MS


def clock(at_ms: int) -> str:
    """A time of the infusion's clock: `12:34`; before the pump starts `–1:05`."""
    minutes, seconds = divmod(abs(at_ms) // SECOND_MS, 60)
    return f"{'–' if at_ms < 0 else ''}{minutes}:{seconds:02d}"


def length(length_ms: int) -> str:
    """A length in whole seconds as it is said: `50 min`, `1 min 20 s`, `8 s`."""
    minutes, seconds = divmod(round(length_ms / SECOND_MS), 60)
    parts = [f"{minutes} min"] if minutes else []
    return " ".join([*parts, f"{seconds} s"] if seconds or not minutes else parts)
