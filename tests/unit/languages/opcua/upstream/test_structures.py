"""Structures have their parents' fields, by the ids of their types, and the file itself stays as it is."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from asyncua import ua

from skelp_languages.opcua.nodeset import machine_vision_xml
from skelp_languages.opcua.upstream.structures import whole_structures
from tests.unit.languages.opcua.conftest import System

SPACE = {"u": "http://opcfoundation.org/UA/2011/03/UANodeSet.xsd"}
INHERITED = ["Id", "Version", "Hash", "HashAlgorithm", "Description"]


def fields(xml: str | bytes, name: str) -> list[tuple[str | None, str | None]]:
    (node,) = [n for n in ET.fromstring(xml).findall("u:UADataType", SPACE) if n.get("BrowseName") == f"1:{name}"]
    return [(f.get("Name"), f.get("DataType")) for f in node.findall("u:Definition/u:Field", SPACE)]


@pytest.mark.parametrize("name", ["ConfigurationIdDataType", "RecipeIdExternalDataType", "RecipeIdInternalDataType"])
def test_a_structure_without_fields_of_its_own_gets_its_parents(name: str) -> None:
    xml = machine_vision_xml()
    assert fields(xml, name) == []
    whole = fields(whole_structures(xml), name)
    assert [f for f, _ in whole] == INHERITED
    assert whole[0] == ("Id", "ns=1;i=3017")
    assert [f for f, _ in fields(whole_structures(xml), "BinaryIdBaseDataType")] == INHERITED


def test_everything_else_stays() -> None:
    before, after = (ET.fromstring(xml) for xml in (machine_vision_xml(), whole_structures(machine_vision_xml())))
    assert [n.get("NodeId") for n in before] == [n.get("NodeId") for n in after]
    assert len(before.findall("u:UADataType", SPACE)) == len(after.findall("u:UADataType", SPACE))
    for name in ("ResultDataType", "MeasIdDataType", "SystemStateDataType"):
        assert [f for f, _ in fields(machine_vision_xml(), name)] == [f for f, _ in fields(whole_structures(machine_vision_xml()), name)]


def test_what_a_client_sends_and_reads_has_the_types_own_id(system: System) -> None:
    for number, name in ((3002, "RecipeIdExternalDataType"), (3008, "ConfigurationIdDataType"), (3013, "RecipeIdInternalDataType")):
        kind = ua.extension_objects_by_datatype[ua.NodeId(number, 2)]
        assert (kind.__name__, kind.data_type) == (name, ua.NodeId(number, 2))
        definition = system.server.read_attribute_value(ua.NodeId(number, 2), ua.AttributeIds.DataTypeDefinition).Value.Value
        assert [f.Name for f in definition.Fields] == INHERITED
        assert definition.Fields[0].DataType == ua.NodeId(3017, 2)
