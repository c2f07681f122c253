"""What is shown and heard: the fonts, and every file of the shipped media, held to its hash.

`python -m guideplayer.doctor.content` writes the hashes anew, after media were added.
"""

import hashlib
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from guideplayer.authoring.listing import listing_of, script_files
from guideplayer.authoring.reader import read_script
from guideplayer.core.script import Say, Script
from guideplayer.doctor.finding import Finding, bad, doubtful, good
from guideplayer.fonts import missing_letters
from guideplayer.media import Library, media_folder
from guideplayer.own_scenes import OwnScenes

HASHES = "SHA256SUMS"
ENOUGH = 3
REINSTALL = "Install guideplayer anew: what is wrong would be missing in the middle of a session."


def hashes_of(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file in a media folder, by its path in it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != HASHES)
    return {path.relative_to(folder).as_posix(): _hash(path) for path in files}


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_hashes(folder: Path) -> None:
    """Write them down, as `sha256sum --check` reads them."""
    lines = [f"{value}  {name}\n" for name, value in hashes_of(folder).items()]
    (folder / HASHES).write_text("".join(lines), "utf-8")


def media(folder: Path) -> Finding:
    """Whether every shipped file is there and unchanged."""
    try:
        lines = (folder / HASHES).read_text("utf-8").splitlines()
        wanted = {name: value for value, name in (line.split("  ", 1) for line in lines)}
        wrong = [name for name, value in wanted.items() if not _is(folder / name, value)]
    except (OSError, ValueError) as error:
        return bad("media", f"The shipped media cannot be read: {error}.", REINSTALL)
    if wrong:
        sentence = f"{len(wrong)} of {len(wanted)} files are missing or damaged: {some_of(wrong)}."
        return bad("media", sentence, REINSTALL)
    return good("media", f"All {len(wanted)} files are there and whole.")


def some_of(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are."""
    return ", ".join(names[:ENOUGH]) + (f" and {len(names) - ENOUGH} more" if len(names) > ENOUGH else "")


def _is(path: Path, value: str) -> bool:
    return path.is_file() and _hash(path) == value


def scripts(folders: Sequence[Path], library: Library) -> Finding:
    """Whether every script can be chosen, by the desk's own rule: without problems in one of its voices at least."""
    files = script_files(folders).values()
    broken = [file for file in files if listing_of(file, library).problems]
    if not broken:
        return good("scripts", f"All {len(files)} scripts can be played.")
    # Whoever reads this is in no folder in particular, and may have settings of their own.
    command = shlex.join(["guideplayer", "check", *(str(file.absolute()) for file in broken[:ENOUGH])])
    names = some_of([file.name for file in broken])
    fix = f"`{command}` says what to mend. Until then the desk refuses what cannot be played."
    return doubtful("scripts", f"{len(broken)} of {len(files)} scripts cannot be played: {names}.", fix)


def scenes(own: OwnScenes) -> Finding:
    """Whether every scene of the clinic's own can be painted."""
    tried = own.all()
    broken = [scene for scene in tried if scene.fault]
    if broken:
        told = "; ".join(f"“{scene.name}”: {scene.fault}" for scene in broken)
        fix = f"Mend the file ({broken[0].file}), or take it away. No script that names it can be played until then."
        return doubtful("scenes", f"{len(broken)} of {len(tried)} scenes of your own cannot be shown. {told}.", fix)
    if tried:
        return good("scenes", f"All {len(tried)} scenes of your own can be shown.")
    return good("scenes", "There are the shipped scenes, and none of your own.")


def fonts(folders: Sequence[Path], library: Library, name: str) -> Finding:
    """Whether there is a letter for everything that is to be shown: the captions of all scripts, the room's name."""
    read = (read_script(file, library)[0] for file in script_files(folders).values())
    captions = {item.text for script in read if script for item in _items(script) if isinstance(item, Say)}
    missing = "".join(dict.fromkeys("".join(missing_letters(text) for text in (name, *sorted(captions)))))
    if missing:
        fix = "Install a font of that script, for instance Debian's fonts-noto-cjk."
        return bad("fonts", f"There is no font with: {missing[:20]}", fix)
    return good("fonts", "There is a font for every letter of the scripts.")


def _items(script: Script) -> Iterator[object]:
    for phase in (script.arrival, *script.phases, script.returning):
        yield from phase.items if phase else ()


if __name__ == "__main__":
    write_hashes(media_folder())
