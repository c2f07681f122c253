"""Where files come from: a folder, which may be a share, or any static web server. Neither need be quick or true.

What has come of a file lies in its part, and the next attempt goes on behind it.
"""

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import aiohttp
from yarl import URL

from guideplayer.sync import ContentError, SyncError
from guideplayer.sync.manifest import Offered
from guideplayer.sync.setting import Sync

# A server has so long to be reached, to answer, and to say the next word.
PATIENCE_S = 20.0
SMALL_WITHIN_S = 60.0
# Who is slower than this over a whole minute would take a day for an hour of music.
SLOWEST_BYTES_S, SLOW_AFTER_S = 1000.0, 60.0
CHUNK_BYTES = 1 << 18
OK, PART_OF_IT, NOT_FOUND, GONE, NOT_SO_LONG = 200, 206, 404, 410, 416

Came = Callable[[int], None]
"""Told how many bytes more have come."""


class BrokenOffError(SyncError):
    """A file did not come to its end; what has come of it is kept, and it can be tried again at once."""


class Source(Protocol):
    """Something that holds what was offered."""

    async def small(self, name: str, most_bytes: int) -> bytes | None:
        """A small file, None when there is no such one. Raises SyncError."""
        ...

    async def fetch(self, file: Offered, part: Path, came: Came) -> None:
        """Fetch what is missing of a file, behind what its part holds. Raises SyncError, OSError."""
        ...


