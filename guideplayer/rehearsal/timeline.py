"""The timeline of a preview, drawn to scale as SVG: effect, picture, words, rests, music, and frames under it."""

import base64
import itertools
import math
from collections.abc import Iterator, Sequence

import msgspec

from guideplayer.authoring.problems import Problem, Severity
from guideplayer.core.effect import effect_at
from guideplayer.core.script import Span
from guideplayer.core.units import MINUTE_MS
from guideplayer.rehearsal.preview import Preview, Row
from guideplayer.rehearsal.preview_words import clock, length
from guideplayer.rehearsal.strip import EDGE, FRAME_SIZE, Frame, Strip

WIDTH = 1600
# Where each lane begins and how high it is, in units of the drawing.
EFFECT, PICTURE, WORDS, RESTS, MUSIC = (34, 76), (150, 104), (300, 34), (368, 84), (486, 30)
AXIS, STRIP = 538, 578
FRAME_WIDTH = WIDTH * 2 * EDGE
FRAME_HEIGHT = FRAME_WIDTH * FRAME_SIZE[1] / FRAME_SIZE[0]
ROW_STEP = FRAME_HEIGHT + 34
HEIGHT = round(STRIP + 2 * ROW_STEP)
LEAST_WIDTH = 2.0
# How wide letters are, roughly, and what is kept free beside words.
LETTER, SMALL_LETTER, GAP = 7.7, 7.0, 10


class Box(msgspec.Struct, frozen=True):
    """A rectangle with what it says and where it leads."""

    x: float
    width: float
    kind: str = ""
    text: str = ""
    note: str = ""
    aim: str = ""


class Candle(msgspec.Struct, frozen=True):
    """A rest: from its shortest to its longest, and how long it is, as heights."""

    x: float
    width: float
    top: float
    bottom: float
    level: float
    note: str


class Picture(msgspec.Struct, frozen=True):
    """A frame of the strip, and where its time stands on the axis."""

    x: float
    y: float
    at_x: float
    href: str
    note: str
    time: str
    aim: str


class Timeline(msgspec.Struct, frozen=True):
    """All places of the drawing, for `timeline.svg`."""

    preview: Preview
    width: int
    height: int
    zero_x: float
    pump_end_x: float
    effect: str
    light: str
    band: str
    parts: tuple[Box, ...]
    words: tuple[Box, ...]
    findings: tuple[Box, ...]
    rests: tuple[Candle, ...]
    longest_rest: str
    music: tuple[Box, ...]
    ticks: tuple[Box, ...]
    frames: tuple[Picture, ...]

    # The template asks for these.
    lanes = {"effect": EFFECT, "picture": PICTURE, "words": WORDS, "rests": RESTS, "music": MUSIC}
    axis, frame_width, frame_height = AXIS, FRAME_WIDTH, FRAME_HEIGHT


def timeline_of(preview: Preview, strip: Strip) -> Timeline:
    """Place everything."""
    return _Drawing(preview, strip).timeline()


