"""Reads the nodeset of OPC 40100-1 as the OPC Foundation published it (MIT; the file's header has the licence)."""

from __future__ import annotations

from importlib.resources import files

SHA256 = "3e67454155a9618e0981aa8b3ee248f7a9ee216f9f915b53eb26a69533c0cc62"
"""Of the file, as it is in npm's node-opcua-nodesets 2.182.0."""


def machine_vision_xml() -> bytes:
    """The nodeset file, unchanged."""
    return (files("skelp_languages.opcua") / "nodeset" / "Opc.Ua.MachineVision.NodeSet2.xml").read_bytes()
