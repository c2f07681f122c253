"""Files that a script names: recordings, photographs and films, which lie in its folder or below."""

from pathlib import Path

from guideplayer.authoring.sheet import Place, Sheet
from guideplayer.authoring.words import quoted


def beside_the_script(name: str, place: Place, sheet: Sheet, code: str, *, whole: bool = False) -> Path | None:
    """A file in the script's folder or below (a whole folder of files, if asked for), so that the script's folder can
    be copied as it is; else a problem, of the code when there is none."""
    what = "folder" if whole else "file"
    folder = sheet.folder.resolve()
    try:
        path = (folder / name).resolve()
        found = path.is_dir() if whole else path.is_file()
    except (OSError, RuntimeError, ValueError):
        found = False
    else:
        if not path.is_relative_to(folder):
            sheet.report(
                "outside", place, f"{quoted(name)} is outside the script's folder: put the {what} beside the script"
            )
            return None
    if not found:
        sheet.report(code, place, f"there is no {what} {quoted(name)} in the script's folder")
        return None
    return path
