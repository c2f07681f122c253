"""The page's own files, kept in memory: only these are served, so no path leads anywhere else."""

import gzip
import hashlib
from pathlib import Path

import msgspec
from aiohttp import web

from guideplayer.desk.guards import ProblemError

PAGE_FOLDER = Path(__file__).parent / "page"
_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}


class PageFile(msgspec.Struct, frozen=True):
    """A file of the page, also packed: there is nothing secret in it that its length could tell of."""

    content: bytes
    packed: bytes
    kind: str
    tag: str


def page_files() -> dict[str, PageFile]:
    """The page's files by name."""
    files = {}
    for path in sorted(PAGE_FOLDER.iterdir()):
        if path.suffix in _TYPES:
            content = path.read_bytes()
            tag = hashlib.sha256(content).hexdigest()[:16]
            files[path.name] = PageFile(content, gzip.compress(content, mtime=0), _TYPES[path.suffix], tag)
    return files


def file_response(file: PageFile | None, request: web.Request) -> web.StreamResponse:
    """A file, unless the browser has it already. Raises ProblemError when there is none."""
    if file is None:
        raise ProblemError(404, "There is nothing here.")
    headers = {"Content-Type": f"{file.kind}; charset=utf-8", "Cache-Control": "no-cache", "ETag": f'"{file.tag}"'}
    if any(tag.value == file.tag for tag in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    headers["Vary"] = "Accept-Encoding"
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=file.packed, headers={**headers, "Content-Encoding": "gzip"})
    return web.Response(body=file.content, headers=headers)
