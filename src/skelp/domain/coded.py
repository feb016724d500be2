"""Converts values with a code and typed arguments to plain dictionaries for JSON, and back.

Reasons and events are such values. Codes and arguments leave the process; sentences are made at the edge (skelp.render.words).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


def key_of(name: str) -> str:
    """The key of a field. Python does not allow a field to be named `class`."""
    return "class" if name == "class_name" else name


def plain(value: Any) -> dict[str, Any]:
    """A frozen dataclass as a dictionary that JSON can hold. Fields that are None are left out."""
    kind: Any = type(value)
    named = ((key, getattr(value, name)) for key, name in _keys(kind))
    return {key: _plain(v) for key, v in named if v is not None}


@functools.cache
def _keys(kind: Any) -> tuple[tuple[str, str], ...]:
    """The key and the name of each field of a dataclass."""
    return tuple((key_of(f.name), f.name) for f in fields(kind))


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, str | int | float):
        return value
    if hasattr(value, "coded"):
        return value.plain
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return plain(value) if is_dataclass(value) else value


def restored(kind: type[T], data: Mapping[str, Any]) -> T:
    """The value of a frozen dataclass from its plain form; keys that it does not have are ignored.

    Raises KeyError for an unknown code, TypeError for a missing argument, ValueError for an unknown member of an enumeration.
    """
    known: Any = kind  # functools.cache wants a Hashable, which mypy does not see in type[T]
    values = {name: _restored(hint, data[key]) for name, (key, hint) in _hints(known).items() if key in data}
    return kind(**values)


@functools.cache
def _hints(kind: Any) -> dict[str, tuple[str, Any]]:
    hints = get_type_hints(kind)
    return {f.name: (key_of(f.name), hints[f.name]) for f in fields(kind)}


def _restored(hint: Any, raw: Any) -> Any:
    if get_origin(hint) is tuple:
        return tuple(_restored(get_args(hint)[0], r) for r in raw)
    if isinstance(hint, UnionType):
        return None if raw is None else _restored(next(a for a in get_args(hint) if a is not type(None)), raw)
    if hasattr(hint, "coded"):
        return hint.coded(raw["code"], raw.get("args", {}))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(raw)
    return raw
