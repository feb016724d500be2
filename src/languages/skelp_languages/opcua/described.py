"""What the server says of itself: the metadata of skelp's own namespace, and its profiles. The nodeset brings its own metadata."""

from __future__ import annotations

from datetime import datetime

from asyncua import Server, ua


async def describe(server: Server, namespace: int, uri: str, version: str, published: datetime) -> None:
    """Add the NamespaceMetadata of a namespace. `namespace`: that of the new nodes."""
    node = await server.nodes.server.get_child("0:Namespaces")
    metadata = await node.add_object(
        ua.NodeId(f"Namespaces.{uri}", namespace),
        ua.QualifiedName(uri, namespace),
        objecttype=ua.ObjectIds.NamespaceMetadataType,
        instantiate_optional=False,
    )
    for name, value, kind in (
        ("NamespaceUri", uri, ua.VariantType.String),
        ("NamespaceVersion", version, ua.VariantType.String),
        ("NamespacePublicationDate", published, ua.VariantType.DateTime),
        ("IsNamespaceSubset", False, ua.VariantType.Boolean),
    ):
        await (await metadata.get_child(f"0:{name}")).write_value(value, kind)


async def claim_profiles(server: Server, profiles: list[str]) -> None:
    """Say which profiles the server has."""
    node = server.get_node(ua.ObjectIds.Server_ServerCapabilities_ServerProfileArray)
    await node.write_value(profiles, ua.VariantType.String)
