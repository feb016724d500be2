"""asyncua does not add inherited fields to a structure, and takes a data type of namespace 0 for one of the nodeset's own (2.1.0)."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET

from asyncua import ua

_SPACE = {"u": "http://opcfoundation.org/UA/2011/03/UANodeSet.xsd"}


def whole_structures(nodeset: bytes) -> str:
    """A nodeset in which every structure lists the fields of its parents too.

    The subtypes of the abstract BinaryIdBaseDataType list none of their own. asyncua takes them for other names of it: their type id on
    the wire is wrong, what a client sends is not decoded, and they have no DataTypeDefinition.

    The data type of each field is given by its id: asyncua looks up a name in namespace 0 first, where TrimmedString is another type than
    the nodeset's. `know_simple_types` has to be called before the import.
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

    aliases = {alias.get("Alias", ""): alias.text or "" for alias in root.findall("u:Aliases/u:Alias", _SPACE)}
    whole = {name: [copy.deepcopy(field) for field in fields(name)] for name in structures}
    for field in (field for own in whole.values() for field in own):
        kind = field.get("DataType", "")
        if kind in aliases:
            field.set("DataType", aliases[kind])
    for name, definition in structures.items():
        definition[:] = whole[name]
    return ET.tostring(root, encoding="unicode")


def know_simple_types(nodeset: bytes, namespace: int) -> None:
    """Let asyncua know the simple types of a nodeset that have the name of one of namespace 0. `namespace`: the nodeset's index."""
    for node in ET.fromstring(nodeset).findall("u:UADataType", _SPACE):  # noqa: S314 - a file of this package
        name = (node.get("BrowseName") or "").rpartition(":")[2]
        known = getattr(ua, name, None)
        if node.find("u:Definition", _SPACE) is None and known is not None:
            ua.register_basetype(name, ua.NodeId(int((node.get("NodeId") or "").rpartition("i=")[2]), namespace), known)


def _parents(node: ET.Element) -> list[str]:
    references = node.findall("u:References/u:Reference[@ReferenceType='HasSubtype'][@IsForward='false']", _SPACE)
    return [reference.text or "" for reference in references]
