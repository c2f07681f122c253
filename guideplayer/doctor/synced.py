"""Scripts and media for all rooms: how the last sync went, and whether each file is what was offered."""

from pathlib import Path

from guideplayer.doctor.content import some_of
from guideplayer.doctor.finding import Finding, bad, doubtful, good
from guideplayer.sync.fetching import is_whole
from guideplayer.sync.last import Outcome, last_in
from guideplayer.sync.trees import CURRENT, SyncFolder

AGAIN = "Run `guideplayer sync`: it fetches what is missing or damaged."


def last_sync(folder: Path) -> Finding:
    """When and from where, whether somebody vouches for it, and why it failed."""
    last = last_in(folder)
    if last is None:
        return doubtful("sync", "Scripts and media for all rooms were never looked for.", "Run `guideplayer sync`.")
    if last.outcome is Outcome.FAILED:
        fix = "Mend that, and run `guideplayer sync`. Until then the room plays what it has."
        return doubtful("sync", last.sentence(), fix)
    if not last.signed:
        fix = "Set the key that `guideplayer sync offer` shows: key = “…” below [sync] in the settings."
        return doubtful("sync", last.sentence(), fix)
    return good("sync", last.sentence())


def files(folder: SyncFolder) -> Finding:
    """Whether every file is there and unchanged."""
    tree = folder.tree(CURRENT)
    if tree is None:
        return doubtful("synced files", "There are no scripts and media for all rooms here yet.", AGAIN)
    manifest = tree.manifest()
    if manifest is None:
        return bad("synced files", f"The manifest in {tree.path} cannot be read.", AGAIN)
    wrong = [file.path for file in manifest.files if not is_whole(tree.file(file), file)]
    if wrong:
        sentence = f"{len(wrong)} of {len(manifest.files)} files are missing or damaged: {some_of(wrong)}."
        return bad("synced files", sentence, AGAIN)
    return good("synced files", f"All {len(manifest.files)} files are there and whole.")
