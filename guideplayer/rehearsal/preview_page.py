"""A preview as one page that needs nothing else, and as one picture."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import jinja2
import msgspec
import resvg_py
from markupsafe import Markup

from guideplayer.authoring.places import places_of
from guideplayer.authoring.problems import Problem, Severity
from guideplayer.core.plan import Section
from guideplayer.core.script import Clip, Say, Script
from guideplayer.media import Library, media_folder
from guideplayer.music.pieces import pieces_of
from guideplayer.rehearsal.preview import Preview, preview_of, words_per_minute
from guideplayer.rehearsal.preview_words import clock, length
from guideplayer.rehearsal.strip import Progress, Strip, StripPainter
from guideplayer.rehearsal.timeline import data_address, timeline_of

_FOLDER = Path(__file__).parent / "page"
PICTURE_WIDTH_PX = 1680
# What an author's own recording may be; the shipped ones are Opus in Ogg.
_SOUND_KINDS = {".wav": "audio/wav", ".flac": "audio/flac", ".mp3": "audio/mpeg"}


class View(msgspec.Struct, frozen=True):
    """A preview with its strip. `broken` are the problems of a later text that could not be read."""

    preview: Preview
    strip: Strip
    broken: tuple[Problem, ...] = ()


def view_of(
    script: Script,
    problems: Sequence[Problem],
    infusion_ms: int,
    library: Library,
    painter: StripPainter,
    *,
    progress: Progress = lambda done, total: None,
) -> View:
    """Gather and paint a preview of a script as it was read from its file. Raises UnfitError, OSError."""
    places = places_of(Path(script.file).read_text("utf-8-sig"), library)
    preview = preview_of(script, infusion_ms, problems, places)
    return View(preview, painter.strip(preview, progress))


def render_page(view: View, library: Library, live: int = 0) -> str:
    """The page as HTML. `live` is the number of one that is served, and asks to be told when there is another."""
    preview = view.preview
    style = _read("preview.css") + _read("timeline.css")
    code = _read("preview.js") + (_read("live.js") if live else "")
    said = [row.clip for row in preview.rows] + [say.clip for _, say in _hold(preview)]
    clips = {_key(clip): _sound(clip, library) for clip in said if clip and clip.file}
    return (
        _templates()
        .get_template("preview.html")
        .render(
            p=preview,
            problems=view.broken or preview.problems,
            broken=bool(view.broken),
            live=live,
            policy=_policy(style, code, live=bool(live)),
            style=Markup(style),
            code=Markup(code),
            clips=Markup(json.dumps(clips)),
            timeline=Markup(_drawing(view, heading=False)),
            source=Path(preview.script.file).name,
            facts=_facts(preview),
            hold=_hold(preview),
            longest_ms=max((case.infusion_ms for case in preview.cases), default=1),
            counted=_counted,
            clip_key=_key,
        )
    )


def render_problems(name: str, problems: Sequence[Problem], live: int) -> str:
    """The page of a script that has not been right yet."""
    style, code = _read("preview.css"), _read("live.js")
    return (
        _templates()
        .get_template("broken.html")
        .render(
            name=name,
            problems=problems,
            live=live,
            policy=_policy(style, code, live=True),
            style=Markup(style),
            code=Markup(code),
        )
    )


def render_picture(view: View, width_px: int = PICTURE_WIDTH_PX) -> bytes:
    """The timeline with the film strip alone, as PNG."""
    colours = dict(re.findall(r"(--\w+): (#\w+)", _read("preview.css").partition("@media")[0]))
    style = re.sub(r"var\((--\w+)\)", lambda found: colours[found[1]], _read("timeline.css"))
    drawing = _drawing(view, heading=True, style=style.replace("system-ui, ", ""))
    fonts = sorted(map(str, (media_folder() / "fonts").glob("*.ttf")))
    return resvg_py.svg_to_bytes(svg_string=drawing, width=width_px, skip_system_fonts=True, font_files=fonts)


def _drawing(view: View, *, heading: bool, style: str = "") -> str:
    timeline = timeline_of(view.preview, view.strip)
    return _templates().get_template("timeline.svg").render(t=timeline, heading=heading, style=Markup(style))


def _templates() -> jinja2.Environment:
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {"clock": clock, "length_of": length, "sentence": _sentence}
    return templates


def _read(name: str) -> str:
    return (_FOLDER / name).read_text("utf-8")


def _policy(style: str, code: str, *, live: bool) -> str:
    """Nothing is fetched and nothing runs but what the page holds; a served one may hear of changes."""
    allowed = {
        "default-src": "'none'",
        "img-src": "data:",
        "media-src": "data:",
        "style-src": _hash(style),
        "script-src": _hash(code),
        "connect-src": "'self'" if live else "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in allowed.items())


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _key(clip: Clip) -> str:
    """A clip's name in the page; its file may be a path of this machine."""
    return hashlib.sha256(clip.file.encode()).hexdigest()[:12]


def _sound(clip: Clip, library: Library) -> str:
    """A recording as an address of itself."""
    path = library.path(clip.file)
    return data_address(path.read_bytes(), _SOUND_KINDS.get(path.suffix.lower(), "audio/ogg"))


def _hold(preview: Preview) -> list[tuple[str, Say]]:
    hold = preview.script.hold
    once = [("paused", hold.paused), ("told", hold.delivered), ("coming", hold.acknowledged)]
    once += [("unanswered", hold.unanswered), ("by staff", hold.resting)]
    many = [("grounding", say) for say in hold.grounding] + [("going on", say) for say in preview.script.resume]
    return once + many


def _facts(preview: Preview) -> Iterator[tuple[str, str]]:
    """What a therapist wants to know first."""
    script, rows = preview.script, list(preview.rows)
    yield "Infusion", length(preview.infusion_ms)
    yield "Can be fitted to", f"{length(script.shortest_ms)} to {length(script.longest_ms)}"
    yield "Whole session", length(preview.whole_ms)
    yield "Lines", str(sum(bool(row.text) for row in rows))
    yield "Words a minute", _density(preview)
    yield "Told by", script.voice
    yield "Language", script.language
    if script.themes:
        yield "Themes", ", ".join(script.themes)
    if script.contains:
        yield "Contains", ", ".join(script.contains)
    if pieces := pieces_of(script):
        yield "Own music", ", ".join(piece.told() for piece in pieces)


def _density(preview: Preview) -> str:
    """Words a minute while the pump runs, as lists count them, and at the peak."""
    phases = [part for part in preview.parts if part.section is Section.INFUSION]
    told = f"{words_per_minute([row for part in phases for row in part.rows], preview.infusion_ms):.1f}"
    peak = next((part for part in phases if part.stretch.peak), None)
    if peak is None:
        return told
    return f"{told}, {words_per_minute(peak.rows, peak.stretch.end_ms - peak.stretch.start_ms):.1f} at the peak"


def _counted(problems: Sequence[Problem]) -> str:
    """How much there is to do, in words."""
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    warnings = len(problems) - errors
    found = [f"{errors} to mend"] if errors else []
    found += [f"{warnings} to look at"] if warnings else []
    return ", ".join(found)


def _sentence(problem: Problem) -> Markup:
    """A problem's sentence as it stands in prose, commands as such."""
    sentence = problem.sentence[:1].upper() + problem.sentence[1:] + ("" if problem.sentence.endswith(".") else ".")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else part
        for number, part in enumerate(sentence.split("`"))
    )