class FolderSource:
    """A folder of this machine, or a share that is mounted there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def small(self, name: str, most_bytes: int) -> bytes | None:
        """A small file, None when there is no such one. Raises SyncError."""
        if not await asyncio.to_thread(self._folder.is_dir):
            raise SyncError(f"There is no folder {self._folder}: is the share mounted, and the source right?")
        return await asyncio.to_thread(self._small, name, most_bytes)

    def _small(self, name: str, most_bytes: int) -> bytes | None:
        try:
            with (self._folder / name).open("rb") as file:
                return _small_enough(file.read(most_bytes + 1), name, most_bytes)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SyncError(f"{self._folder / name} cannot be read: {error.strerror or error}.") from error

    async def fetch(self, file: Offered, part: Path, came: Came) -> None:
        """Copy what is missing of a file. Raises SyncError, OSError."""
        begun = part.stat().st_size if part.exists() else 0
        try:
            opened = (self._folder / file.path).open("rb")
        except OSError as error:
            raise ContentError(
                f"“{file.path}” is offered, and cannot be read in {self._folder}: {error.strerror or error}."
            ) from error
        with opened, part.open("ab") as into:
            opened.seek(begun)
            while begun < file.size and (chunk := await asyncio.to_thread(opened.read, CHUNK_BYTES)):
                begun += len(chunk)
                _no_longer(file, begun)
                into.write(chunk)
                came(len(chunk))
        if begun < file.size:
            raise ContentError(f"“{file.path}” is shorter than its manifest says. Offer the folder anew.")


class WebSource:
    """A web server. It is asked for plain files, and never followed to another address."""

    def __init__(self, address: str, session: aiohttp.ClientSession) -> None:
        self._address, self._session = address.rstrip("/"), session

    async def small(self, name: str, most_bytes: int) -> bytes | None:
        """A small file, None when there is no such one. Raises SyncError."""
        async with self._telling(), asyncio.timeout(SMALL_WITHIN_S), self._asked(name, 0) as answer:
            if answer.status in (NOT_FOUND, GONE):
                return None
            self._check(answer, name, 0)
            content = b""
            while len(content) <= most_bytes and (chunk := await answer.content.readany()):
                content += chunk
            return _small_enough(content, name, most_bytes)

    async def fetch(self, file: Offered, part: Path, came: Came) -> None:
        """Fetch what is missing of a file. Raises SyncError, OSError."""
        begun = part.stat().st_size if part.exists() else 0
        async with self._telling(), self._asked(file.path, begun) as answer:
            if answer.status == NOT_SO_LONG:
                part.unlink()
                raise BrokenOffError(f"{self._address} has less of “{file.path}” than before.")
            if answer.status in (NOT_FOUND, GONE):
                raise ContentError(
                    f"“{file.path}” is offered, but not at {self._address}. Copy the whole folder there."
                )
            self._check(answer, file.path, begun)
            if answer.status == OK:
                # The server knows nothing of parts, and begins anew.
                came(-begun)
                begun = 0
            if answer.content_length is not None:
                _no_longer(file, begun + answer.content_length)
            await self._received(answer, file, begun, part, came)

    async def _received(
        self, answer: aiohttp.ClientResponse, file: Offered, begun: int, part: Path, came: Came
    ) -> None:
        length, since_s, first = begun, time.monotonic(), begun
        with part.open("ab" if begun else "wb") as into:
            while chunk := await answer.content.readany():
                length += len(chunk)
                _no_longer(file, length)
                into.write(chunk)
                came(len(chunk))
                took_s = time.monotonic() - since_s
                if took_s > SLOW_AFTER_S and (length - first) / took_s < SLOWEST_BYTES_S:
                    raise SyncError(f"{self._address} sends less than {SLOWEST_BYTES_S:.0f} bytes in a second.")
        if length < file.size:
            raise BrokenOffError(f"“{file.path}” came in part only: {length} of {file.size} bytes.")

    @contextlib.asynccontextmanager
    async def _asked(self, name: str, begun: int) -> AsyncIterator[aiohttp.ClientResponse]:
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={begun}-"} if begun else {})
        url = URL(f"{self._address}/{quote(name)}", encoded=True)
        async with asyncio.timeout(PATIENCE_S):
            answer = await self._session.get(url, headers=headers, allow_redirects=False)
        try:
            yield answer
        finally:
            answer.close()

    def _check(self, answer: aiohttp.ClientResponse, name: str, begun: int) -> None:
        """Raises SyncError for an answer that is none."""
        if answer.status in (301, 302, 303, 307, 308):
            where = answer.headers.get("Location", "nowhere")
            raise SyncError(f"{self._address} sends elsewhere, to {where[:200]}: if that is right, make it the source.")
        there = answer.headers.get("Content-Range", "").startswith(f"bytes {begun}-")
        if answer.status != OK and not (answer.status == PART_OF_IT and begun and there):
            raise SyncError(f"{self._address} answers {answer.status} when asked for “{name}”: look at that server.")

    @contextlib.asynccontextmanager
    async def _telling(self) -> AsyncIterator[None]:
        """What fails on the way, as a sentence."""
        try:
            yield
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError) as error:
            raise SyncError(
                f"The certificate of {self._address} is not trusted ({error.__cause__ or error}): see that its name is"
                " right, or set the file of its authority."
            ) from error
        except aiohttp.ClientConnectorError as error:
            raise SyncError(f"{self._address} cannot be reached: {error.strerror or error}.") from error
        except aiohttp.InvalidURL as error:
            raise SyncError(f"“{self._address}” is no address of a web server.") from error
        except TimeoutError as error:
            raise BrokenOffError(f"{self._address} does not answer in time.") from error
        except (aiohttp.ClientError, ConnectionError) as error:
            raise BrokenOffError(f"{self._address} has broken off: {error}.") from error


def _small_enough(content: bytes, name: str, most_bytes: int) -> bytes:
    if len(content) > most_bytes:
        raise ContentError(f"{name} is larger than {most_bytes} bytes: `guideplayer sync offer` makes no such one.")
    return content


def _no_longer(file: Offered, length: int) -> None:
    """Raises ContentError for more than was offered."""
    if length > file.size:
        raise ContentError(f"“{file.path}” is longer than its manifest says. Offer the folder anew.")


@contextlib.asynccontextmanager
async def opened(setting: Sync) -> AsyncIterator[Source]:
    """The source of the settings. Raises SyncError."""
    if "://" not in setting.source:
        yield FolderSource(Path(setting.source).expanduser())
        return
    try:
        trust = ssl.create_default_context(cafile=setting.authority or None)
    except OSError as error:
        raise SyncError(f"The authority {setting.authority} cannot be read: {error.strerror or error}.") from error
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=PATIENCE_S, sock_read=PATIENCE_S)
    connector = aiohttp.TCPConnector(ssl=trust)
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, auto_decompress=False, trust_env=True
    ) as session:
        yield WebSource(setting.source, session)
