"""asyncua does not add inherited fields to a structure (2.1.0)."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET

_SPACE = {"u": "http://opcfoundation.org/UA/2011/03/UANodeSet.xsd"}


def whole_structures(nodeset: bytes) -> str:
    """A nodeset in which every structure lists the fields of its parents too.

    The subtypes of the abstract BinaryIdBaseDataType list none of their own. asyncua takes them for other names of it: their type id on
    the wire is wrong, what a client sends is not decoded, and they have no DataTypeDefinition.
    """
    ET.register_namespace("", _SPACE["u"])
    root = ET.fromstring(nodeset)  # noqa: S314 - a file of this package
    types = {node.get("NodeId", ""): node for node in root.findall("u:UADataType", _SPACE)}
    definitions = {name: node.find("u:Definition", _SPACE) for name, node in types.items()}
    structures = {
        name: definition
        for name, definition in definitions.items()
        if definition is not None and definition.find("u:Field[@Value]", _SPACE) is None
    }

    def fields(name: str) -> list[ET.Element]:
        own = list(structures[name]) if name in structures else []
        return [field for parent in _parents(types[name]) if parent in types for field in fields(parent)] + own

    whole = {name: [copy.deepcopy(field) for field in fields(name)] for name in structures}
    for name, definition in structures.items():
        definition[:] = whole[name]
    return ET.tostring(root, encoding="unicode")


def _parents(node: ET.Element) -> list[str]:
    references = node.findall("u:References/u:Reference[@ReferenceType='HasSubtype'][@IsForward='false']", _SPACE)
    return [reference.text or "" for reference in references]
