"""A script that is being written: read anew at every save, and its preview with it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
from watchfiles import awatch

from guideplayer.authoring.lexicon import LEXICON
from guideplayer.authoring.problems import Problem, render_all
from guideplayer.authoring.reader import read_script
from guideplayer.core.fitting import UnfitError
from guideplayer.core.script import DEFAULT_INFUSION_MS
from guideplayer.media import Library
from guideplayer.rehearsal.preview_page import View, render_page, render_problems, view_of
from guideplayer.rehearsal.preview_server import PreviewServer
from guideplayer.rehearsal.strip import StripPainter

# An editor writes a file in several steps.
SETTLED_MS = 100
LOOKED_MS = 500


class Watched(msgspec.Struct, frozen=True):
    """What is watched: a script, at a length (ms) and in a voice, and a page that is kept on disk if it is named."""

    script: Path
    infusion_ms: int | None = None
    voice: str | None = None
    page: Path | None = None


class Watch:
    """Refreshes one preview. `library` is asked each time, since clips may have been made meanwhile."""

    def __init__(self, watched: Watched, library: Callable[[], Library], server: PreviewServer) -> None:
        self._watched = watched
        self._library = library
        self._server = server
        self._painter = StripPainter()
        self._view: View | None = None
        self._heard: Library | None = None

    async def refresh(self) -> str:
        """Read and show the script as it is now; what to tell of it. A broken one leaves the last good one standing."""
        began = time.monotonic()
        path = self._watched.script
        problems: tuple[Problem, ...] = ()
        try:
            library = self._library()
            script, problems = read_script(path, library, self._watched.voice, lint=True)
            if script:
                wanted_ms = self._watched.infusion_ms or DEFAULT_INFUSION_MS
                infusion_ms = min(max(wanted_ms, script.shortest_ms), script.longest_ms)
                view = await asyncio.to_thread(view_of, script, problems, infusion_ms, library, self._painter)
                told = await self._show(view, library)
            else:
                told = await self._show_broken(problems)
        except UnfitError:
            told = f"its rests cannot be fitted to that length; {await self._show_broken(problems)}"
        except OSError as error:
            told = f"{error.filename} cannot be read: {error.strerror or error}; the page is as it was"
        took = f"{time.monotonic() - began:.1f} s"
        return "\n\n".join(filter(None, (render_all(problems), f"{path.name}: {told} ({took}).")))

    async def _show(self, view: View, library: Library) -> str:
        """Show a script that is right."""
        page = await asyncio.to_thread(render_page, view, library, self._server.number + 1)
        await self._server.show(page)
        self._view, self._heard = view, library
        if self._watched.page is None:
            return "refreshed"
        try:
            self._watched.page.write_text(render_page(view, library), "utf-8")
        except OSError as error:
            return f"refreshed, but {self._watched.page} cannot be written: {error.strerror or error}"
        return "refreshed"

    async def _show_broken(self, problems: tuple[Problem, ...]) -> str:
        """Show what is wrong, over the last good one if there was one."""
        number = self._server.number + 1
        if self._view is None or self._heard is None:
            await self._server.show(render_problems(self._watched.script.name, problems, number))
            return "cannot be played yet; the page tells why"
        await self._server.show(render_page(msgspec.structs.replace(self._view, broken=problems), self._heard, number))
        return "broken as it is; the page shows the last good one"


async def saves_of(script: Path, stop: asyncio.Event) -> AsyncIterator[None]:
    """Now, and every time the script is saved, or the lexicon beside it, until the stop.

    Its folder is watched, since many editors put a new file in place; and what the file is like decides, so that
    nothing is missed that happens before the watch begins.
    """
    files = (script, script.with_name(LEXICON))
    seen = [*map(_stamp, files)]
    yield
    async for _ in awatch(
        script.resolve().parent,
        debounce=SETTLED_MS,
        rust_timeout=LOOKED_MS,
        yield_on_timeout=True,
        recursive=False,
        stop_event=stop,
    ):
        now = [*map(_stamp, files)]
        if now != seen:
            seen = now
            yield


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is saved; None when it is not there."""
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_mtime_ns, about.st_size, about.st_ino
