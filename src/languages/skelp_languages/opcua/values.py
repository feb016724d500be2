"""Values as OPC UA sends them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asyncua import ua

Structure = Any
"""A structure of the nodeset. asyncua makes their classes when it imports the nodeset, so no type checker knows them."""


def structure(name: str, **fields: Any) -> Structure:
    """A structure of the nodeset by the name of its data type. Fields that are optional and not given are left out."""
    return getattr(ua, name)(**fields)


def boxed(value: Structure) -> ua.Variant:
    """A structure as a value."""
    return ua.Variant(value, ua.VariantType.ExtensionObject)


def boxes(values: Sequence[Structure]) -> ua.Variant:
    """An array of structures as a value."""
    return ua.Variant(list(values), ua.VariantType.ExtensionObject, is_array=True)


def number(value: int) -> ua.Variant:
    """An Int32: a method's error, or a result's state."""
    return ua.Variant(int(value), ua.VariantType.Int32)


def count(value: int) -> ua.Variant:
    """A UInt32."""
    return ua.Variant(value, ua.VariantType.UInt32)


def truth(value: bool) -> ua.Variant:
    """A Boolean."""
    return ua.Variant(value, ua.VariantType.Boolean)


def text(value: str) -> ua.Variant:
    """A text in English."""
    return ua.Variant(ua.LocalizedText(value, "en"), ua.VariantType.LocalizedText)


def node(value: ua.NodeId) -> ua.Variant:
    """The id of a node."""
    return ua.Variant(value, ua.VariantType.NodeId)


def moment(value: datetime) -> ua.Variant:
    """A time."""
    return ua.Variant(value, ua.VariantType.DateTime)


def asked_id(given: Structure | None) -> str:
    """The id in one of the nodeset's id structures that a client sent; empty if it sent none."""
    return "" if given is None else str(given.Id or "").strip()


class Handles:
    """Handles of what methods give. A client may name one to say that it needs it no longer; nothing is held for it here."""

    def __init__(self) -> None:
        self._last = 0

    def new(self) -> ua.Variant:
        """The next one. 0 means none."""
        self._last = self._last % 0xFFFFFFFF + 1
        return count(self._last)
