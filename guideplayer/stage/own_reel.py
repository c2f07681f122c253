"""A scene of somebody else's in motion: painted by a process of its own, and never waited for while a patient looks on.

Until its first picture has come there is another, still one, and it melts in. One that is late stands as it is. One
whose painter fails or hangs melts back into the still one, for good.
"""

import contextlib
import io
import os
import subprocess
import sys
import threading
import time
import weakref

import numpy as np

from guideplayer.core.blend import eased
from guideplayer.stage.reel import STEP_MS, Reel
from guideplayer.stage.scenes.canvas import NO_STARS, Stars
from guideplayer.stage.scenes.colours import Field, Plane
from guideplayer.stage.scenes.easel import Failed, Painted, field_of, hear, stars_of
from guideplayer.stage.scenes.tamed import FARTHEST

PAINTER = ("-m", "guideplayer.stage.scenes.own_painter")
# It reads its code first; afterwards it has a fifth of a second for each, and is forgiven a busy machine.
BEGINS_WITHIN_S, PAINTS_WITHIN_S = 20.0, 5.0
MELTS_S = 3.0
END_WITHIN_S = 1.0
HUNG, GONE = "it has painted nothing for a while", "it ends the process that it is painted by"
# So many steps are painted before they are needed.
AHEAD = 2
STILL, OWN, LATE = "still", "own", "late"


class Answers:
    """What a painter has said so far."""

    def __init__(self) -> None:
        self.news = threading.Condition()
        self.steps: dict[int, Painted] = {}
        self.fault = ""

    def take(self, said: Painted | Failed) -> None:
        """It has said something."""
        with self.news:
            if isinstance(said, Failed):
                self.fault = self.fault or said.reason
            else:
                self.steps[said.number] = said
            self.news.notify_all()

    def wait_for(self, number: int) -> str:
        """Wait for a step; why it does not come, or nothing."""
        with self.news:
            came = self.news.wait_for(lambda: number in self.steps or self.fault, BEGINS_WITHIN_S)
            return "" if number in self.steps else self.fault or ("" if came else HUNG)

    def over(self) -> None:
        """It says no more."""
        self.take(Failed(GONE))


