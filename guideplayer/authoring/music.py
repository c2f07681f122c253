"""The folders of music that scripts name, so that they can be listened to before the scripts are read."""

from collections.abc import Iterable
from pathlib import Path

from guideplayer.authoring.beds import music_folders
from guideplayer.authoring.reader import read_sheet
from guideplayer.authoring.sheet import TooManyErrorsError
from guideplayer.media import Library
from guideplayer.music.folder import unheard
from guideplayer.music.readable import cache_folder


def unheard_music(scripts: Iterable[Path], library: Library) -> list[Path]:
    """The folders of some scripts in which there is music that nobody has listened to yet.

    What is wrong with the scripts is told when they are read.
    """
    folders: dict[Path, None] = {}
    for script in scripts:
        sheet, _ = read_sheet(script, library)
        try:
            folders |= dict.fromkeys(music_folders(sheet) if sheet else ())
        except TooManyErrorsError:
            continue
    return [folder for folder in folders if unheard(folder, cache_folder())]
