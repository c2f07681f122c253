"""A preview served to this machine alone, to a page that comes anew whenever there is another one."""

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler

HOST = "127.0.0.1"


class PreviewServer:
    """One page, and whoever looks at it."""

    def __init__(self) -> None:
        self.number = 0
        self._page = ""
        self._changed = asyncio.Condition()
        self._closing = False
        application = web.Application(middlewares=[_only_here])
        application.add_routes([web.get("/", self._show), web.get("/changes", self._tell)])
        self._runner = web.AppRunner(application, shutdown_timeout=1)

    async def open(self) -> str:
        """Begin to listen, at a port that is free; the page's address."""
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, 0).start()
        port = self._runner.addresses[0][1]
        return f"http://{HOST}:{port}/"

    async def show(self, page: str) -> None:
        """Another page: whoever looks at the one before is told."""
        async with self._changed:
            self.number += 1
            self._page = page
            self._changed.notify_all()

    async def close(self) -> None:
        """Let go of whoever looks, and of the port."""
        async with self._changed:
            self._closing = True
            self._changed.notify_all()
        await self._runner.cleanup()

    async def _show(self, _request: web.Request) -> web.Response:
        return web.Response(text=self._page, content_type="text/html", headers={"Cache-Control": "no-store"})

    async def _tell(self, request: web.Request) -> web.StreamResponse:
        """The number of the page now and after each change, as server-sent events."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        told = -1
        while not self._closing:
            if told != self.number:
                told = self.number
                await response.write(f"data: {told}\n\n".encode())
            async with self._changed:
                await self._changed.wait_for(lambda told=told: self._closing or told != self.number)  # type: ignore[misc]
        return response


@web.middleware
async def _only_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No other site may look in through a name of its own for this machine."""
    if request.host.rpartition(":")[0] not in (HOST, "localhost"):
        raise web.HTTPForbidden(text="This page is for this machine alone.")
    return await handler(request)
