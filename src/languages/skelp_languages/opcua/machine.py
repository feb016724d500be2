"""The vision state machine: it follows the station, says so in the address space, and opens and closes the methods."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import structlog
from asyncua import Node, ua

from skelp_languages.opcua import machine_vision as mv
from skelp_languages.opcua.announcer import Announcer
from skelp_languages.opcua.space import Space
from skelp_languages.opcua.states import AWAY, Move, Where, moves
from skelp_languages.opcua.upstream.methods import set_executable
from skelp_languages.opcua.values import boxed, structure, text

log = structlog.get_logger()


class Machine:
    """Where the station is. One task at a time moves it."""

    def __init__(self, space: Space, announcer: Announcer) -> None:
        self._space, self._announcer = space, announcer
        self._moving = asyncio.Lock()
        self.at = AWAY

    async def begin(self) -> None:
        """Say that it is Preoperational: the station was not asked yet."""
        await self._write(AWAY)

    async def go(self, to: Where, *, asked: bool = False) -> None:
        """Come to where the station is, by the transitions of the standard. `asked`: a method caused it."""
        async with self._moving:
            for move in moves(self.at, to, asked=asked):
                await self._make(move)
            if self.at.why != to.why:
                self.at = to
                await self._write(to)

    async def _make(self, move: Move) -> None:
        before, self.at = self.at, move.to
        await self._write(move.to)
        log.info("the vision system is in another state", state=move.to.name, transition=move.transition, why=move.to.why)
        await self._tell(move, before)

    async def _tell(self, move: Move, before: Where) -> None:
        after, kind = move.to, mv.EventKind
        ends = (_numbered(before), _numbered(after))
        if before.coil is not None:
            await self._announcer.job(kind.ACQUISITION_DONE, before.coil)
        if before.state == "Error" and after.state != "Error":
            await self._announcer.transition(kind.ERROR_RESOLVED, "the station inspects again", move.transition, *ends)
        if after.state == "Error":
            await self._announcer.transition(kind.ERROR, after.why, move.transition, *ends)
        await self._announcer.transition(kind.STATE_CHANGED, f"{before.name} to {after.name}", move.transition, *ends)
        if after.coil is not None:
            await self._announcer.job(kind.JOB_STARTED, after.coil)
        if after.automatic == "Ready" and not move.silent:
            await self._announcer.job(kind.READY, before.coil or "")

    async def _write(self, where: Where) -> None:
        await self._write_state(self._space.machine, where.state, mv.STATES[where.state])
        inner = where.automatic
        await self._write_state(self._space.automatic, inner, mv.AUTOMATIC_STATES[inner] if inner else None)
        await self._space.system_state.write_value(
            boxed(structure("SystemStateDescriptionDataType", State=_semi_e10(where), StateDescription=where.why or where.name))
        )
        for machine, name, executable in (
            (self._space.machine, "SelectModeAutomatic", where.state == "Preoperational"),
            (self._space.automatic, "StartContinuous", where.automatic == "Ready"),
            (self._space.automatic, "Stop", where.coil is not None),
        ):
            await set_executable(self._space.server, await self._space.child(machine, name), executable)

    async def _write_state(self, machine: Node, name: str | None, number: int | None) -> None:
        """A machine that is not active has no state: BadStateNotActive."""
        current = await machine.get_child("0:CurrentState")
        identifier = await current.get_child("0:Id")
        status = ua.StatusCode(ua.StatusCodes.BadStateNotActive if number is None else ua.StatusCodes.Good)
        value = ua.Variant(ua.NodeId() if number is None else self._space.number(number), ua.VariantType.NodeId)
        for node, shown in ((identifier, value), (current, text(name or ""))):
            now = ua.DataValue(shown, StatusCode=status, SourceTimestamp=datetime.now(UTC))
            await self._space.server.write_attribute_value(node.nodeid, now)


def _numbered(where: Where) -> tuple[str, int]:
    return where.name, {**mv.STATES, **mv.AUTOMATIC_STATES}[where.name]


def _semi_e10(where: Where) -> ua.Enumeration:
    """The state as SEMI E10 names it: productive, standby, unscheduled down, not scheduled."""
    states = ua.SystemStateDataType
    by_state = {"Error": states.UDT_5, "Preoperational": states.NST_6}
    return by_state.get(where.state, states.SBY_2 if where.coil is None else states.PRD_1)
