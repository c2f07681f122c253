"""The one-time link by which a browser on this machine is paired with the demo's desk without a code."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web

LIFE_S = 120.0


class Invitation:
    """A link on the loopback address: whoever opens it first is at the desk, and then it is worth nothing."""

    def __init__(self, desk_port: int, token: str) -> None:
        self._desk_port, self._token = desk_port, token
        self._secret = secrets.token_urlsafe(16)
        self._runner: web.AppRunner | None = None
        self.used = asyncio.Event()

    async def open(self) -> str:
        """Serve it. Gives the link. Raises OSError."""
        application = web.Application()
        answer: Callable[[web.Request], Awaitable[web.StreamResponse]] = self._answer
        application.router.add_get("/{secret}", answer)
        self._runner = web.AppRunner(application)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        return f"http://127.0.0.1:{port}/{self._secret}"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        desk = f"http://127.0.0.1:{self._desk_port}/"
        right = secrets.compare_digest(request.match_info["secret"].encode(), self._secret.encode())
        headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        if right and not self.used.is_set():
            self.used.set()
            # A browser shares cookies between the ports of a host.
            headers["Set-Cookie"] = (
                f"guideplayer_desk_{self._desk_port}={self._token}; Path=/; HttpOnly; SameSite=Strict"
            )
        return web.Response(status=302, headers={**headers, "Location": desk})

    async def close(self) -> None:
        """Serve it no longer."""
        if self._runner:
            await self._runner.cleanup()
