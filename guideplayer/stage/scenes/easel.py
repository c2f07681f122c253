"""What the stage and the painter of one scene of somebody else's say to each other.

The stage asks for steps by their number, one a line; back come these, each with its length before it.
"""

from collections.abc import Callable
from typing import BinaryIO

import msgspec
import numpy as np

from guideplayer.core.unreadable import UNREADABLE
from guideplayer.stage.scenes.canvas import Stars
from guideplayer.stage.scenes.colours import Field

HEAD_BYTES = 4


class Painted(msgspec.Struct, frozen=True, tag="painted"):
    """A step: its field and its stars, as bytes of float32."""

    number: int
    field: bytes
    stars: tuple[bytes, bytes, bytes, bytes]
    tint: tuple[float, ...]


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """It is over, and why, in one clause."""

    reason: str


def painted(number: int, field: Field, stars: Stars) -> Painted:
    """A step, to be said."""
    across, down, brightness, width = (np.asarray(part, np.float32).tobytes() for part in stars[:4])
    return Painted(number, field.astype(np.float32).tobytes(), (across, down, brightness, width), stars.tint)


def field_of(said: Painted, height: int, width: int) -> Field:
    """The field of a step."""
    return np.frombuffer(said.field, np.float32).reshape(height, width, 3)


def stars_of(said: Painted) -> Stars:
    """The stars of a step."""
    across, down, brightness, width = (np.frombuffer(part, np.float32) for part in said.stars)
    return Stars(across, down, brightness, width, said.tint)


def say(message: Painted | Failed, out: BinaryIO) -> None:
    """Say it."""
    line = msgspec.msgpack.encode(message)
    out.write(len(line).to_bytes(HEAD_BYTES, "big") + line)
    out.flush()


def hear(source: BinaryIO, heard: Callable[[Painted | Failed], None]) -> None:
    """Everything that is said, until nobody is there any longer. What is torn ends it too."""
    decoder = msgspec.msgpack.Decoder(Painted | Failed)
    while len(head := source.read(HEAD_BYTES)) == HEAD_BYTES:
        try:
            heard(decoder.decode(source.read(int.from_bytes(head, "big"))))
        except UNREADABLE:
            return
