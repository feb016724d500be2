"""One event is heard on every node above its source, by its type and its parents, with one EventId; and nobody's subscription stops it."""

from __future__ import annotations

import asyncio
from typing import Any

from asyncua import Client, ua

from skelp_languages.opcua.machine_vision import EventKind
from skelp_languages.opcua.upstream.events import Told
from tests.unit.languages.opcua.conftest import System, finished
from tests.unit.languages.opcua.test_states import Heard

FIELDS = [("EventId", 0), ("SourceName", 0), ("ResultId", 2), ("nothing", 2), ("CreationTime", 2)]


async def subscribe(client: Client, node: ua.NodeId, kind: ua.NodeId | None) -> Heard:
    heard = Heard()
    selected = [
        ua.SimpleAttributeOperand(ua.NodeId(2041), [ua.QualifiedName(name, space)], ua.AttributeIds.Value) for name, space in FIELDS
    ]
    wanted = ua.EventFilter(SelectClauses=selected)
    if kind is not None:
        of_type = ua.ContentFilterElement(ua.FilterOperator.OfType, [ua.LiteralOperand(ua.Variant(kind))])
        wanted.WhereClause = ua.ContentFilter([of_type])
    subscription = await client.create_subscription(20, heard)
    await subscription._subscribe(client.get_node(node), ua.AttributeIds.EventNotifier, wanted)
    return heard


def told(system: System, *asked: tuple[ua.NodeId, ua.NodeId | None]) -> list[list[Any]]:
    """What subscribers hear of one result."""

    async def scene() -> list[list[Any]]:
        async with system.client() as client:
            await client.load_data_type_definitions()
            all_heard = [await subscribe(client, *one) for one in asked]
            await system.vision.telling._announcer.result_ready(finished(), 7, repeat=True)
            await asyncio.sleep(0.2)
            return [heard.events for heard in all_heard]

    return system.run(scene())


def test_it_is_heard_on_the_server_the_vision_system_and_its_source_with_one_id(system: System) -> None:
    nodes = [ua.NodeId(ua.ObjectIds.Server), system.node(""), system.node("VisionStateMachine/AutomaticModeStateMachine")]
    heard = told(system, *((node, None) for node in nodes))
    assert [len(h) for h in heard] == [1, 1, 1]
    assert len({h[0].EventId for h in heard}) == 1
    assert {(h[0].SourceName, h[0].ResultId.Id) for h in heard} == {("AutomaticModeStateMachine", "K4711")}
    assert [len(h) for h in told(system, (system.node("VisionStateMachine"), None))] == [0]  # it comes from the automatic mode


def test_whoever_asks_for_a_type_or_its_parents_hears_it_and_others_do_not(system: System) -> None:
    server = ua.NodeId(ua.ObjectIds.Server)
    kinds = [ua.NodeId(EventKind.RESULT_READY, 2), ua.NodeId(2041), ua.NodeId(EventKind.READY, 2), ua.NodeId(2311), ua.NodeId(99999, 2)]
    assert [len(h) for h in told(system, *((server, kind) for kind in kinds))] == [1, 1, 0, 0, 0]


def test_a_field_that_is_not_there_is_null_and_pythons_own_names_are_no_fields() -> None:
    event = Told(ua.NodeId(2041), {"Severity": ua.Variant(1), "FromState/Id": ua.Variant(2)})
    paths = [["Severity"], ["FromState", "Id"], ["FromState"], ["nothing"], ["_fields"], ["emitting_node"], []]
    selected = [ua.SimpleAttributeOperand(ua.NodeId(2041), [ua.QualifiedName(n) for n in p], ua.AttributeIds.Value) for p in paths]
    assert [v.Value for v in event.to_event_fields(selected)] == [1, 2, None, None, None, None, None]


def test_a_filter_on_a_field_is_evaluated_and_one_on_a_field_that_is_not_there_hears_nothing(system: System) -> None:
    async def scene() -> list[int]:
        async with system.client() as client:
            counts = []
            for name, value in (("Severity", 300), ("Severity", 301), ("nothing", 1)):
                heard = Heard()
                operand = ua.SimpleAttributeOperand(ua.NodeId(2041), [ua.QualifiedName(name)], ua.AttributeIds.Value)
                literal = ua.LiteralOperand(ua.Variant(value, ua.VariantType.UInt16))
                wanted = ua.EventFilter(SelectClauses=[operand])
                wanted.WhereClause = ua.ContentFilter([ua.ContentFilterElement(ua.FilterOperator.Equals, [operand, literal])])
                subscription = await client.create_subscription(20, heard)
                await subscription._subscribe(client.nodes.server, ua.AttributeIds.EventNotifier, wanted)
                await system.vision.telling._announcer.result_ready(finished(), 7, repeat=True)
                await asyncio.sleep(0.1)
                counts.append(len(heard.events))
                await subscription.delete()
            return counts

    assert system.run(scene()) == [1, 0, 0]
