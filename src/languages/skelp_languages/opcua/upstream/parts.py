"""asyncua instantiates all optional parts of a type or none, and an optional object gets its declaration as its type (2.1.0).

So an object is made with its mandatory parts alone, and each optional part that is wanted is added by its type.
"""

from __future__ import annotations

from asyncua import Node, ua
from asyncua.common.instantiate_util import instantiate


async def add_part(parent: Node, name: ua.QualifiedName, kind: ua.NodeId, identifier: str, namespace: int) -> Node:
    """An object of type `kind` under `parent`, with its mandatory parts. Its node id is `identifier` in `namespace`."""
    return await parent.add_object(ua.NodeId(identifier, namespace), name, objecttype=kind, instantiate_optional=False)


async def add_method(parent: Node, declaration: Node, identifier: str, namespace: int) -> Node:
    """A method under `parent`, as its type declares it."""
    made = await instantiate(parent, declaration, nodeid=ua.NodeId(identifier, namespace), bname=await declaration.read_browse_name())
    return made[0]
