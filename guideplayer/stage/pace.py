"""The pace of frames: deadlines that follow each other evenly, whatever one frame took."""

FRAME_NS = 1_000_000_000 // 60


class Pace:
    """Deadlines sixty times a second. `late` counts the frames that were left out because one took too long.

    A frame that is late shifts none after it. Only where the display gives the pace itself (`in_step`), by taking a
    picture when it is ready for one, do the deadlines follow the display, whose second is not quite this clock's.
    """

    def __init__(self, now_ns: int, in_step: bool = False) -> None:
        self._deadline_ns = now_ns
        self._in_step = in_step
        self.late = 0

    def wait_ns(self, now_ns: int) -> int:
        """How long to wait after a frame that is done now until the next is due."""
        self._deadline_ns += FRAME_NS
        wait_ns = self._deadline_ns - now_ns
        if wait_ns < -FRAME_NS:
            missed = -wait_ns // FRAME_NS
            self.late += missed
            self._deadline_ns += missed * FRAME_NS
        elif wait_ns < 0 and self._in_step:
            self._deadline_ns = now_ns
        return max(0, wait_ns)
