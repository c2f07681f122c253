"""What a page sends besides commands and heartbeats, and its shape."""

from typing import Annotated

import msgspec
from msgspec import Meta

from guideplayer.desk.role import Role


class Pairing(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What a page sends to be paired. `code` is the six digits on the room's screen, or the token of its square."""

    code: Annotated[str, Meta(max_length=64)]
    name: Annotated[str, Meta(max_length=200)]
    role: Role = Role.NURSE


class Revocation(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Which desk is to be unpaired, by the name that it bears among all desks."""

    desk: Annotated[str, Meta(min_length=1, max_length=200)]
