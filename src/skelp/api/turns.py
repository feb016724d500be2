"""Limits how much each name does at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """`most` at the same time for each name. One more waits for `patience_s`. Of one event loop."""

    def __init__(self, most: int, patience_s: float) -> None:
        self._most, self._patience_s = most, patience_s
        self._of: dict[str, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[bool]:
        """Whether it may go on: False if it waited in vain. The turn ends with the block."""
        free, users = self._of.get(name, (asyncio.Semaphore(self._most), 0))
        self._of[name] = free, users + 1
        taken = False
        try:
            try:
                async with asyncio.timeout(self._patience_s):
                    taken = await free.acquire()
            except TimeoutError:
                taken = False
            yield taken
        finally:
            if taken:
                free.release()
            self._forget(name)

    def _forget(self, name: str) -> None:
        free, users = self._of.pop(name)
        if users > 1:
            self._of[name] = free, users - 1
