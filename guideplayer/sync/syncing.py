"""One sync from end to end: the manifest, what is missing, a new tree that waits, and its taking over at leisure."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from guideplayer.sync import ContentError, SyncError
from guideplayer.sync.fetching import Fetched, Progress, is_whole
from guideplayer.sync.last import Outcome
from guideplayer.sync.locks import held
from guideplayer.sync.manifest import MANIFEST, MOST_MANIFEST_BYTES, SIGNATURE, Manifest, Offered, read_manifest
from guideplayer.sync.music import hear_music
from guideplayer.sync.setting import Sync
from guideplayer.sync.signing import MOST_SIGNATURE_BYTES, verify
from guideplayer.sync.sources import Source, opened
from guideplayer.sync.trees import CURRENT, LINKS, WAITING, SyncFolder, Tree

FETCHED = "fetched"
SESSION_EVERY_S = 5.0
_Result = TypeVar("_Result")


class SessionError(SyncError):
    """A session is under way: nothing is done, and nothing has failed."""


class Changes(msgspec.Struct, frozen=True):
    """What a manifest changes: the paths that come, are replaced or go, and the bytes that have to be fetched."""

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    fetch_bytes: int = 0


class Done(msgspec.Struct, frozen=True):
    """What came of a sync; `outcome` is None when it was only asked what would change."""

    outcome: Outcome | None
    serial: str
    files: int
    signed: bool
    changes: Changes = Changes()


class Syncing:
    """A sync of a room. `under_way` tells whether a session is: asked before anything, often meanwhile, and before the
    taking over. `told` hears how far each step is.
    """

    def __init__(
        self,
        setting: Sync,
        folder: SyncFolder,
        under_way: Callable[[], bool],
        told: Callable[[str, int, int], None] = lambda step, done, total: None,
    ) -> None:
        self._setting, self._folder, self._under_way, self._told = setting, folder, under_way, told
        self._fetched = Fetched(folder.folder / FETCHED)
        self._stop = threading.Event()

    async def run(self, *, dry: bool = False, older: bool = False) -> Done:
        """Do it; `dry` changes nothing, `older` takes what is older than what is there. Raises SyncError."""
        if problem := self._setting.problem():
            raise SyncError(f"The settings of sync have a mistake: {problem}.")
        self._refuse_in_a_session()
        try:
            with held(self._folder.sync_lock) as mine:
                if not mine:
                    raise SyncError("Another sync of this room is under way: let it finish.")
                return await self._unless_a_session_begins(self._synced(dry=dry, older=older))
        except OSError as error:
            raise SyncError(
                f"The room's folder {self._folder.folder} cannot be used: {error.strerror or error}."
            ) from error

    def _refuse_in_a_session(self) -> None:
        if self._under_way():
            raise SessionError(
                "A session is under way, and nothing may change under it: sync when it has ended. What was fetched is"
                " kept."
            )

    async def _unless_a_session_begins(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        task = asyncio.ensure_future(work)
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=SESSION_EVERY_S)
                if not task.done():
                    await asyncio.to_thread(self._refuse_in_a_session)
            return task.result()
        finally:
            self._stop.set()
            task.cancel()
            await asyncio.wait({task})

    def _progress(self, step: str) -> Progress:
        """Tells how far a step is; in a thread it ends the work once it is not wanted any more."""

        def told(done: int, total: int) -> None:
            if self._stop.is_set():
                raise SessionError("It was stopped.")
            self._told(step, done, total)

        return told

    async def _synced(self, *, dry: bool, older: bool) -> Done:
        async with opened(self._setting) as source:
            content, signature = await self._offered(source)
            manifest = read_manifest(content)
            self._check(manifest, content, older)
            found = await asyncio.to_thread(self._found, manifest)
            missing = _unique(file for file in manifest.files if file.sha256 not in found)
            newest = self._folder.tree(WAITING) or self._folder.tree(CURRENT)
            changes = _changes(newest.manifest() if newest else None, manifest, self._fetched.missing_bytes(missing))
            done = Done(None, manifest.serial.isoformat(), len(manifest.files), bool(self._setting.key), changes)
            if dry:
                return done
            if newest is None or newest.manifest_bytes() != content or not self._all_of(newest, manifest, found):
                await self._fetched.fetch(missing, source, self._progress("Fetching"))
                found |= {file.sha256: self._fetched.path(file) for file in missing}
                await asyncio.to_thread(self._prepare, manifest, content, signature, found)
        return msgspec.structs.replace(done, outcome=await asyncio.to_thread(self._taken_over))

    async def _offered(self, source: Source) -> tuple[bytes, bytes]:
        """The manifest and its signature, which is the right one if there is a key."""
        content = await source.small(MANIFEST, MOST_MANIFEST_BYTES)
        if content is None:
            raise ContentError(
                f"There is no {MANIFEST} at {self._setting.source}: is that the folder which `guideplayer sync offer`"
                " has made ready?"
            )
        signature = await source.small(SIGNATURE, MOST_SIGNATURE_BYTES) or b""
        if self._setting.key:
            verify(self._setting.key, content, signature)
        return content, signature

    def _check(self, manifest: Manifest, content: bytes, older: bool) -> None:
        """Refuse what is too large, or older than what is there."""
        most_bytes = self._setting.most_mb * 1_000_000
        if manifest.size > most_bytes:
            raise ContentError(
                f"{manifest.size // 1_000_000:,} MB are offered, and the settings allow {self._setting.most_mb:,}: take"
                " some away, or raise most_mb."
            )
        for tree in filter(None, map(self._folder.tree, (CURRENT, WAITING))):
            known = tree.manifest()
            if known is None or older:
                continue
            if manifest.serial < known.serial:
                raise ContentError(
                    f"What is offered is of {manifest.serial:%Y-%m-%d %H:%M:%S}, older than what this room has, of "
                    f"{known.serial:%Y-%m-%d %H:%M:%S}: offer it anew, or take it all the same with --older."
                )
            if manifest.serial == known.serial and tree.manifest_bytes() != content:
                raise ContentError("Two different offers bear the same date: offer it anew.")

    def _found(self, manifest: Manifest) -> dict[str, Path]:
        """What is here already, by its hash: in the trees, held to it again, or fetched before."""
        wanted = {file.sha256 for file in manifest.files}
        found = {file.sha256: self._fetched.path(file) for file in manifest.files if self._fetched.has(file)}
        here = [
            (file, tree.file(file))
            for tree in filter(None, map(self._folder.tree, LINKS))
            for file in _files_of(tree)
            if file.sha256 in wanted
        ]
        progress = self._progress("Comparing")
        for number, (file, path) in enumerate(here):
            progress(number, len(here))
            if file.sha256 not in found and is_whole(path, file):
                found[file.sha256] = path
        progress(len(here), len(here))
        return found

    def _all_of(self, tree: Tree, manifest: Manifest, found: dict[str, Path]) -> bool:
        """Whether a tree is whole as it is."""
        return all(file.sha256 in found and _same(tree.file(file), found[file.sha256], file) for file in manifest.files)

    def _prepare(self, manifest: Manifest, content: bytes, signature: bytes, found: dict[str, Path]) -> None:
        """Build the new tree, listen to what is new of its music, and let it wait."""
        self._folder.clean()
        tree = self._folder.build(manifest, content, signature, found)
        hear_music(tree, manifest, found, self._progress("Listening"))
        if self._stop.is_set():
            raise SessionError("It was stopped.")
        self._folder.wait(tree)
        self._fetched.clear()

    def _taken_over(self) -> Outcome:
        """Take over what waits, unless a room runs, which does it itself when nothing is chosen in it."""
        if not self._folder.waits:
            return Outcome.UNCHANGED
        with held(self._folder.room_lock) as alone:
            if not alone or self._stop.is_set() or self._under_way():
                return Outcome.WAITING
            self._folder.take_over()
        self._folder.clean()
        return Outcome.TAKEN_OVER


def _files_of(tree: Tree) -> tuple[Offered, ...]:
    known = tree.manifest()
    return known.files if known else ()


def _same(path: Path, whole: Path, file: Offered) -> bool:
    """Whether a file is the same as one that is known to be whole, or is whole itself."""
    try:
        return path.samefile(whole) or is_whole(path, file)
    except OSError:
        return False


def _unique(files: Iterable[Offered]) -> list[Offered]:
    """One file of each content."""
    return list({file.sha256: file for file in files}.values())


def _changes(before: Manifest | None, after: Manifest, fetch_bytes: int) -> Changes:
    old, new = ({file.path: file.sha256 for file in one.files} if one else {} for one in (before, after))
    return Changes(
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(path for path in new.keys() & old.keys() if new[path] != old[path])),
        tuple(sorted(old.keys() - new.keys())),
        fetch_bytes,
    )
