"""`guideplayer list`: the scripts that can be played, and which of them suit."""

import shlex
from collections.abc import Sequence
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from guideplayer.authoring.choosing import UnknownWordError, Wish, fitting, why_none
from guideplayer.authoring.listing import Listing, list_scripts
from guideplayer.cli.app import CONTENT, SESSIONS, app, examples, fail
from guideplayer.cli.options import Json, duration_ms
from guideplayer.core.density import Density
from guideplayer.core.units import format_duration
from guideplayer.room.settings import read_settings

# From here on everything of a script stands in one row of the table; below, in two.
WIDE_COLUMNS = 120


@app.command(
    "list",
    epilog=examples("guideplayer list", "guideplayer list --theme rest --without sea --infusion 45m"),
    rich_help_panel=SESSIONS,
)
def list_command(
    theme: Annotated[list[str] | None, typer.Option(help="With this theme; repeat it for several.")] = None,
    without: Annotated[list[str] | None, typer.Option(help="Without this content; repeat it for several.")] = None,
    infusion: Annotated[
        int | None,
        typer.Option("--infusion", parser=duration_ms, metavar="LENGTH", help="Can be fitted to this, like 45m."),
    ] = None,
    language: Annotated[str | None, typer.Option(help="In this language, like en.")] = None,
    narration: Annotated[Density | None, typer.Option(help="How dense its words are.")] = None,
    json: Json = False,
) -> None:
    """The scripts that can be played, and which of them suit."""
    settings = read_settings()
    listings = list_scripts(settings.script_folders, settings.library())
    wish = Wish(tuple(theme or ()), tuple(without or ()), infusion, language, narration)
    try:
        found = fitting(listings, wish)
    except UnknownWordError as error:
        fail(str(error))
    if json:
        print(msgspec.json.encode(found).decode())
    if not found:
        fail(why_none(listings, wish), CONTENT)
    if not json:
        console = Console()
        console.print(_wide(found) if console.width >= WIDE_COLUMNS else _narrow(found))
        for one in found:
            if one.problems:
                console.print(escape(_broken(one)), soft_wrap=True, highlight=False)
            if one.music:
                console.print(escape(_music(one)), soft_wrap=True, highlight=False)


def _wide(listings: Sequence[Listing]) -> Table:
    """One row for each script that can be played."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("name", "title", "infusion", "words/min", "narration", "themes", "contains", "voices"):
        table.add_column(heading, justify="right" if heading == "words/min" else "left")
    for one in _playable(listings):
        words = (f"{one.words_per_minute:.1f}", str(one.density))
        lists = (", ".join(names) for names in (one.themes, one.contains, one.voices))
        table.add_row(*map(escape, (one.name, one.title, _lengths(one), *words, *lists)))
    return table


def _narrow(listings: Sequence[Listing]) -> Table:
    """Two rows for each: the title and its name, the lengths and the words, the themes and the contents."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("title\nname", "infusion\nvoices", "narration\nwords/min", "themes\ncontains"):
        table.add_column(heading)
    for number, one in enumerate(_playable(listings)):
        if number:
            table.add_row()
        cells = (
            (one.title, one.name),
            (_lengths(one), ", ".join(one.voices)),
            (str(one.density), f"{one.words_per_minute:.1f}"),
            (", ".join(one.themes), ", ".join(one.contains)),
        )
        table.add_row(*(f"{escape(above)}\n[dim]{escape(below)}[/dim]" for above, below in cells))
    return table


def _playable(listings: Sequence[Listing]) -> list[Listing]:
    return [one for one in listings if not one.problems]


def _broken(one: Listing) -> str:
    """How to see why it cannot be played."""
    problems = "1 problem" if len(one.problems) == 1 else f"{len(one.problems)} problems"
    return f"{one.name} cannot be played, it has {problems}: guideplayer check {shlex.quote(one.name)}"


def _music(one: Listing) -> str:
    """The clinic's own music in it."""
    return f"{one.name} plays {', '.join(piece.told() for piece in one.music)}"


def _lengths(one: Listing) -> str:
    """How long an infusion may be."""
    if one.shortest_ms == one.longest_ms:
        return format_duration(one.shortest_ms)
    return f"{format_duration(one.shortest_ms)} to {format_duration(one.longest_ms)}"
