"""Response times as a picture (SVG): a line for each room, hour or month, its bar up to the median, its whisker up to
what nine of ten calls waited at most. Waits are drawn by their logarithm, so that seconds can be seen beside minutes.
"""

import math
from collections.abc import Iterator, Sequence
from html import escape

from guideplayer.report.response import Answered
from guideplayer.report.wording import length

ROW_PX, HEAD_PX, FOOT_PX, WIDTH_PX = 30, 64, 24, 1040
# Where the bars begin and end; names stand before them, words after.
LEFT_PX, RIGHT_PX = 190, 610
SHORTEST_MS, LONGEST_MS = 2_000, 600_000
LINES_MS = (5_000, 15_000, 30_000, 60_000, 300_000)
NAME_LETTERS = 24

_STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#1b2733}.t{font-size:19px;font-weight:600}.q{fill:#51606f;font-size:12px}"
    ".r{stroke:#c9d2da}.b{fill:#2f7d6d}.w{stroke:#8a5a00;stroke-width:2.5}.n{fill:#b3261e;font-weight:600}"
)


def response_picture(rows: Sequence[Answered], by: str, whole: Answered) -> str:
    """The picture, with a white ground, to print or to put into a document."""
    height = HEAD_PX + ROW_PX * len(rows) + FOOT_PX
    title = f"Time to an answer by {by}"
    told = f"{title}: {_words(whole)}"
    key = f"bar: median; whisker: nine of ten; all: {_words(whole)}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_PX} {height}" role="img">',
        f"<title>{escape(told)}</title><style>{_STYLE}</style>",
        f'<rect width="{WIDTH_PX}" height="{height}" fill="#fff"/><text class="t" x="16" y="28">{escape(title)}</text>',
        *_rules(HEAD_PX - 8, height - FOOT_PX),
        *(part for number, one in enumerate(rows) for part in _row(one, HEAD_PX + ROW_PX * number)),
        f'<text class="q" x="16" y="{height - 8}">{escape(key)}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _x(wait_ms: int) -> float:
    share = math.log(max(wait_ms, SHORTEST_MS) / SHORTEST_MS) / math.log(LONGEST_MS / SHORTEST_MS)
    return round(LEFT_PX + (RIGHT_PX - LEFT_PX) * min(1.0, share), 1)


def _rules(top_px: int, low_px: int) -> Iterator[str]:
    for wait_ms in LINES_MS:
        x = _x(wait_ms)
        yield f'<line class="r" x1="{x}" x2="{x}" y1="{top_px}" y2="{low_px}"/>'
        yield f'<text class="q" x="{x}" y="{top_px - 4}" text-anchor="middle">{length(wait_ms)}</text>'


def _row(one: Answered, top_px: int) -> Iterator[str]:
    middle = top_px + ROW_PX // 2
    name = one.name if len(one.name) <= NAME_LETTERS else f"{one.name[: NAME_LETTERS - 1]}…"
    yield f'<text x="{LEFT_PX - 12}" y="{middle + 5}" text-anchor="end">{escape(name)}</text>'
    if one.median_ms is not None and one.ninety_ms is not None:
        median, ninety = _x(one.median_ms), _x(one.ninety_ms)
        yield f'<rect class="b" x="{LEFT_PX}" y="{middle - 8}" width="{max(2.0, median - LEFT_PX):.1f}" height="16"/>'
        yield f'<path class="w" fill="none" d="M{median} {middle}H{ninety}M{ninety} {middle - 6}v12"/>'
    kind = ' class="n"' if one.unanswered else ""
    yield f'<text{kind} x="{RIGHT_PX + 14}" y="{middle + 5}">{escape(_words(one))}</text>'


def _words(one: Answered) -> str:
    calls = "1 call" if one.calls == 1 else f"{one.calls} calls"
    wait = (
        "" if one.median_ms is None or one.ninety_ms is None else f", {length(one.median_ms)}, {length(one.ninety_ms)}"
    )
    return f"{calls}{wait}" + (f", {one.unanswered} never answered" if one.unanswered else "")
