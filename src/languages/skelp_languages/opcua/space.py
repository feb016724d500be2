"""The address space: one vision system under Objects, with the parts that a station has. What it does not offer is left out (B.1.5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from asyncua import Node, Server, ua

from skelp_languages import __version__
from skelp_languages.opcua import machine_vision as mv
from skelp_languages.opcua import nodeset
from skelp_languages.opcua.coil_type import define_coil_result
from skelp_languages.opcua.described import claim_profiles, describe
from skelp_languages.opcua.upstream.parts import add_method, add_part
from skelp_languages.opcua.upstream.structures import know_simple_types, whole_structures
from skelp_languages.opcua.values import boxed, structure

ROOT = "VisionSystem"
PROFILES = [
    f"http://opcfoundation.org/UA-Profile/External/Server/MachineVision/{name}ServerFacet"
    for name in ("BasicVisionSystem", "BasicResultHandling", "InlineResultHandling", "ProcessingTimesMetaDataHandling")
]
"""The facets that are there in full (OPC 40100-1, 13.3.2.2). That of the automatic mode would need a simulation, which a line has not."""


@dataclass(frozen=True)
class Space:
    """The nodes of the vision system. `theirs`, `ours`: indexes of the nodeset's namespace and of skelp's."""

    server: Server
    theirs: int
    ours: int
    system: Node
    machine: Node
    automatic: Node
    results: Node
    transfer: Node
    recipes: Node
    configurations: Node
    system_state: Node

    def number(self, identifier: int) -> ua.NodeId:
        """The id of a node of the nodeset."""
        return ua.NodeId(identifier, self.theirs)

    async def child(self, parent: Node, name: str) -> Node:
        """A part of a node, by its name in the nodeset."""
        return await parent.get_child(f"{self.theirs}:{name}")


async def build(server: Server, station_name: str) -> Space:
    """Load the nodeset and make the vision system. `station_name`: what clients see."""
    theirs, ours = await server.register_namespace(mv.URI), await server.register_namespace(mv.OURS)
    know_simple_types(nodeset.machine_vision_xml(), theirs)
    await server.import_xml(xmlstring=whole_structures(nodeset.machine_vision_xml()))
    await define_coil_result(server, ours)
    space = await _parts(server, theirs, ours, station_name)
    for node in (space.system, space.machine, space.automatic):
        await node.set_event_notifier([ua.EventNotifier.SubscribeToEvents])
    await server.nodes.server.add_reference(space.system, ua.ObjectIds.HasNotifier)
    for source in (space.machine, space.automatic):
        await space.system.add_reference(source, ua.ObjectIds.HasEventSource)
    for kind in mv.EventKind:
        await space.system.add_reference(space.number(kind), ua.ObjectIds.GeneratesEvent)
    await describe(server, ours, mv.OURS, __version__, datetime(2026, 11, 27, tzinfo=UTC))
    await claim_profiles(server, PROFILES)
    return space


async def _parts(server: Server, theirs: int, ours: int, station_name: str) -> Space:
    async def part(parent: Node, name: str, kind: mv.Type) -> Node:
        return await add_part(parent, ua.QualifiedName(name, theirs), ua.NodeId(kind, theirs), f"{parent.nodeid.Identifier}.{name}", ours)

    kind = ua.NodeId(mv.Type.VISION_SYSTEM, theirs)
    system = await add_part(server.nodes.objects, ua.QualifiedName(station_name, ours), kind, ROOT, ours)
    machine = await system.get_child(f"{theirs}:VisionStateMachine")
    select = server.get_node(ua.NodeId(mv.SELECT_MODE_AUTOMATIC, theirs))
    await add_method(machine, select, f"{machine.nodeid.Identifier}.SelectModeAutomatic", ours)
    results = await part(system, "ResultManagement", mv.Type.RESULT_MANAGEMENT)
    return Space(
        server,
        theirs,
        ours,
        system,
        machine,
        await part(machine, "AutomaticModeStateMachine", mv.Type.AUTOMATIC_MODE),
        results,
        await part(results, "ResultTransfer", mv.Type.RESULT_TRANSFER),
        await part(system, "RecipeManagement", mv.Type.RECIPE_MANAGEMENT),
        await part(system, "ConfigurationManagement", mv.Type.CONFIGURATION_MANAGEMENT),
        await system.add_variable(
            ua.NodeId(f"{ROOT}.SystemState", ours),
            ua.QualifiedName("SystemState", theirs),
            boxed(structure("SystemStateDescriptionDataType", State=ua.SystemStateDataType.NST_6, StateDescription="starting")),
            datatype=ua.NodeId(mv.SYSTEM_STATE_TYPE, theirs),
        ),
    )
