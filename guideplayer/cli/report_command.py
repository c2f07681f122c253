"""`guideplayer report`: what a session was, and the list of all."""

import re
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from guideplayer.cli.app import CONTENT, SESSIONS, app, examples, fail
from guideplayer.cli.completion import sessions
from guideplayer.cli.options import Json, bar
from guideplayer.journal.archive import Archive
from guideplayer.journal.journal import Journal, JournalError
from guideplayer.report.document import document, list_table, table
from guideplayer.report.figures import KIND, Figures
from guideplayer.report.html import render_page, warnings
from guideplayer.report.past import all_figures, counted, last_begun, told_session
from guideplayer.report.summary import Standing, Summary
from guideplayer.report.wording import length
from guideplayer.room.settings import read_settings

JOURNAL = "journal.sqlite3"
LAST = "last"
LISTS = "`guideplayer report` lists them."
# A room writes a sign of life every two seconds.
LIVES_WITHIN_MS = 10_000
# From so many sessions on, counting them is worth a bar.
MANY = 50
# More digits than SQLite takes are no number of a session.
_NUMBER = re.compile(r"[0-9]{1,18}")


@app.command(
    epilog=examples("guideplayer report", "guideplayer report last -o session.html", "guideplayer report 12 --csv"),
    rich_help_panel=SESSIONS,
)
def report(
    session: Annotated[
        str | None,
        typer.Argument(help="A session's number, or `last`; without one all are listed.", autocompletion=sessions),
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="The file to write.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="A table for spreadsheets.")] = False,
    json: Json = False,
    delete: Annotated[bool, typer.Option("--delete", help="Delete the session for good.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
    state: Annotated[str | None, typer.Option("--state", metavar="DIR", help="Where the journal is kept.")] = None,
) -> None:
    """What a session was: a page to read and to print, or a table."""
    if csv and json:
        fail("Say either --csv or --json.")
    path = Path(state) if state else read_settings().state_folder
    path = path / JOURNAL if path.is_dir() or path.suffix != ".sqlite3" else path
    try:
        if delete:
            _delete(path, session, yes=yes)
        else:
            with Archive(path) as archive:
                if session is None:
                    _list(archive, output, csv=csv, json=json)
                else:
                    _tell(archive, session, output, csv=csv, json=json)
    except JournalError as error:
        fail(str(error))


def _wanted(archive: Archive, wanted: str) -> Summary:
    """A session by its number; `last` is the last that was begun, and can be read."""
    summary = last_begun(archive) if wanted == LAST else told_session(archive, _number(wanted))
    if summary is None:
        fail(_none(archive) if wanted == LAST else f"There is no session {_number(wanted)}. {LISTS}")
    return summary


def _number(wanted: str) -> int:
    if not _NUMBER.fullmatch(wanted):
        fail(f"“{wanted}” is no session: give its number or `last`. {LISTS}")
    return int(wanted)


def _none(archive: Archive) -> str:
    """Why none is told of."""
    return (
        f"{archive.trouble} None that was begun can be read." if archive.trouble else "No session has been begun yet."
    )


def _tell(archive: Archive, wanted: str, output: Path | None, *, csv: bool, json: bool) -> None:
    """One session."""

    summary = _wanted(archive, wanted)
    # Of a damaged journal the last that can be read need not be the last that there was.
    missing = archive.trouble if wanted == LAST else ""
    for warning in filter(None, (missing, *warnings(summary))):
        print(warning, file=sys.stderr)
    if json:
        give(msgspec.json.encode(document(summary)).decode() + "\n", output)
    elif csv:
        give(table(summary), output)
    else:
        give(render_page(summary), output or Path(f"session-{summary.session}.html"))
    if missing or summary.damaged:
        raise SystemExit(CONTENT)


def _list(archive: Archive, output: Path | None, *, csv: bool, json: bool) -> None:
    """All sessions that were begun, and can be read."""

    if len(archive.headings(KIND)) < MANY:
        found = list(all_figures(archive))
    else:
        with bar("Sessions") as progress:
            task = progress.add_task("Sessions", total=None)
            found = list(all_figures(archive, lambda done, total: progress.update(task, completed=done, total=total)))
    begun = [one for one in found if one.standing is not Standing.NEVER_BEGUN]
    if json:
        give(msgspec.json.encode(begun).decode() + "\n", output)
    elif csv:
        give(list_table(begun), output)
    elif begun:
        Console().print(_listed(begun))
    elif not archive.trouble:
        print(_none(archive))
    if archive.trouble:
        fail(archive.trouble if begun else _none(archive), CONTENT)


def _listed(begun: Sequence[Figures]) -> Table:

    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading, side in (
        ("session", "right"),
        ("begun", "left"),
        ("script", "left"),
        ("length", "right"),
        ("calls", "right"),
        ("longest wait", "right"),
        ("", "left"),
    ):
        shown.add_column(heading, justify="right" if side == "right" else "left")
    for one in begun:
        when = datetime.fromtimestamp(one.begun_wall_ms / 1000, UTC).astimezone()
        wait_ms = one.longest_wait_ms
        wait = "never answered" if one.unanswered else "" if wait_ms is None else length(wait_ms)
        standing = "" if one.standing == "ended" else str(one.standing)
        standing = ", ".join(filter(None, (standing, "damaged" if one.damaged else "")))
        minutes = f"{round(one.length_ms / 60_000)} min"
        shown.add_row(
            *map(
                escape,
                (str(one.session), f"{when:%Y-%m-%d %H:%M}", one.script, minutes, str(len(one.waits)), wait, standing),
            )
        )
    return shown


def _delete(path: Path, wanted: str | None, *, yes: bool) -> None:
    """Delete one session, after a question."""
    if wanted is None:
        fail("Say which session to delete: guideplayer report SESSION --delete.")
    if path.name != JOURNAL:
        fail(f"{path} is no journal that a room writes: delete the file itself.")
    with Archive(path) as archive:
        archive.check()
        session = _wanted(archive, wanted).session if wanted == LAST else _number(wanted)
        if problem := _why_not(archive, session):
            fail(problem)
    if not yes:
        if not sys.stdin.isatty():
            fail(f"Session {session} is deleted for good: say --yes as well.")
        if not typer.confirm(f"Delete session {session} for good?", default=False):
            raise SystemExit(0)
    journal = Journal(path.parent)
    try:
        journal.erase([session])
    finally:
        journal.close()
    print(f"Session {session} is deleted.")
    if damaged := sorted(path.parent.glob("journal.damaged-*")):
        names = ", ".join(one.name for one in damaged)
        print(f"It may also be in what was set aside as damaged: {names} in {path.parent}.", file=sys.stderr)


def _why_not(archive: Archive, session: int) -> str:
    """Why a session cannot be deleted now; empty when it can."""

    headings = archive.headings(KIND)
    if session not in {heading.session for heading in headings}:
        return f"There is no session {session}. {LISTS}"
    for heading in headings:
        if heading.closed:
            continue
        if heading.session == session:
            return f"Session {session} is still open: choose the next script in the room, or close it there, first."
        figures = counted(archive, heading.session)
        alive_ms = archive.alive_wall_ms()
        lives = alive_ms is not None and time.time() * 1000 - alive_ms < LIVES_WITHIN_MS
        if lives and figures and figures.standing is Standing.UNDER_WAY:
            return "A session is under way in this room: delete when it has ended."
    return ""


def give(text: str, output: Path | None) -> None:
    """Write to a file and say where it is; without one, to stdout."""
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, "utf-8")
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror or error}.")
    print(output)
