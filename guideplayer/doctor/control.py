"""What a patient could press: a keyboard, a touch screen, a switch. The kernel tells what each device has."""

import re
import struct
from collections.abc import Iterator
from pathlib import Path

import msgspec

from guideplayer.doctor.finding import Finding, bad, good, unknown

NAME = "control"
INPUTS = Path("/proc/bus/input/devices")
WORD_BITS = struct.calcsize("l") * 8
# Codes of linux/input-event-codes.h. What lies beyond the delete key are volume, power and sleep: no key for a patient.
FIRST_KEY, LAST_KEY = 1, 111
FIRST_BUTTON, LEFT_BUTTON, TOUCH = 0x100, 0x110, 0x14A
DIRECT, ACCELEROMETER = 1, 6


class Input(msgspec.Struct, frozen=True):
    """An input device: its name, who handles it, and which bits of each kind it has."""

    name: str
    handlers: tuple[str, ...]
    bits: dict[str, frozenset[int]]

    @property
    def kind(self) -> str:
        """What a patient could press with it; empty when it is nothing to press."""
        keys, properties = (self.bits.get(kind, frozenset()) for kind in ("KEY", "PROP"))
        if "kbd" in self.handlers and any(FIRST_KEY <= key <= LAST_KEY for key in keys):
            return "keyboard or switch"
        if TOUCH in keys and DIRECT in properties:
            return "touch screen"
        if any(re.fullmatch(r"js\d+", handler) for handler in self.handlers):
            # A sensor of movement is handled like one too.
            button = ACCELEROMETER not in properties and max(keys, default=0) >= FIRST_BUTTON
            return "joystick or switch" if button else ""
        return "mouse" if LEFT_BUTTON in keys else ""


def inputs(file: Path = INPUTS) -> list[Input]:
    """All input devices. Raises OSError."""
    return [_input(block) for block in file.read_text("utf-8", "replace").split("\n\n") if block.strip()]


def _input(block: str) -> Input:
    name = ""
    handlers: tuple[str, ...] = ()
    bits: dict[str, frozenset[int]] = {}
    for kind, _, rest in (line.partition(": ") for line in block.splitlines()):
        key, _, value = rest.partition("=")
        if kind == "N":
            name = value.strip().strip('"')
        elif kind == "H":
            handlers = tuple(value.split())
        elif kind == "B":
            bits[key] = frozenset(_numbers(value))
    return Input(name, handlers, bits)


def _numbers(value: str) -> Iterator[int]:
    """The bits that are set: words in hexadecimal, the highest first."""
    for place, word in enumerate(reversed(value.split())):
        number = int(word, 16)
        yield from (place * WORD_BITS + bit for bit in range(number.bit_length()) if number >> bit & 1)


def control(file: Path = INPUTS) -> Finding:
    """Whether there is anything to press."""
    try:
        found = [(one.kind, one.name) for one in inputs(file) if one.kind]
    except (OSError, ValueError):
        fix = "Press the patient's control while guideplayer runs: the desk shows that it works."
        return unknown(NAME, "This system does not tell what can be pressed.", fix)
    if not found:
        fix = "Plug in the patient's switch, a keyboard or a touch screen, and look again."
        return bad(NAME, "There is nothing that the patient could press.", fix)
    names = ", ".join(f"{name} ({kind})" for kind, name in dict.fromkeys(found))
    return good(NAME, f"To press there is: {names}.")
