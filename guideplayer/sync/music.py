"""Music that comes with scripts: what is known of it goes with it into a new tree, and what is new is listened to."""

from collections.abc import Mapping
from pathlib import Path

from guideplayer.authoring.listing import script_files
from guideplayer.authoring.music import unheard_music
from guideplayer.media import shipped_library
from guideplayer.music.folder import MusicError, hear
from guideplayer.music.readable import SUFFIXES, cache_folder
from guideplayer.music.track import carry
from guideplayer.sync import SyncError
from guideplayer.sync.fetching import Progress
from guideplayer.sync.manifest import SCRIPTS, Manifest
from guideplayer.sync.trees import Tree


def hear_music(tree: Tree, manifest: Manifest, found: Mapping[str, Path], progress: Progress) -> None:
    """Let a tree's scripts be playable at once: a room does not find out in the morning. Raises SyncError, OSError."""
    cache = cache_folder()
    for file in manifest.files:
        if file.path.startswith(SCRIPTS) and Path(file.path).suffix.casefold() in SUFFIXES:
            carry(found[file.sha256], tree.file(file), cache)
    scripts = script_files([tree.path / SCRIPTS]).values()
    try:
        hear(unheard_music(scripts, shipped_library()), cache, lambda done, total, _: progress(done, total))
    except MusicError as error:
        raise SyncError(str(error)) from error
