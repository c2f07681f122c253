"""The scripts that can be chosen: shipped ones and the clinic's own, read anew when they have changed."""

import copy
from collections.abc import Sequence
from pathlib import Path

import msgspec

from guideplayer.authoring.listing import Listing, listing_of, playable_first, script_files
from guideplayer.authoring.problems import Severity
from guideplayer.authoring.reader import read_script
from guideplayer.core.script import Script
from guideplayer.desk.ports import RefusedError
from guideplayer.media import Library
from guideplayer.music.readable import cache_stamp
from guideplayer.room.card_files import PICTURE, SAMPLE, CardFolder, card_file


class ScriptShelf:
    """Folders of scripts, the library of what they sound like, and the cards by which they are chosen."""

    def __init__(self, folders: Sequence[Path], library: Library, cards: CardFolder) -> None:
        self._folders = folders
        self._library = library
        self._cards = cards
        # While this is set none can be chosen: it might become another in the midst.
        self.changing = False
        self._read: dict[Path, tuple[tuple[int, int, int], Listing]] = {}

    def listing(self) -> list[dict[str, object]]:
        """What the desk shows of each script, those that cannot be played last; `card` is None until it is made."""
        self._refresh()
        listings = playable_first(filter(None, map(self._listed, self._files().values())))
        return [
            {**msgspec.to_builtins(one), "card": msgspec.to_builtins(self._cards.card(Path(one.file)))}
            for one in listings
        ]

    def preparable(self) -> list[Path]:
        """The files of those that can be played, or could be if somebody listened to their music."""
        self._refresh()
        listings = filter(None, map(self._listed, self._files().values()))
        return [Path(one.file) for one in listings if not one.problems or one.unheard]

    def card_file(self, name: str, part: str) -> Path | None:
        """The picture or the sample of a script's card; None for anything else and while there is none."""
        path = self._files().get(name)
        card = self._cards.card(path) if path and part in (PICTURE, SAMPLE) else None
        return card_file(self._cards.path, card.key, part) if card else None

    def _files(self) -> dict[str, Path]:
        return script_files(self._folders)

    def _listed(self, path: Path) -> Listing | None:
        """What is known of a script; None when its file has just gone."""
        try:
            stat = path.stat()
        except OSError:
            return None
        # Music that somebody has listened to since makes a script playable.
        stamp = (stat.st_mtime_ns, stat.st_size, cache_stamp())
        known = self._read.get(path)
        if known is None or known[0] != stamp:
            known = stamp, listing_of(path, self._library)
            self._read[path] = known
        return known[1]

    def script(self, name: str, voice: str | None = None) -> Script:
        """A script by name. Raises RefusedError with the first of its problems."""
        if self.changing:
            raise RefusedError("New scripts are being taken over: try again in a moment.")
        self._refresh()
        path = self._path(name)
        listed = self._listed(path)
        script, problems = read_script(path, self._library, voice or (listed.voice if listed else None) or None)
        errors = [problem for problem in problems if problem.severity is Severity.ERROR]
        if script is None or errors:
            raise RefusedError(f"“{name}” cannot be played: {errors[0].sentence}.")
        return script

    def script_to_say(self, name: str, voice: str) -> Script:
        """A script as a voice is to say it, whether or not it has any clip yet. Raises RefusedError."""
        # A script may be written for a voice that has yet to be recorded.
        library = copy.copy(self._library)
        library.own_voices = {*self._library.own_voices, voice}
        script, problems = read_script(self._path(name), library, voice)
        if script is None:
            raise RefusedError(f"“{name}” cannot be played: {problems[0].sentence}.")
        return script

    def _path(self, name: str) -> Path:
        """Raises RefusedError."""
        path = self._files().get(name)
        if path is None:
            raise RefusedError(f"There is no script “{name}”.")
        return path

    def _refresh(self) -> None:
        """New clips make scripts playable, and voices ones to choose."""
        if self._library.refresh():
            self._read.clear()
