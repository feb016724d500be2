"""A server stops, also while it ends the subscription of a client that has gone: that takes a cancellation for its own."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import SimpleNamespace
from typing import cast

from asyncua import Server

from skelp_languages.opcua.upstream.stopping import stop


async def _cleans_up(subscriptions: int) -> None:
    for _ in range(subscriptions):
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
    await asyncio.sleep(60)


def test_a_server_that_ends_subscriptions_stops_when_it_has_ended_them() -> None:
    async def stopped() -> list[bool]:
        task = asyncio.create_task(_cleans_up(2))
        await asyncio.sleep(0)
        ended = []

        async def its_own() -> None:
            ended.append(task.done())

        server = SimpleNamespace(bserver=SimpleNamespace(cleanup_task=task), stop=its_own)
        await stop(cast("Server", server))
        return ended

    assert asyncio.run(stopped()) == [True]


def test_a_server_that_never_listened_stops() -> None:
    stopped = []

    async def its_own() -> None:
        stopped.append(True)

    asyncio.run(stop(cast("Server", SimpleNamespace(bserver=SimpleNamespace(cleanup_task=None), stop=its_own))))
    assert stopped == [True]
