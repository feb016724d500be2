"""asyncua sends an event to the subscribers of one node alone, and its event templates lose the types of fields (2.1.0).

OPC 10000-3, 6.7: an event of a node is one of every node above it by HasNotifier (opcua-asyncio #105, open since 2019). So it is sent
once for each of them, with one EventId. The templates give UtcTime, and whatever has no value in the nodeset, no type; and a client
that asks for a field with the name of one of Python's attributes ends the sending to all others. So an event is made without them.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from asyncua import Server, ua


class Told:
    """An event as asyncua's subscriptions take it. `fields`: what it says, by the names of its browse paths, joined with `/`."""

    def __init__(self, kind: ua.NodeId, fields: Mapping[str, ua.Variant]) -> None:
        self.EventType = kind
        self.emitting_node = ua.NodeId()
        self._fields = fields

    def field(self, path: Sequence[ua.QualifiedName]) -> ua.Variant:
        """What the event says at a browse path; null if it says nothing there."""
        return self._fields.get("/".join(str(name.Name) for name in path), ua.Variant(None))

    def to_event_fields(self, select_clauses: Sequence[ua.SimpleAttributeOperand]) -> list[ua.Variant]:
        """What a subscriber asked for."""
        return [self.field(clause.BrowsePath) if clause.BrowsePath else ua.Variant(None) for clause in select_clauses]


async def send(
    server: Server,
    kind: ua.NodeId,
    source: ua.NodeId,
    name: str,
    above: Sequence[ua.NodeId],
    severity: int,
    message: str,
    fields: Mapping[str, ua.Variant],
) -> bytes:
    """Send an event of `source` to the subscribers of it, of the nodes `above` it and of the server. Returns its EventId."""
    event_id, now, types = secrets.token_bytes(16), datetime.now(UTC), ua.VariantType
    told = Told(kind, {
        "EventId": ua.Variant(event_id, types.ByteString),
        "EventType": ua.Variant(kind, types.NodeId),
        "SourceNode": ua.Variant(source, types.NodeId),
        "SourceName": ua.Variant(name, types.String),
        "Time": ua.Variant(now, types.DateTime),
        "ReceiveTime": ua.Variant(now, types.DateTime),
        "Message": ua.Variant(ua.LocalizedText(message, "en"), types.LocalizedText),
        "Severity": ua.Variant(severity, types.UInt16),
        **fields,
    })  # fmt: skip
    for node in dict.fromkeys([source, *above, ua.NodeId(ua.ObjectIds.Server)]):
        told.emitting_node = node
        await server.iserver.subscription_service.trigger_event(told)
    return event_id