class _Drawing:
    """One preview's scale."""

    def __init__(self, preview: Preview, strip: Strip) -> None:
        self._preview = preview
        self._strip = strip
        self._rows = [row for row in preview.rows if row.at_ms is not None]
        self._longest_ms = max((row.rest.maximum_ms for row in self._rows if row.rest), default=1)
        self._longest_ms = max(self._longest_ms, *(row.rest_ms for row in self._rows), 1)

    def x(self, at_ms: float) -> float:
        """A time of the infusion's clock across the drawing."""
        return round((at_ms - self._preview.begins_ms) * WIDTH / self._preview.whole_ms, 2)

    def wide(self, length_ms: float) -> float:
        """A length of time across the drawing."""
        return round(length_ms * WIDTH / self._preview.whole_ms, 2)

    def timeline(self) -> Timeline:
        """The whole drawing."""
        return Timeline(
            preview=self._preview,
            width=WIDTH,
            height=HEIGHT,
            zero_x=self.x(0),
            pump_end_x=self.x(self._preview.infusion_ms),
            effect=self._effect(),
            light=self._light(),
            band=data_address(self._strip.band, "image/png"),
            parts=tuple(self._parts()),
            words=tuple(self._word(row) for row in self._rows if row.text or row.sound),
            findings=tuple(self._findings()),
            rests=tuple(self._candle(row, row.rest) for row in self._rows if row.rest),
            longest_rest=length(self._longest_ms),
            music=tuple(self._music()),
            ticks=tuple(self._ticks()),
            frames=tuple(self._picture(number, frame) for number, frame in enumerate(self._strip.frames)),
        )

    def _effect(self) -> str:
        """A curve of the expected effect: up while the pump runs, half gone 10 to 15 minutes after it."""
        top, height = EFFECT
        step_ms = MINUTE_MS // 2
        infusion_ms = self._preview.infusion_ms
        times = [*range(0, self._preview.ends_ms, step_ms), self._preview.ends_ms]
        points = [f"{self.x(at_ms)},{top + height - height * effect_at(at_ms, infusion_ms):.1f}" for at_ms in times]
        return f"{self.x(0)},{top + height} {' '.join(points)} {WIDTH},{top + height}"

    def _light(self) -> str:
        top, height = PICTURE
        light = self._strip.light
        return " ".join(
            f"{(number + 0.5) * WIDTH / len(light):.1f},{top + height * (1 - share):.1f}"
            for number, share in enumerate(light)
        )

    def _parts(self) -> Iterator[Box]:
        """The parts by name; a scene is named where it begins."""
        before = ""
        for part in self._preview.parts:
            stretch, scene = part.stretch, part.stretch.scene
            width = self.wide(stretch.end_ms - stretch.start_ms)
            if not width:
                continue
            note = f"{part.name}: {scene.name}, {scene.motion}, light {scene.light:g}"
            begins = "" if scene.name == before else cut(scene.name, width - GAP, SMALL_LETTER)
            name = f"{part.name} · peak" if stretch.peak and part.name != "peak" else part.name
            yield Box(self.x(stretch.start_ms), width, begins, cut(name, width, LETTER), note)
            before = scene.name

    def _word(self, row: Row) -> Box:
        assert row.at_ms is not None
        kind = "sound" if row.sound else "estimated" if row.estimated else "optional" if row.keep is not None else "say"
        note = f"{clock(row.at_ms)}  {row.text or row.sound}"
        width = max(LEAST_WIDTH, self.wide(row.length_ms))
        return Box(self.x(row.at_ms), width, kind, row.text or row.sound, note, aim=f"row-{row.number}")

    def _findings(self) -> Iterator[Box]:
        """A mark over each part and line that something was found wrong with."""
        for number, part in enumerate(self._preview.parts, 1):
            if part.problems:
                yield self._finding(part.stretch.start_ms, part.problems, f"part-{number}")
        for row in self._rows:
            if row.problems and row.at_ms is not None:
                yield self._finding(row.at_ms, row.problems, f"row-{row.number}")

    def _finding(self, at_ms: int, problems: Sequence[Problem], aim: str) -> Box:
        worst = min((problem.severity for problem in problems), key=list(Severity).index)
        return Box(self.x(at_ms) + 1, 0, worst, note="\n".join(problem.sentence for problem in problems), aim=aim)

    def _candle(self, row: Row, rest: Span) -> Candle:
        assert row.at_ms is not None
        top, height = RESTS

        def level(length_ms: int) -> float:
            # By the root, so that short rests can be seen beside those of minutes.
            return round(top + height * (1 - math.sqrt(length_ms / self._longest_ms)), 1)

        between = (
            ""
            if rest.minimum_ms == rest.maximum_ms
            else (f", between {length(rest.minimum_ms)} and {length(rest.maximum_ms)}")
        )
        return Candle(
            self.x(row.at_ms + row.length_ms),
            max(1.0, self.wide(row.rest_ms) - 1.5),
            level(rest.maximum_ms),
            level(rest.minimum_ms),
            level(row.rest_ms),
            f"rest of {length(row.rest_ms)}{between}",
        )

    def _music(self) -> Iterator[Box]:
        """The beds, those that go on through several parts at one level as one."""
        for bed, parts in itertools.groupby(self._preview.parts, key=lambda part: part.stretch.bed):
            together = list(parts)
            start_ms, end_ms = together[0].stretch.start_ms, together[-1].stretch.end_ms
            width, name = self.wide(end_ms - start_ms), bed.name or "no music"
            note = f"{bed.level_lufs:g} LUFS" if bed.name else ""
            room = width > (len(name) + len(note)) * LETTER + 4 * GAP
            kind = "bed" if bed.name else "none"
            if width:
                yield Box(
                    self.x(start_ms), width, kind, cut(name, width - 2 * GAP, LETTER), note, "note" if room else ""
                )

    def _ticks(self) -> Iterator[Box]:
        step_ms = 5 * MINUTE_MS
        for at_ms in range(0, self._preview.ends_ms + 1, step_ms):
            large = at_ms % (2 * step_ms) == 0
            yield Box(self.x(at_ms), 0, "large" if large else "", f"{at_ms // MINUTE_MS}" if large else "")

    def _picture(self, number: int, frame: Frame) -> Picture:
        """A frame under its time: two rows by turns, so that each may be twice as wide as its share."""
        count = len(self._strip.frames)
        x = number * (WIDTH - FRAME_WIDTH) / max(1, count - 1)
        return Picture(
            round(x, 1),
            STRIP + (number % 2) * ROW_STEP,
            self.x(frame.at_ms),
            data_address(frame.jpeg, "image/jpeg"),
            frame.text or "no words",
            clock(frame.at_ms),
            f"row-{frame.row}" if frame.row else "strip",
        )


def data_address(data: bytes, kind: str) -> str:
    """Data as an address of itself, so that a page needs no other file."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def cut(text: str, width: float, letter: float) -> str:
    """As much of a text as there is room for."""
    most = int(width / letter)
    if len(text) <= most:
        return text
    return f"{text[: most - 1]}…" if most > 2 else ""
