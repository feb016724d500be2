"""The methods of the state machines: a client that may announce coils starts and ends one. What a station does not do is not executable."""

from __future__ import annotations

import re

from skelp_client import StationError
from skelp_languages.opcua.asked import AskedStation
from skelp_languages.opcua.looking import Looking
from skelp_languages.opcua.machine import Machine
from skelp_languages.opcua.machine_vision import Answer
from skelp_languages.opcua.methods import COILS, Methods
from skelp_languages.opcua.results import job_of
from skelp_languages.opcua.space import Space
from skelp_languages.opcua.states import AWAY
from skelp_languages.opcua.upstream.callers import caller
from skelp_languages.opcua.upstream.methods import Outputs
from skelp_languages.opcua.values import Structure, asked_id, boxed, number

_COIL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_CONFLICT = 409
_BAD_REQUEST = 422


class ControlMethods:
    """What the methods of the vision state machine and of the automatic mode do."""

    def __init__(self, station: AskedStation, machine: Machine, looking: Looking) -> None:
        self._station, self._machine, self._looking = station, machine, looking

    async def offer(self, methods: Methods, space: Space) -> None:
        await methods.offer(space.machine, COILS, self.reset)
        await methods.offer(space.machine, COILS, self.select_mode_automatic)
        await methods.close_all(space.machine, "Halt")
        await methods.offer(space.automatic, COILS, self.start_continuous)
        await methods.offer(space.automatic, COILS, self.stop)
        await methods.close_all(space.automatic, "StartSingleJob", "Abort")

    async def reset(self, _cause: int, _why: str | None) -> Outputs:
        """Go to Preoperational, and look at the station anew. The inspection goes on, whatever a client wants."""
        await self._machine.go(AWAY, asked=True)
        self._looking.soon()
        return [number(Answer.OK)]

    async def select_mode_automatic(self) -> Outputs:
        """The automatic mode is the only one: look at the station, and go where it is."""
        await self._looking.now()
        return [number(Answer.OK if self._machine.at != AWAY else Answer.STATION_AWAY)]

    async def start_continuous(
        self,
        meas: Structure | None,
        part: Structure | None,
        recipe: Structure | None,
        product: Structure | None,
        parameters: list[object] | None,
    ) -> Outputs:
        """Announce a coil in the caller's name."""
        coil_id, measured = asked_id(part), asked_id(meas)
        answer = Answer.OK
        if not _COIL_ID.fullmatch(coil_id):
            answer = Answer.BAD_PART
        elif measured not in ("", coil_id):
            answer = Answer.BAD_MEASUREMENT
        elif asked_id(recipe):
            answer = Answer.RECIPE_NOT_CHOSEN
        elif parameters:
            answer = Answer.PARAMETERS
        else:
            answer = await self._changed(coil_id, asked_id(product))
        return [boxed(job_of(coil_id if answer == Answer.OK else "")), number(answer)]

    async def stop(self, _cause: int, _why: str | None) -> Outputs:
        """End the coil that runs, in the caller's name. All that was seen of it counts."""
        await self._looking.now()  # another coil may have begun since the last look
        coil_id = self._machine.at.coil
        return [number(Answer.REFUSED if coil_id is None else await self._changed(coil_id, None))]

    async def _changed(self, coil_id: str, product: str | None) -> Answer:
        """Announce a coil, or end it (`product` None). Raises ClientError where the station does not say that it refuses it."""
        secret = caller().secret
        if secret is None:
            return Answer.REFUSED
        try:
            if product is None:
                await self._station.finish(secret, coil_id)
            else:
                await self._station.announce(secret, coil_id, product)
        except StationError as error:
            if error.status not in (_CONFLICT, _BAD_REQUEST):
                raise
            return Answer.REFUSED
        await self._looking.now(asked=True)
        return Answer.OK
