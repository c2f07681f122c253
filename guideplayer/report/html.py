"""A session's report as one HTML page that needs nothing else, for a screen, a phone and paper."""

import base64
import hashlib
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from guideplayer.report.drawing import drawing_of
from guideplayer.report.summary import Standing, Summary
from guideplayer.report.wording import REACHES, length, source

_FOLDER = Path(__file__).parent / "page"
# A list of all that happened is open, also on paper, unless it would fill the paper.
MOST_OPEN = 80


def render_page(summary: Summary, zone: tzinfo | None = None) -> str:
    """The page as HTML. `zone` is where the clinic is; None is where this machine is."""
    # Only who writes a page pays for it.
    import jinja2
    from markupsafe import Markup

    style = (_FOLDER / "report.css").read_text("utf-8")
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=jinja2.select_autoescape(("html", "svg")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def dated(wall_ms: int) -> datetime:
        return datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(zone)

    templates.filters |= {
        "date": lambda wall_ms: f"{dated(wall_ms):%A} {dated(wall_ms).day} {dated(wall_ms):%B %Y}",
        "time": lambda wall_ms: f"{dated(wall_ms):%H:%M:%S}",
        "minute": minute,
        "after": after,
        "length_of": length,
        "source": source,
        "capital": lambda text: text[:1].upper() + text[1:],
        "sentence": lambda text: text[:1].upper() + text[1:],
    }
    late_ms = [one.late_ms for one in summary.looks if one.late_ms]
    return templates.get_template("report.html").render(
        s=summary,
        d=drawing_of(summary),
        told=told(summary),
        style=Markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        warnings=warnings(summary),
        longest_ms=max((call.wait_ms for call in summary.real_calls if call.wait_ms is not None), default=None),
        paused_ms=sum((one.until_ms or summary.length_ms) - one.from_ms for one in summary.pauses),
        late=len(late_ms),
        latest_ms=max(late_ms, default=0),
        changes=[one for one in summary.happenings if one.kind in ("pump", "comfort")],
        rehearsals=[call for call in summary.calls if call.rehearsal],
        reaches=REACHES,
        long=len(summary.happenings) > MOST_OPEN,
    )


def warnings(summary: Summary) -> list[str]:
    """What whoever reads this must know first."""
    found = []
    if summary.standing is Standing.UNDER_WAY:
        found.append("This session is still under way: what follows is as far as it has come.")
    elif summary.standing is Standing.CUT and not summary.damaged:
        found.append("This session was not ended: the room was closed, or went down, while it was under way.")
    elif summary.standing is Standing.NEVER_BEGUN:
        found.append("This session was never begun.")
    if summary.begun_untold and summary.damaged:
        found.append("Whether and how this session began cannot be read: minutes count from where its record begins.")
    elif summary.begun_untold:
        found.append("How this session began is not in its record: minutes count from where the record goes on.")
    if summary.damaged:
        found.append(
            f"The record is damaged: it can be read up to minute {minute(summary.length_ms)}; what came then is lost."
        )
    return found


def told(summary: Summary) -> str:
    """The drawing in a sentence, for those who hear the page."""
    counts = {"parts": summary.parts, "pauses": summary.pauses, "calls": summary.real_calls, "rounds": summary.looks}
    told_counts = ", ".join(f"{what}: {len(found)}" for what, found in counts.items())
    return f"The session's course over {length(summary.length_ms)}: {told_counts}."


def minute(at_ms: int) -> str:
    """A time of the session: `12:34`, before its beginning `–1:05`."""
    minutes, seconds = divmod(abs(at_ms) // 1000, 60)
    return f"{'–' if at_ms < 0 else ''}{minutes}:{seconds:02d}"


def after(length_ms: int) -> str:
    """How long something took: tenths below ten seconds."""
    return f"{length_ms / 1000:.1f} s" if length_ms < 10_000 else length(length_ms)
