"""What asyncua instantiates of an imported type can be written by every client, because the nodeset's declarations say so (2.1.0)."""

from __future__ import annotations

from asyncua import Server, ua

_READ = ua.Variant(ua.AccessLevel.CurrentRead.mask, ua.VariantType.Byte)


async def make_read_only(server: Server, namespaces: set[int]) -> None:
    """Let no client write a variable of these namespaces."""
    space = server.iserver.aspace
    for node in list(space.keys()):
        if node.NamespaceIndex in namespaces and ua.AttributeIds.AccessLevel in space[node].attributes:
            for attribute in (ua.AttributeIds.AccessLevel, ua.AttributeIds.UserAccessLevel):
                await server.write_attribute_value(node, ua.DataValue(_READ), attribute)
