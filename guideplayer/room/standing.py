"""How a room stands, as its journal tells it to another process."""

from pathlib import Path

from guideplayer.core.session import advance
from guideplayer.journal.archive import Archive
from guideplayer.room.cards import at_leisure


def session_under_way(state_folder: Path) -> bool:
    """Whether the room of this folder has a session under way, or would take one up. Raises JournalError."""
    path = state_folder / "journal.sqlite3"
    if not path.is_file():
        return False
    with Archive(path) as archive:
        unfinished, alive_ms = archive.unfinished(), archive.alive_ms()
    if unfinished is None:
        return False
    state = unfinished.replay()
    # What happens by itself, such as the end of a session, no event tells of.
    return not at_leisure(state if alive_ms is None else advance(state, alive_ms)[0])
