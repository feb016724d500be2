"""Sends events of OPC 40100-1 to whoever subscribed to the server, to the vision system, or to the state machine that they come from."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from asyncua import Node, ua

from skelp_languages.opcua.finished import Finished
from skelp_languages.opcua.machine_vision import TRANSITIONS, EventKind
from skelp_languages.opcua.results import event_fields, job_of, result
from skelp_languages.opcua.space import Space
from skelp_languages.opcua.upstream.events import send
from skelp_languages.opcua.values import boxed, node, text

_SEVERITY = {
    EventKind.ERROR: 800,
    EventKind.ERROR_RESOLVED: 300,
    EventKind.RESULT_READY: 300,
    EventKind.STATE_CHANGED: 200,
    EventKind.JOB_STARTED: 100,
    EventKind.READY: 100,
    EventKind.ACQUISITION_DONE: 100,
}

log = structlog.get_logger()


class Announcer:
    """Sends events. Each is one for all subscribers: it has one EventId on whatever node it is heard."""

    def __init__(self, space: Space) -> None:
        self._space = space

    async def result_ready(self, finished: Finished, seq: int, *, repeat: bool) -> None:
        """A result is there, a provisional one, a final one, or one that another decision changed."""
        coil = finished.coil
        said = f"{'part of the result' if finished.is_partial else 'result'} of coil {coil.name}: {coil.stands}"
        await self._send(EventKind.RESULT_READY, self._space.automatic, said, event_fields(result(finished, seq, repeat=repeat)))
        log.info("told a result", coil_id=coil.coil_id, seq=seq, state=finished.state.name.lower(), repeat=repeat)

    async def job(self, kind: EventKind, coil_id: str) -> None:
        """A coil began, its steel has passed, or the station is ready for one (`coil_id` is that of the last one, or empty)."""
        said = {EventKind.JOB_STARTED: "coil {} runs", EventKind.ACQUISITION_DONE: "coil {} has passed"}.get(kind, "no coil runs")
        await self._send(kind, self._space.automatic, said.format(coil_id), {"JobId": boxed(job_of(coil_id))})

    async def transition(self, kind: EventKind, message: str, name: str, before: tuple[str, int], after: tuple[str, int]) -> None:
        """A state was left for another one: the name and the number of each."""
        inner = not {before[0], after[0]} & {"Preoperational", "Error", "Halted"}
        await self._send(kind, self._space.automatic if inner else self._space.machine, message, {
            "Transition": text(name),
            "Transition/Id": node(self._space.number(TRANSITIONS[name])),
            "FromState": text(before[0]),
            "FromState/Id": node(self._space.number(before[1])),
            "ToState": text(after[0]),
            "ToState/Id": node(self._space.number(after[1])),
        })  # fmt: skip

    async def _send(self, kind: EventKind, source: Node, message: str, fields: Mapping[str, ua.Variant]) -> None:
        name = (await source.read_browse_name()).Name
        await send(
            self._space.server, self._space.number(kind), source.nodeid, name, [self._space.system.nodeid], _SEVERITY[kind], message, fields
        )
