"""Tells what the feed has: a result as a ResultReady event. It is told when the event was handed to the subscriptions."""

from __future__ import annotations

from skelp_languages.following import RESULTS, Told
from skelp_languages.opcua.announcer import Announcer
from skelp_languages.opcua.asked import AskedStation
from skelp_languages.opcua.looking import Looking

KINDS = RESULTS | {"coil.started"}
"""Events of the feed that are looked at; coil.started only makes the server look at the station at once."""


class Telling:
    """Tells events of the feed to OPC UA clients."""

    def __init__(self, station: AskedStation, announcer: Announcer, looking: Looking) -> None:
        self._station, self._announcer, self._looking = station, announcer, looking

    async def tell(self, told: Told) -> None:
        """Raises ClientError if the station goes away meanwhile: it is told again then."""
        await self._looking.now()
        if not is_about_a_result(told):
            return
        found = await self._station.finished(told.event.coil_id)
        if found is not None:
            await self._announcer.result_ready(found, told.event.seq, repeat=told.repeat)


def is_about_a_result(told: Told) -> bool:
    """Whether an event says that a result is there, or another one. A part that is whole meanwhile is told with `coil.final` only."""
    event, coil = told.event, told.coil
    if coil is None or event.kind not in RESULTS or coil.status == "running":
        return False
    if event.kind == "coil.changed" and not event.data.get("corrected"):
        return coil.status == "provisional"
    return True
