"""asyncua's filter OfType takes the exact event type only, and a field that an event does not have stops a filter (2.1.0).

OPC 10000-4 says: of the type or of a subtype. A client that asks for BaseEventType would hear nothing.
"""

from __future__ import annotations

from typing import Any

from asyncua import ua
from asyncua.server import monitored_item_service

from skelp_languages.opcua.upstream.events import Told


class Evaluator(monitored_item_service.WhereClauseEvaluator):  # type: ignore[misc]
    """The filter of an event subscription, as OPC 10000-4 says."""

    def _eval_el(self, index: int, event: Any) -> Any:
        element = self.elements[index]
        if element.FilterOperator != ua.FilterOperator.OfType:
            return super()._eval_el(index, event)
        wanted, kind = self._eval_op(element.FilterOperands[0], event), event.EventType
        while kind is not None and kind != wanted:
            kind = self._parent(kind)
        return kind is not None

    def _eval_op(self, op: Any, event: Any) -> Any:
        if isinstance(op, ua.SimpleAttributeOperand) and op.BrowsePath and isinstance(event, Told):
            return event.field(op.BrowsePath).Value
        return super()._eval_op(op, event)

    def _parent(self, kind: ua.NodeId) -> ua.NodeId | None:
        subtype = ua.NodeId(ua.ObjectIds.HasSubtype)
        references = self._aspace[kind].references if kind in self._aspace else []
        return next((r.NodeId for r in references if r.ReferenceTypeId == subtype and not r.IsForward), None)


def let_subtypes_through() -> None:
    """Use this filter for all event subscriptions that are made from now on, in this process."""
    monitored_item_service.WhereClauseEvaluator = Evaluator
