"""Runs the server: an event loop for its clients in the main thread, and a thread that follows the station's feed."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from skelp.terminal import print_line
from skelp_languages.following import Told
from skelp_languages.opcua.asked import AskedStation
from skelp_languages.opcua.server import Made, listening, make_server
from skelp_languages.opcua.settings import OpcUaSettings
from skelp_languages.opcua.telling import KINDS
from skelp_languages.opcua.users import HOLDS_S
from skelp_languages.opcua.vision import make_vision
from skelp_languages.running import Running, follow
from skelp_languages.standing import Standings, State

_STANDING_S = 1.0


async def serve(run: Running, settings: OpcUaSettings, after: int | None) -> None:
    """Serve until SIGTERM or Ctrl-C. Raises SkelpError if the address is in use, and what ends the following of the feed."""
    made = await make_server(settings)
    vision = await make_vision(made.server, AskedStation(run.station, settings.station), settings.name)
    ending: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, _end, ending)
    async with listening(made):
        print_line(f"OPC UA for Machine Vision: opc.tcp://{settings.endpoint.host}:{made.port}/skelp")
        _follow_in_a_thread(run, settings, after, vision.telling.tell, ending)
        await _first_to_end(ending, vision.looking.run(), _keep_users(made), _keep_standing(made, run.standings))


async def _first_to_end(ending: asyncio.Future[None], *running: Coroutine[Any, Any, None]) -> None:
    """Run all of them until one ends, and end the others. Raises what ended it."""
    tasks = [asyncio.create_task(one) for one in running]
    try:
        done, _ = await asyncio.wait({ending, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        for one in done:
            one.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _follow_in_a_thread(
    run: Running,
    settings: OpcUaSettings,
    after: int | None,
    tell: Callable[[Told], Coroutine[Any, Any, None]],
    ending: asyncio.Future[None],
) -> None:
    """Follow the feed in a thread, which waits for each event until it was told in the loop. What ends the thread ends the server."""
    loop = asyncio.get_running_loop()

    def told(event: Told) -> None:
        asyncio.run_coroutine_threadsafe(tell(event), loop).result()
        run.standings.sent(event.event.seq)
        run.standings.acknowledged(event.event.seq)

    def follows() -> None:
        try:
            follow(run, settings, KINDS, told, after=after)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it ends the server
            with suppress(RuntimeError):  # the loop has ended before
                loop.call_soon_threadsafe(_end, ending, error)

    threading.Thread(target=follows, name="feed", daemon=True).start()


def _end(ending: asyncio.Future[None], error: BaseException | None = None) -> None:
    if ending.done():
        return
    if error is None:
        ending.set_result(None)
    else:
        ending.set_exception(error)


async def _keep_users(made: Made) -> None:
    """Close the sessions whose token was revoked."""
    while True:
        await asyncio.sleep(HOLDS_S)
        await made.users.end_what_is_revoked(made.inside.sessions())


async def _keep_standing(made: Made, standings: Standings) -> None:
    """Say how many clients there are."""
    while True:
        clients = len(made.inside.sessions())
        standings.is_now(State.CONNECTED if clients else State.WAITING, f"{clients} clients" if clients != 1 else "1 client")
        await asyncio.sleep(_STANDING_S)
