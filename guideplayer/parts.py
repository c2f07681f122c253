"""The parts of a process that run side by side until it is to end."""

import asyncio
from collections.abc import Coroutine


async def run_until(done: asyncio.Event, *parts: Coroutine[None, None, None]) -> None:
    """Run all parts until `done` is set. A part that fails ends the others, and its error is raised.

    None of them is waited for: one that hangs must not keep the process from its end.
    """
    tasks = [asyncio.create_task(part) for part in parts]
    closing = asyncio.create_task(done.wait())
    finished, _ = await asyncio.wait([*tasks, closing], return_when=asyncio.FIRST_COMPLETED)
    for task in (*tasks, closing):
        task.cancel()
    for task in finished - {closing}:
        task.result()
