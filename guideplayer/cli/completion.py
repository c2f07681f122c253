"""What a shell offers after Tab: scripts, voices, sessions and pagers. It is quick, and never says that it fails."""

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from guideplayer.authoring.names import NARRATORS
from guideplayer.core.script import NO_VOICE
from guideplayer.media import media_folder
from guideplayer.room.settings import Settings, SettingsError, read_settings

SUFFIX = ".yaml"
TEMPLATE = "template"
NEWEST = 20


def scripts(incomplete: str) -> list[str]:
    """Scripts by name, and files and folders of what has been typed."""
    folders = _settings().script_folders
    names = {path.stem for folder in folders for path in folder.glob(f"*{SUFFIX}") if path.stem != TEMPLATE}
    return [*_beginning(incomplete, names), *_files(incomplete)]


def voices(incomplete: str) -> list[str]:
    """The narrators, and the voices of the clinic's own."""
    settings = _settings()
    there = [folder / "voices" for folder in (media_folder(), settings.media_folder)]
    own = {path.parent.name for folder in there for path in folder.glob("*/index.json")}
    return _beginning(incomplete, {*NARRATORS, *settings.voices, *own, NO_VOICE})


def sessions(incomplete: str) -> list[str]:
    """The newest sessions by number, and the word for the last one."""
    from guideplayer.journal.archive import Archive
    from guideplayer.journal.journal import JournalError
    from guideplayer.report.figures import KIND

    found: list[str] = ["last"]
    with contextlib.suppress(JournalError), Archive(_settings().state_folder / "journal.sqlite3") as archive:
        found += [str(heading.session) for heading in archive.headings(KIND)[:NEWEST]]
    return [name for name in found if name.startswith(incomplete)]


def pagers(incomplete: str) -> list[str]:
    """The pagers of the settings."""
    return _beginning(incomplete, {pager.name for pager in _settings().pagers})


def relays(incomplete: str) -> list[str]:
    """The relays of the settings."""
    return _beginning(incomplete, {relay.name for relay in _settings().relays})


def _settings() -> Settings:
    try:
        return read_settings()
    except SettingsError:
        # The command itself says what is wrong with them.
        return Settings()


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))


def _files(incomplete: str) -> Iterator[str]:
    """Scripts and folders in the folder that has been typed so far."""
    typed = Path(incomplete)
    folder, start = (typed, "") if incomplete.endswith("/") else (typed.parent, typed.name)
    shown = "" if str(folder) == "." and not incomplete.startswith("./") else f"{folder}/".replace("//", "/")
    with contextlib.suppress(OSError):
        for path in sorted(folder.iterdir()):
            if path.name.startswith(start) and not path.name.startswith("."):
                if path.is_dir():
                    yield f"{shown}{path.name}/"
                elif path.suffix == SUFFIX:
                    yield f"{shown}{path.name}"
