"""The vision state machine is where the station is, and comes there by transitions of the nodeset alone."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from asyncua import ua
from hypothesis import given
from hypothesis import strategies as st

from skelp_client import StationStatus
from skelp_languages.opcua import machine_vision as mv
from skelp_languages.opcua.nodeset import machine_vision_xml
from skelp_languages.opcua.states import AWAY, READY, Where, moves, where
from tests.unit.languages.opcua.conftest import System, status

ERROR = Where("Error", why="camera.lost: camera top-1 sends nothing")
K1, K2 = (Where("Operational", "ContinuousExecution", coil) for coil in ("K1", "K2"))
PLACES = [AWAY, READY, ERROR, K1, K2]
SPACE = {"u": "http://opcfoundation.org/UA/2011/03/UANodeSet.xsd"}


@pytest.mark.parametrize(
    ("found", "place"),
    [(None, AWAY), (status(), READY), (status("K1"), K1), (status("K1", ready=False), ERROR), (status(ready=False), ERROR)],
)
def test_the_place_follows_from_what_the_station_answers(found: StationStatus | None, place: Where) -> None:
    assert where(found) == place
    assert where(found).why == place.why


@given(st.sampled_from(PLACES), st.sampled_from(PLACES), st.booleans())
def test_every_way_leads_there_by_transitions_that_begin_where_the_last_one_ended(start: Where, end: Where, asked: bool) -> None:
    at = start
    for move in moves(start, end, asked=asked):
        from_state, _, to_state = move.transition.partition("To")
        assert from_state in (at.state, at.name)
        assert to_state.startswith((move.to.name, move.to.state))
        assert move.transition in mv.TRANSITIONS
        at = move.to
    assert at == end


def test_numbers_of_states_and_transitions_are_those_of_the_nodeset() -> None:
    nodes = {n.get("NodeId"): n.get("BrowseName") for n in ET.fromstring(machine_vision_xml()).iter() if n.get("NodeId")}
    for name, number in {**mv.STATES, **mv.AUTOMATIC_STATES, **mv.TRANSITIONS}.items():
        assert nodes[f"ns=1;i={number}"] == f"1:{name}"


def test_one_coil_after_another_is_a_job_each() -> None:
    assert [m.transition for m in moves(K1, K2)] == ["ContinuousExecutionToReadyAuto", "ReadyToContinuousExecutionAuto"]


class Heard:
    """Events as a subscriber of a node hears them."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def event_notification(self, event: Any) -> None:
        self.events.append(event)


def test_states_are_read_and_heard_with_the_error_and_its_end(system: System) -> None:
    fields = [[ua.QualifiedName(name)] for name in ("EventType", "Message", "Transition")] + [[ua.QualifiedName("JobId", 2)]]

    async def scene() -> list[tuple[int, str, str | None, str | None]]:
        heard = Heard()
        async with system.client() as client:
            await client.load_data_type_definitions()
            subscription = await client.create_subscription(20, heard)
            wanted = ua.EventFilter(
                SelectClauses=[ua.SimpleAttributeOperand(ua.NodeId(2041), path, ua.AttributeIds.Value) for path in fields]
            )
            await subscription._subscribe(client.nodes.server, ua.AttributeIds.EventNotifier, wanted)
            for now in (status("K1"), status("K1", ready=False), status(), status("K2")):
                system.station.now = now
                await system.vision.looking.now()
            system.station.away = True
            await system.vision.looking.now()
            while len(heard.events) < 12:
                await _a_moment()
            return [
                (e.EventType.Identifier, e.Message.Text, getattr(e.Transition, "Text", None), getattr(e.JobId, "Id", None))
                for e in heard.events
            ]

    kind = mv.EventKind
    told = system.run(scene())
    assert [t[0] for t in told] == [
        kind.STATE_CHANGED, kind.JOB_STARTED,
        kind.ACQUISITION_DONE, kind.ERROR, kind.STATE_CHANGED,
        kind.ERROR_RESOLVED, kind.STATE_CHANGED, kind.READY,
        kind.STATE_CHANGED, kind.JOB_STARTED,
        kind.ACQUISITION_DONE, kind.STATE_CHANGED,
    ]  # fmt: skip
    assert told[3][1] == "camera.lost: camera top-1 sends nothing"
    assert told[3][2] == "OperationalToErrorAuto"
    assert (told[1][3], told[2][3], told[-2][3]) == ("K1", "K1", "K2")
    assert system.read("VisionStateMachine/CurrentState").Value.Value.Text == "Preoperational"
    inner = system.read("VisionStateMachine/AutomaticModeStateMachine/CurrentState")
    assert inner.StatusCode.value == ua.StatusCodes.BadStateNotActive


async def _a_moment() -> None:
    await asyncio.sleep(0.02)
