"""What a call is: method, path, what is sent, how the answer is read, and whether it may be sent twice. It does no input or output."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from skelp_client.errors import NotUnderstood
from skelp_client.reading import read

T = TypeVar("T")
V1 = "/api/v1"


def given(known: Mapping[str, Any]) -> dict[str, Any]:
    """What is not None."""
    return {name: value for name, value in known.items() if value is not None}


@dataclass(frozen=True)
class Call(Generic[T]):
    """One request. `template`: its path in OpenAPI. `given`: the values of the path. `read`: makes the result of the answer's body.

    `repeatable`: sent twice, it changes nothing more than sent once (docs/integrate.md has the list).
    """

    method: str
    template: str
    read: Callable[[bytes], T]
    given: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str | float] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    repeatable: bool = True
    waits_s: float = 0.0
    """How long the station may wait before it answers."""

    @property
    def path(self) -> str:
        """The path, with its values in place. Raises ValueError for a value that would make it another path."""
        for name, value in self.given.items():
            if value in ("", ".", "..") or "/" in value:
                raise ValueError(f"{name} is {value!r}; a station has no such one")
        return self.template.format(**{name: quote(value, safe="~") for name, value in self.given.items()})

    def asking(self, **query: str | float | None) -> Call[T]:
        """The same call with more in its query. What is None is left out."""
        return replace(self, query={**self.query, **given(query)})


def decoded(body: bytes) -> Any:
    """The JSON of an answer. Raises NotUnderstood."""
    try:
        return json.loads(body)
    except ValueError as error:
        raise NotUnderstood(f"the answer is not JSON: {body[:80]!r}; is a skelp station at this address?") from error


def record(kind: type[T]) -> Callable[[bytes], T]:
    """Reads the record that an answer is."""
    return lambda body: read(kind, decoded(body))


def part(name: str, kind: type[T], body: bytes) -> tuple[T, ...]:
    """The list of records that an answer has under `name`. Raises NotUnderstood."""
    found = decoded(body)
    if not isinstance(found, dict) or not isinstance(found.get(name), list):
        raise NotUnderstood(f"the answer has no list of {name}; is a skelp station at this address?")
    return tuple(read(kind, item) for item in found[name])
