"""What a clinic may set about where its scripts and media come from."""

from pathlib import Path
from typing import Annotated

import msgspec

from guideplayer.core.units import MINUTE_MS, SECOND_MS, parse_duration_ms
from guideplayer.sync.signing import PUBLIC_KEY

SHORTEST_MS = 10 * MINUTE_MS


class Sync(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`source` is `https://...` or a folder, empty for none; `key` is what `guideplayer sync offer` has shown.

    `authority` is a file with the authority of an https source that only the clinic knows. `every` (like 6h) is how
    often a room that waits looks by itself, empty for never. `most_mb` is how much may be offered.
    """

    source: str = ""
    key: Annotated[str, msgspec.Meta(pattern=f"^$|{PUBLIC_KEY}")] = ""
    authority: str = ""
    every: str = ""
    most_mb: Annotated[int, msgspec.Meta(ge=1)] = 10_000

    def every_s(self) -> float | None:
        """How often a room looks by itself, in seconds; None for never. Raises ValueError with a sentence."""
        if not self.every:
            return None
        every_ms = parse_duration_ms(self.every)
        if every_ms < SHORTEST_MS:
            raise ValueError(f"“{self.every}” is too often: 10m is the shortest")
        return every_ms / SECOND_MS

    def problem(self) -> str:
        """The first thing that is wrong with it, as a clause; empty when all is well."""
        if self.source.startswith("http://") and not self.key:
            return "over plain http anybody on the way could change what is offered: set its key, or take https"
        if "://" in self.source and not self.source.startswith(("https://", "http://")):
            return f"“{self.source}” is neither https://... nor a folder"
        if self.source and "://" not in self.source and not Path(self.source).expanduser().is_absolute():
            return f"“{self.source}” is no whole path: begin it with /"
        try:
            self.every_s()
        except ValueError as error:
            return str(error)
        return ""
