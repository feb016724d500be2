"""Reads JSON into records, and refuses what does not fit their types. Fields that a record does not have are left out."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar

from skelp_client.errors import NotUnderstood
from skelp_client.records import WIRE

R = TypeVar("R")


def read(record: type[R], value: Any) -> R:
    """The record in a JSON document. Raises NotUnderstood, with the place of what does not fit."""
    made: R = _read(record, value, record.__name__)
    return made


@cache
def types_of(record: type) -> Mapping[str, tuple[Field[Any], Any]]:
    """Field and type of each field of a record, by its name on the wire."""
    hints = typing.get_type_hints(record)
    return {f.metadata.get(WIRE, f.name): (f, hints[f.name]) for f in fields(record)}


def _read(hint: Any, value: Any, where: str) -> Any:
    if is_dataclass(hint):
        return _record(typing.cast(type, hint), _as(dict, value, where), where)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is None:
        return _plain(hint, value, where)
    if origin is Literal:
        return value if value in arguments else _refuse(f"one of {', '.join(arguments)}", value, where)
    if origin is tuple:
        return tuple(_read(arguments[0], v, f"{where}[{n}]") for n, v in enumerate(_as(list, value, where)))
    if origin is Mapping:
        return {key: _read(arguments[1], v, f"{where}.{key}") for key, v in _as(dict, value, where).items()}
    return _one_of(arguments, value, where)


def _plain(hint: Any, value: Any, where: str) -> Any:
    if hint is Any:
        return value
    return float(_as(int | float, value, where)) if hint is float else _as(hint, value, where)


def _record(record: type, value: dict[str, Any], where: str) -> Any:
    given = {}
    for name, (field, hint) in types_of(record).items():
        if name in value:
            given[field.name] = _read(hint, value[name], f"{where}.{name}")
        elif field.default is MISSING:
            raise NotUnderstood(f"{where} has no {name}; is a skelp station of this client's version at this address?")
    return record(**given)


def _one_of(hints: tuple[Any, ...], value: Any, where: str) -> Any:
    """A value of a union: null, a number, a text, or a record. An integer stays one where the union has both."""
    if value is None and type(None) in hints:
        return None
    others = [h for h in hints if h is not type(None)]
    exact = next((h for h in others if h is type(value)), others[0])
    return _read(exact, value, where)


def _as(kind: Any, value: Any, where: str) -> Any:
    fits = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    return value if fits else _refuse(getattr(kind, "__name__", "number"), value, where)


def _refuse(expected: str, value: Any, where: str) -> Any:
    raise NotUnderstood(f"{where} is {str(value)[:80]!r}, not {expected}; is a skelp station of this client's version at this address?")
