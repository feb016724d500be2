"""GenICam features, set in order and read back."""

from __future__ import annotations

import math
from typing import Any

from genicam import genapi

from skelp.capture.genicam.settings import EXECUTE, CameraSettings, Value
from skelp.domain.errors import SkelpError


class FeatureError(SkelpError):
    """A feature that the camera has not, or will not take."""


def apply(nodes: Any, settings: CameraSettings) -> None:
    """Set every feature and read it back. Raises FeatureError that names feature, value and what the camera allows."""
    for name, value in settings.in_order:
        _set(nodes, name, value)


def _set(nodes: Any, name: str, value: Value) -> None:
    if not nodes.has_node(name):
        raise FeatureError(f"the camera has no feature {name}; take it out of the camera file, or look up what this model calls it")
    node = nodes.get_node(name)
    try:
        if isinstance(node, genapi.ICommand):
            if value != EXECUTE:
                raise FeatureError(f'{name} is a command: its value in the camera file must be "{EXECUTE}"')
            node.execute()
            return
        node.value = value
        found = node.value
    except (genapi.GenericException, TypeError, ValueError) as error:
        raise FeatureError(f"{name} = {value!r} is refused by the camera: {_allowed(node)} ({_first_words(error)})") from error
    if not _same(found, value):
        raise FeatureError(f"{name} was set to {value!r}, the camera says {found!r}: {_allowed(node)}")


def _same(found: object, value: Value) -> bool:
    """A camera rounds a rate or a time to its clock: within one in a thousand it did as told."""
    if isinstance(found, float) and isinstance(value, int | float):
        return math.isclose(found, value, rel_tol=1e-3)
    return found == value


def _allowed(node: Any) -> str:
    """What a feature may be, in words."""
    try:
        if isinstance(node, genapi.IEnumeration):
            return f"it takes one of {', '.join(node.symbolics)}"
        if isinstance(node, genapi.IBoolean):
            return "it takes true or false"
        if isinstance(node, genapi.IInteger | genapi.IFloat):
            step = f" in steps of {node.inc}" if isinstance(node, genapi.IInteger) and node.inc > 1 else ""
            return f"it takes {node.min} to {node.max}{step}"
    except genapi.GenericException:
        pass  # the node does not even tell its limits now
    return "it cannot be written now"


def _first_words(error: Exception) -> str:
    return str(error).split(" : ")[0].strip()
