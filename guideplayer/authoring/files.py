"""Files that a script names: recordings, photographs and films, which lie in its folder or below."""

from pathlib import Path

from guideplayer.authoring.sheet import Place, Sheet
from guideplayer.authoring.words import quoted


def beside_the_script(name: str, place: Place, sheet: Sheet, code: str) -> Path | None:
    """A file in the script's folder or below, so that a folder can be copied whole; else a problem, of the code when
    there is no such file."""
    folder = sheet.folder.resolve()
    try:
        path = (folder / name).resolve()
        found = path.is_file()
    except (OSError, RuntimeError, ValueError):
        found = False
    else:
        if not path.is_relative_to(folder):
            sheet.report(
                "outside", place, f"{quoted(name)} is outside the script's folder: put the file beside the script"
            )
            return None
    if not found:
        sheet.report(code, place, f"there is no file {quoted(name)} in the script's folder")
        return None
    return path
