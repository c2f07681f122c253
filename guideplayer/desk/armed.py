"""Which desks are armed: those whose page said within the last seconds that it is seen and can sound."""

import msgspec

from guideplayer.desk.ports import Clock

ARMED_FOR_MS = 5_000


class Heartbeat(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What a page says of itself every two seconds: its AudioContext's state, whether it is seen, and the calls that
    it shows, by their rooms.

    `page` tells the pages of one desk apart, so that a hidden one does not disarm the one that is looked at.
    """

    audio: str
    visible: bool
    calls: dict[str, str] = {}
    page: str = ""

    @property
    def reachable(self) -> bool:
        """Whether a call shown on this page now would be seen and heard."""
        return self.audio == "running" and self.visible


class ArmedDesks:
    """The pages that can be reached, each until its heartbeat is too old. `clock` tells monotonic milliseconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until_ms: dict[tuple[str, str], int] = {}
        self._shown: dict[tuple[str, str], dict[str, str]] = {}

    def beat(self, desk: str, heartbeat: Heartbeat) -> dict[str, str]:
        """Take a heartbeat; the calls that this page shows while it is reachable, and had not shown before."""
        page = (desk, heartbeat.page)
        if not heartbeat.reachable:
            self._drop(page)
            return {}
        self._until_ms[page] = self._clock() + ARMED_FOR_MS
        before, self._shown[page] = self._shown.get(page, {}), heartbeat.calls
        return {room: call for room, call in heartbeat.calls.items() if before.get(room) != call}

    def showing(self, room: str, call: str) -> str | None:
        """An armed desk that shows this call."""
        showing = (page for page, shown in self._shown.items() if shown.get(room) == call)
        return next((desk for desk, page in showing if self.is_armed(desk, page)), None)

    def forget(self, desk: str) -> None:
        """A desk is paired no longer: none of its pages can be reached."""
        for page in [page for page in self._until_ms if page[0] == desk]:
            self._drop(page)

    def names(self) -> list[str]:
        """The armed desks now, in order of their names."""
        now_ms = self._clock()
        for page, until_ms in list(self._until_ms.items()):
            if until_ms <= now_ms:
                self._drop(page)
        return sorted({desk for desk, _ in self._until_ms})

    def is_armed(self, desk: str, page: str) -> bool:
        """Whether this page can be reached now."""
        return self._until_ms.get((desk, page), 0) > self._clock()

    def _drop(self, page: tuple[str, str]) -> None:
        self._until_ms.pop(page, None)
        self._shown.pop(page, None)
