"""What is kept of each script for choosing it: a picture, a sample to hear and the arc of its session.

They are made by `guideplayer.rehearsal.card` and only read here. A file is named by a hash of everything that it is
made of, so a script that changes has no card until it is made anew, and nobody's name is ever part of a path.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from guideplayer.core.unreadable import UNREADABLE
from guideplayer.media import Library

# Raise it whenever a card of the same script would come out differently.
CARD_VERSION = 2
FOLDER = "cards"
PICTURE, SAMPLE, CARD = "picture.jpg", "sample.mp3", "card.json"


class Arc(msgspec.Struct, frozen=True):
    """A session as a curve: at evenly spaced times of the infusion's clock, shares 0..1.

    `words` is the share of the time in which somebody speaks; `effect` the expected effect of the infusion.
    """

    begins_ms: int
    infusion_ms: int
    ends_ms: int
    light: tuple[float, ...]
    words: tuple[float, ...]
    effect: tuple[float, ...]


class Card(msgspec.Struct, frozen=True):
    """What a desk is given of a card; the picture and the sample are files of their own, made before it."""

    key: str
    arc: Arc
    sample_ms: int
    lines: tuple[str, ...] = ()


class CardFolder:
    """The cards of one state folder."""

    def __init__(self, state_folder: Path, library: Library) -> None:
        self.path = state_folder / FOLDER
        self._media = library_digest(library)
        self._keys: dict[Path, tuple[tuple[int, int], str]] = {}
        self._cards: dict[str, Card] = {}

    def key(self, script: Path) -> str:
        """What the card of a script's file is called now. Raises OSError."""
        stat = script.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
        known = self._keys.get(script)
        if known is None or known[0] != stamp:
            known = stamp, card_key(script.read_bytes(), self._media)
            self._keys[script] = known
        return known[1]

    def card(self, script: Path) -> Card | None:
        """The card of a script's file, once there is one."""
        try:
            key = self.key(script)
            if key not in self._cards:
                self._cards[key] = msgspec.json.decode(card_file(self.path, key, CARD).read_bytes(), type=Card)
        except (OSError, *UNREADABLE):
            return None
        return self._cards[key]

    def keep_only(self, scripts: Iterable[Path]) -> None:
        """Remove what is kept of other scripts, or of these as they were before. Raises OSError."""
        keys = {self.key(script) for script in scripts}
        for file in self.path.glob("*-*"):
            if file.name.partition("-")[0] not in keys:
                file.unlink(missing_ok=True)


def card_file(folder: Path, key: str, part: str) -> Path:
    """A file of a card: PICTURE, SAMPLE or CARD."""
    return folder / f"{key}-{part}"


def library_digest(library: Library) -> str:
    """What the library holds, in few letters."""
    content = msgspec.json.encode((library.beds, library.sounds, library.clips), order="deterministic")
    return hashlib.sha256(content).hexdigest()


def card_key(script: bytes, media: str) -> str:
    """The name of a card: a hash of all that it is made of."""
    return hashlib.sha256(f"{CARD_VERSION}\n{media}\n".encode() + script).hexdigest()[:24]
