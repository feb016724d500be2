"""Tells what the feed has: a result as a ResultReady event. It is told when the event was handed to the subscriptions."""

from __future__ import annotations

from skelp_client import Event
from skelp_languages.following import RESULTS, Told, is_result
from skelp_languages.opcua.announcer import Announcer
from skelp_languages.opcua.asked import AskedStation
from skelp_languages.opcua.finished import Finished
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
        found = await self._station.finished(told.event.coil_id) if told.event.kind in RESULTS else None
        if found is not None and says_a_result(told.event, found):
            await self._announcer.result_ready(found, told.event.seq, repeat=told.repeat)


def says_a_result(event: Event, found: Finished) -> bool:
    """Whether an event says that there is a result, or another one, of a coil as it is now.

    A coil that has passed is told as a part. If it is final when that event is read, `coil.final` comes next and tells it.
    """
    return is_result(event) or found.is_partial
