"""Sets GenICam features in order and reads them back."""

from __future__ import annotations

import math
from typing import Any

from genicam import genapi

from skelp.capture.genicam.settings import EXECUTE, CameraSettings, Value
from skelp.domain.errors import SkelpError


class FeatureError(SkelpError):
    """The camera does not have a feature, or refuses its value."""


def apply(nodes: Any, settings: CameraSettings) -> None:
    """Sets every feature of a camera file and reads it back. `nodes`: the camera's GenICam node map.

    Raises FeatureError, which names the feature, the value and what the camera allows.
    """
    for name, value in settings.in_order:
        _set(nodes, name, value)


def _set(nodes: Any, name: str, value: Value) -> None:
    if not nodes.has_node(name):
        raise FeatureError(f"the camera has no feature {name}; remove it from the camera file, or look up what this model calls it")
    node = nodes.get_node(name)
    try:
        if isinstance(node, genapi.ICommand):
            if value != EXECUTE:
                raise FeatureError(f'{name} is a command; its value in the camera file must be "{EXECUTE}", got {value!r}')
            node.execute()
            return
        node.value = value
        actual = node.value
    except (genapi.GenericException, TypeError, ValueError) as error:
        raise FeatureError(f"the camera refuses {name} = {value!r}; {_allowed(node)} ({_first_part(error)})") from error
    if not _is_close(actual, value):
        raise FeatureError(f"{name} was set to {value!r}, but the camera reports {actual!r}; {_allowed(node)}")


def _is_close(actual: object, value: Value) -> bool:
    """Compares with a tolerance of 1/1000, because a camera rounds a rate or a time to its clock."""
    if isinstance(actual, float) and isinstance(value, int | float):
        return math.isclose(actual, value, rel_tol=1e-3)
    return actual == value


def _allowed(node: Any) -> str:
    """Describes the values that a feature accepts now."""
    try:
        if isinstance(node, genapi.IEnumeration):
            return f"it accepts one of {', '.join(node.symbolics)}"
        if isinstance(node, genapi.IBoolean):
            return "it accepts true or false"
        if isinstance(node, genapi.IInteger | genapi.IFloat):
            step = f" in steps of {node.inc}" if isinstance(node, genapi.IInteger) and node.inc > 1 else ""
            return f"it accepts {node.min} to {node.max}{step}"
    except genapi.GenericException:
        pass  # the limits cannot be read now
    return "it cannot be written now"


def _first_part(error: Exception) -> str:
    """Returns a GenICam error without the file and line of its source."""
    return str(error).split(" : ")[0].strip()