def _listen(process: subprocess.Popen[bytes], answers: Answers) -> None:
    assert isinstance(process.stdout, io.BufferedReader)
    with process.stdout:
        hear(process.stdout, answers.take)
    answers.over()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a painter, and leave nothing behind."""
    process.kill()
    assert process.stdin
    with contextlib.suppress(OSError):
        process.stdin.close()
    process.wait(END_WITHIN_S)


class OwnReel:
    """One scene for one size of field, as `Reel` is for the shipped ones. `fault` says why it is not shown.

    With `waits` every picture is waited for, for films and tests.
    """

    def __init__(self, file: str, palette: str, size: tuple[int, int], still: Reel, *, waits: bool) -> None:
        self._size, self._still, self._waits = size, still, waits
        self._answers = Answers()
        self._process: subprocess.Popen[bytes] | None = None
        # The step that was asked for and has not come yet, and since when it is awaited.
        self._asked: int | None = None
        self._asked_s = time.monotonic()
        self._painted = False
        self.fault = ""
        # Of which kind the picture is, what it melts from and since when, and how far the stars have come.
        self._kind, self._since_s, self._share = STILL, -MELTS_S, 1.0
        self._shown: Field | None = None
        self._from: Field | None = None
        self._lights, self._lit, self._lit_s = NO_STARS, 0.0, time.monotonic()
        width, height = size
        command = [sys.executable, *PAINTER, file, "--palette", palette, "--size", f"{width}x{height}"]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env=environment,
            )
        except OSError as error:
            self.fault = f"it cannot be painted: {error.strerror or error}"
            return
        self._process = process
        threading.Thread(target=_listen, args=(process, self._answers), name="own scene", daemon=True).start()
        self._end = weakref.finalize(self, _end, process)

    @property
    def unsettled(self) -> bool:
        """Whether it changes by itself, and not only with its time: a picture is awaited, or one melts."""
        waiting = self._kind == LATE or (self._kind == STILL and not self.fault)
        return waiting or self._share < 1 or self._lit != (self._kind != STILL)

    def close(self) -> None:
        """End the painter."""
        if self._process:
            self._end()

    def at(self, time_ms: int) -> Field:
        """The field at a time. It is nobody's to change."""
        kind, target = self._target(time_ms)
        now_s = time.monotonic()
        if kind != self._kind:
            self._kind, self._from, self._since_s = kind, self._shown, now_s
        melts = self._from is not None and not self._waits
        self._share = eased((now_s - self._since_s) / MELTS_S) if melts else 1.0
        if self._from is not None and self._share < 1:
            target = self._from + (target - self._from) * np.float32(self._share)
        way = 1.0 if self._waits else (now_s - self._lit_s) / MELTS_S
        self._lit = min(1.0, max(0.0, self._lit + (way if kind != STILL else -way)))
        self._lit_s = now_s
        self._shown = target
        return target

    def stars(self, time_ms: int) -> Stars:
        """The stars at the time that the field was last asked for."""
        if self._kind == OWN:
            self._lights = self._lights_at(*divmod(time_ms, STEP_MS))
        return self._lights._replace(brightness=self._lights.brightness * self._lit)

    def _target(self, time_ms: int) -> tuple[str, Field]:
        """What is to be seen, and of which kind it is."""
        number, rest_ms = divmod(time_ms, STEP_MS)
        needed = (number, number + 1) if rest_ms else (number,)
        if self._waits:
            self._wait_for(needed)
        else:
            self._ask_ahead(number)
        steps = self._answers.steps
        if self.fault:
            return STILL, self._still.at(time_ms)
        if not all(one in steps for one in needed):
            late = self._shown if self._painted else None
            return (STILL, self._still.at(time_ms)) if late is None else (LATE, late)
        self._painted = True
        fields = [field_of(steps[one], self._size[1], self._size[0]) for one in needed]
        blended = fields[0] + (fields[-1] - fields[0]) * np.float32(rest_ms / STEP_MS)
        return OWN, blended

    def _lights_at(self, number: int, rest_ms: int) -> Stars:
        steps = self._answers.steps
        before = stars_of(steps[number])
        if number + 1 not in steps:
            return before
        after = stars_of(steps[number + 1])
        if len(after.across) != len(before.across):
            return before
        return between(before, after, rest_ms / STEP_MS)

    def _ask_ahead(self, number: int) -> None:
        """Never wait: take what has come, and have what is needed next painted."""
        now_s = time.monotonic()
        with self._answers.news:
            self.fault = self.fault or self._answers.fault
            if self._asked in self._answers.steps:
                self._asked = None
            for past in [one for one in self._answers.steps if not number <= one <= number + AHEAD]:
                del self._answers.steps[past]
            wanted = [one for one in range(number, number + AHEAD + 1) if one not in self._answers.steps]
        allowed_s = PAINTS_WITHIN_S if self._painted else BEGINS_WITHIN_S
        if self._asked is not None and now_s - self._asked_s > allowed_s:
            self.fault = self.fault or HUNG
        if self.fault:
            self.close()
        elif self._asked is None and wanted:
            self._ask(wanted[0])

    def _wait_for(self, numbers: tuple[int, ...]) -> None:
        """Have these painted, and wait for them."""
        answers = self._answers
        for number in numbers:
            if number not in answers.steps and not self.fault:
                self._ask(number)
                self.fault = answers.wait_for(number)
        with answers.news:
            for past in [one for one in answers.steps if one not in numbers]:
                del answers.steps[past]
        if self.fault:
            self.close()

    def _ask(self, number: int) -> None:
        self._asked, self._asked_s = number, time.monotonic()
        if self._process is None or self._process.stdin is None:
            return
        # One that is gone says so itself.
        with contextlib.suppress(OSError):
            self._process.stdin.write(b"%d\n" % number)
            self._process.stdin.flush()


def between(before: Stars, after: Stars, share: float) -> Stars:
    """Stars on their way; what jumps is dark, and is where it goes to."""
    part = np.float32(share)

    def on_the_way(was: Plane, now: Plane) -> Plane:
        return np.asarray(np.where(np.abs(now - was) <= FARTHEST, was + (now - was) * part, now))

    brightness = before.brightness + (after.brightness - before.brightness) * part
    across, down = on_the_way(before.across, after.across), on_the_way(before.down, after.down)
    return Stars(across, down, brightness, after.width, after.tint)
