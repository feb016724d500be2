"""Looks at the station once a second, and at once where something says that it may have changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from skelp_client import ClientError, StationStatus
from skelp_languages.opcua.asked import AskedStation
from skelp_languages.opcua.machine import Machine
from skelp_languages.opcua.states import where

EVERY_S = 1.0

log = structlog.get_logger()


class Looking:
    """Keeps the state machine where the station is. `shown`: is told the station's status too."""

    def __init__(self, station: AskedStation, machine: Machine, shown: Callable[[StationStatus], Awaitable[None]]) -> None:
        self._station, self._machine, self._shown = station, machine, shown
        self._soon, self._one_at_a_time = asyncio.Event(), asyncio.Lock()

    def soon(self) -> None:
        """Look at the station without waiting for the second."""
        self._soon.set()

    async def now(self, *, asked: bool = False) -> None:
        """Look at it, and go where it is. `asked`: a method caused what changed."""
        async with self._one_at_a_time:
            try:
                status = await self._station.status()
                await self._shown(status)
            except ClientError as error:
                if self._machine.at.state != "Preoperational":
                    log.warning("the station does not answer", cause=str(error))
                status = None
            await self._machine.go(where(status), asked=asked)

    async def run(self) -> None:
        """Look, for ever."""
        while True:
            await self.now()
            try:
                await asyncio.wait_for(self._soon.wait(), EVERY_S)
            except TimeoutError:
                continue
            finally:
                self._soon.clear()
