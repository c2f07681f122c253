"""The services that a clinic may set to be told of calls: by Apprise, a command of its own, or an installed plugin."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

# What a call has reached: no desk for three seconds, unanswered for thirty, or for a minute (core/call.py).
Level = Annotated[int, Meta(ge=1, le=3)]


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of them. `url` is Apprise's (`ntfys://`, `mailtos://`, `twilio://`, ...), or `command` is run, with the words
    on its input, or a `plugin` of another package is called with `options`, a JSON object. It is told when a call
    reaches its `level`, and once more with all the others at level 3.
    """

    name: Annotated[str, Meta(min_length=1, max_length=40)]
    url: str = ""
    command: tuple[str, ...] = ()
    plugin: str = ""
    options: str = "{}"
    level: Level = 2

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec tells with its place, for one that has none of the ways or several."""
        if [bool(self.url), bool(self.command), bool(self.plugin)].count(True) != 1:
            raise ValueError(f"the pager “{self.name}” needs either a url or a command or a plugin")


def with_options(table: object) -> object:
    """A pager's table of the settings, with all that is its plugin's as `options`."""
    if not isinstance(table, Mapping) or not table.get("plugin"):
        return table
    known = set(Service.__struct_fields__) - {"options"}
    own = {name: value for name, value in table.items() if name not in known}
    kept = {name: value for name, value in table.items() if name in known}
    return {**kept, "options": msgspec.json.encode(own).decode()}


class Page(msgspec.Struct, frozen=True):
    """What a service is told: of no patient by name, since there is none."""

    title: str
    body: str


class Result(msgspec.Struct, frozen=True):
    """What came of it. `reached` means that the service has taken it, not that somebody has read it."""

    service: str
    reached: bool
    took_ms: int
    says: str = ""


def page_of(room: str, asking_ms: int) -> Page:
    """The words for a call that has been asking for so long."""
    return Page(f"{room} is calling", f"Nobody has answered the patient in {room} for {asking_ms // 1000} s. Go there.")
