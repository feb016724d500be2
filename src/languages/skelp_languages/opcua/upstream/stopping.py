"""A server that stops (asyncua 2.1.0).

asyncua cancels the task that cleans up after ended connections, and waits for it. If that task just ends a subscription, the cancellation
is taken for the subscription's own and lost, so the server waits for ever. Here the task is cancelled until it has ended.
"""

from __future__ import annotations

import asyncio

from asyncua import Server

_AGAIN_S = 0.1


async def stop(server: Server) -> None:
    """Stop a server that listens."""
    task = server.bserver.cleanup_task
    while task is not None and not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=_AGAIN_S)
    await server.stop()
