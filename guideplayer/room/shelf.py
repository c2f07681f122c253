"""The scripts that can be chosen: shipped ones and the clinic's own, read anew when they are asked for."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from guideplayer.authoring.listing import list_scripts
from guideplayer.authoring.problems import Severity
from guideplayer.authoring.reader import read_script
from guideplayer.core.script import Script
from guideplayer.desk.ports import RefusedError
from guideplayer.media import Library


class ScriptShelf:
    """Folders of scripts, and the library of what they sound like."""

    def __init__(self, folders: Sequence[Path], library: Library) -> None:
        self._folders = folders
        self._library = library
        self._listing: list[dict[str, object]] | None = None

    def listing(self) -> list[dict[str, object]]:
        """What the desk shows of each script."""
        if self._listing is None:
            self._listing = [msgspec.to_builtins(entry) for entry in list_scripts(self._folders, self._library)]
        return self._listing

    def script(self, name: str, voice: str | None = None) -> Script:
        """A script by name. Raises RefusedError with the first of its problems."""
        for folder in self._folders:
            path = folder / f"{name}.yaml"
            if path.is_file():
                script, problems = read_script(path, self._library, voice)
                errors = [problem for problem in problems if problem.severity is Severity.ERROR]
                if script is None or errors:
                    raise RefusedError(f"“{name}” cannot be played: {errors[0].sentence}.")
                return script
        raise RefusedError(f"There is no script “{name}”.")
