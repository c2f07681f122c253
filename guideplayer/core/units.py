"""Durations as people write them (`20s`, `4m`, `1m30s`) and as the programme counts them (whole milliseconds)."""

import re

SECOND_MS = 1000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d{1,3})?)s)?")


def parse_duration_ms(text: str) -> int:
    """Read `1h`, `4m`, `1m30s` or `2.5s` as milliseconds.

    Raises ValueError with a plain sentence when the text is no duration.
    """
    match = _DURATION.fullmatch(text.strip())
    if not match or not any(match.groups()):
        raise ValueError(f"“{text}” is not a duration: write it like 20s, 4m or 1m30s")
    hours, minutes, seconds = match.groups()
    return int(hours or 0) * HOUR_MS + int(minutes or 0) * MINUTE_MS + round(float(seconds or 0) * SECOND_MS)


def format_duration(duration_ms: int) -> str:
    """Write milliseconds as the shortest duration that reads back the same: 90000 -> `1m30s`."""
    minutes, rest_ms = divmod(abs(duration_ms), MINUTE_MS)
    seconds = f"{rest_ms / SECOND_MS:.3f}".rstrip("0").rstrip(".")
    parts = (f"{minutes}m" if minutes else "") + (f"{seconds}s" if rest_ms or not minutes else "")
    return ("-" if duration_ms < 0 else "") + parts


def format_clock(duration_ms: int) -> str:
    """Write milliseconds as a clock face: 754000 -> `12:34`; tenths are cut, never rounded up."""
    minutes, seconds = divmod(max(0, duration_ms) // SECOND_MS, 60)
    return f"{minutes:02d}:{seconds:02d}"
