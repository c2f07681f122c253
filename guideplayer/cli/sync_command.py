"""`guideplayer sync`: scripts and media come to all rooms from one folder, which `sync offer` makes ready."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.progress import TaskID

from guideplayer.authoring.listing import script_files
from guideplayer.authoring.problems import Severity
from guideplayer.cli.app import CALL, CLINIC, CONTENT, app, examples, fail
from guideplayer.cli.options import Json, bar, listen_to_music, show_problems
from guideplayer.clock import wall_ms
from guideplayer.core.unreadable import UNREADABLE
from guideplayer.room.settings import Settings, SettingsError, read_settings
from guideplayer.room.standing import session_under_way

if TYPE_CHECKING:
    from guideplayer.sync.syncing import Done, Syncing

sync = typer.Typer(
    invoke_without_command=True, epilog=examples("guideplayer sync --dry-run", "guideplayer sync offer /srv/scripts")
)
app.add_typer(sync, name="sync", rich_help_panel=CLINIC)

KB = 1000
NO_SOURCE = """\
Nothing is set to sync from. In settings.toml:
  [sync]
  source = "https://scripts.clinic.example"   # or a folder
  key = "..."                                 # what `guideplayer sync offer` has shown\
"""
UNSIGNED = (
    "Nobody vouches for what is offered there, since no key is set: its hashes only show that it came whole. Set the "
    "key that `guideplayer sync offer` shows."
)
OFFERED = """\
{did} {files} files, {mb:.1f} MB, of {serial:%Y-%m-%d %H:%M:%S} UTC.
Serve {folder} with any web server over https, or share it. In each room's settings.toml:
  [sync]
  source = "https://..."
  key = "{key}"
{made}The key {file} vouches for them: keep it where only you can read it, and a copy of it safe."""


@sync.callback()
def synchronise(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would change.")] = False,
    older: Annotated[bool, typer.Option("--older", help="Take what is offered even if it is older.")] = False,
    state: Annotated[str | None, typer.Option("--state", metavar="DIR", help="Where the journal is kept.")] = None,
    json: Json = False,
) -> None:
    """Fetch the scripts and media that are offered to all rooms, and take them over whole; never during a session."""
    if context.invoked_subcommand:
        return
    from guideplayer.sync import ContentError, SyncError
    from guideplayer.sync.last import Last, Outcome, keep_last
    from guideplayer.sync.syncing import SessionError, Syncing

    settings = read_settings()
    if state is not None:
        settings = msgspec.structs.replace(settings, state=state)
    if not settings.sync.source:
        fail(NO_SOURCE)
    source, folder = settings.sync.source, settings.synced.folder
    try:
        done = _done(
            lambda told: Syncing(settings.sync, settings.synced, lambda: _under_way(settings), told),
            dry=dry_run,
            older=older,
        )
    except SyncError as error:
        if not dry_run and not isinstance(error, SessionError):
            keep_last(folder, Last(wall_ms(), source, Outcome.FAILED, problem=str(error)))
        fail(str(error), CONTENT if isinstance(error, ContentError) else CALL)
    if done.outcome:
        keep_last(folder, Last(wall_ms(), source, done.outcome, done.signed, done.serial))
    print(msgspec.json.encode(done).decode() if json else _told(done, source))


def _under_way(settings: Settings) -> bool:
    """Whether a session is; where that cannot be told, as when the journal is damaged, it may be."""
    from guideplayer.journal.journal import JournalError
    from guideplayer.sync import SyncError

    try:
        return session_under_way(settings.state_folder)
    except JournalError as error:
        raise SyncError(f"It cannot be told whether a session is under way. {error}") from error


def _done(syncing: "Callable[[Callable[[str, int, int], None]], Syncing]", *, dry: bool, older: bool) -> "Done":
    """Sync with a progress bar, once there is any progress. Raises SyncError."""
    progress = bar("Fetching")
    tasks: dict[str, TaskID] = {}

    def told(step: str, done: int, total: int) -> None:
        if not total:
            return
        progress.start()
        if step not in tasks:
            tasks[step] = progress.add_task(step, total=None)
        unit = KB if step == "Fetching" else 1
        progress.update(tasks[step], completed=done // unit, total=total // unit)

    try:
        return asyncio.run(syncing(told).run(dry=dry, older=older))
    finally:
        if tasks:
            progress.stop()


def _told(done: "Done", source: str) -> str:
    """What came of it, for people."""
    from guideplayer.sync.last import Outcome

    changes = done.changes
    counts = f"{len(changes.added)} new, {len(changes.replaced)} changed, {len(changes.removed)} gone"
    told = {
        Outcome.UNCHANGED: f"All {done.files} files are as {source} offers them.",
        Outcome.TAKEN_OVER: f"Taken over: {done.files} files ({counts}), as offered at {done.serial}.",
        Outcome.WAITING: f"Fetched: {done.files} files ({counts}), as offered at {done.serial}. The room that runs "
        "takes them over once no script is chosen in it.",
        None: f"{source} offers {done.files} files ({counts}); {changes.fetch_bytes // KB:,} kB would be fetched.",
    }[done.outcome]
    lists = (("new", changes.added), ("changed", changes.replaced), ("gone", changes.removed))
    lines = [f"  {what:<7}  {path}" for what, paths in lists for path in paths] if done.outcome is None else []
    return "\n".join([told, *lines, *([] if done.signed else [UNSIGNED])])


def default_key() -> Path:
    """Where the key is kept unless another place is named."""
    from guideplayer.room.settings import settings_path

    return settings_path().with_name("sync-key.pem")


@sync.command(
    "offer",
    epilog=examples(
        "guideplayer sync offer /srv/scripts", "guideplayer sync offer /srv/scripts --key ~/safe/sync-key.pem"
    ),
)
def offer_folder(
    folder: Annotated[Path, typer.Argument(help="The folder, with `scripts` and `media` in it.", metavar="FOLDER")],
    key: Annotated[
        Path | None, typer.Option("--key", help="The key that vouches for it; made when there is none.", metavar="FILE")
    ] = None,
    json: Json = False,
) -> None:
    """Make a folder ready to be served to all rooms: check its scripts, list all files and their hashes, and sign.

    In it are `scripts` (scripts, lexicon.yaml, pictures and music that they name) and `media` (voices, beds, sounds).
    """
    from guideplayer.desk.certificates import utc_now
    from guideplayer.sync import ContentError, SyncError
    from guideplayer.sync.manifest import MEDIA, SCRIPTS
    from guideplayer.sync.offering import offer, offered_files
    from guideplayer.sync.signing import public_text, signing_key

    file = (key or default_key()).expanduser().absolute()
    if not folder.is_dir():
        fail(f"There is no folder {folder}: make it, with your scripts in {folder / SCRIPTS}.")
    if file.resolve().is_relative_to(folder.resolve()):
        fail(f"The key {file} would be served to everybody: keep it outside of {folder}.")
    try:
        offered_files(folder)
        _check_scripts(folder / SCRIPTS, folder / MEDIA)
        secret, made = signing_key(file)
        manifest, changed = offer(folder, secret, utc_now())
    except SyncError as error:
        fail(str(error), CONTENT if isinstance(error, ContentError) else CALL)
    public = public_text(secret)
    if json:
        facts = {"serial": manifest.serial, "files": len(manifest.files), "bytes": manifest.size, "key": public}
        print(msgspec.json.encode({**facts, "changed": changed}).decode())
        return
    print(
        OFFERED.format(
            did="Offered:" if changed else "Nothing has changed:",
            files=len(manifest.files),
            mb=manifest.size / 1_000_000,
            serial=manifest.serial,
            folder=folder,
            key=public,
            file=file,
            made="The key was made just now.\n" if made else "",
        )
    )


def _check_scripts(scripts: Path, media: Path) -> None:
    """Refuse to offer what could not be played; what is wrong is shown, and the command ends."""
    from guideplayer.cli.check_command import readings_of
    from guideplayer.media import Library, media_folder

    try:
        library = Library(media, media_folder(), own_voices=frozenset(read_settings().voices))
    except (OSError, *UNREADABLE) as error:
        raise SettingsError(f"An index.json in {media} cannot be read: {error}.") from error
    files = list(script_files([scripts]).values())
    listen_to_music(files, library)
    problems = list(dict.fromkeys(problem for _, found in readings_of(files, library) for problem in found))
    if problems:
        show_problems(problems)
    if any(problem.severity is Severity.ERROR for problem in problems):
        fail("Nothing was offered: mend this first.", CONTENT)
