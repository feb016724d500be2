"""Every call that the client makes: method, path, what is sent, how the answer is read, and whether it may be sent twice.

Nothing here does input or output, so that both clients make the same calls.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from skelp_client.errors import NotUnderstood
from skelp_client.reading import read
from skelp_client.records import Alarm, Coil, Coverage, ExplainedDefect, Review, Sample
from skelp_client.status import StationStatus

T = TypeVar("T")
V1 = "/api/v1"


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
        return replace(self, query={**self.query, **{k: v for k, v in query.items() if v is not None}})


def decoded(body: bytes) -> Any:
    """The JSON of an answer. Raises NotUnderstood."""
    try:
        return json.loads(body)
    except ValueError as error:
        raise NotUnderstood(f"the answer is not JSON: {body[:80]!r}; is a skelp station at this address?") from error


def _record(kind: type[T]) -> Callable[[bytes], T]:
    return lambda body: read(kind, decoded(body))


def part(name: str, kind: type[T], body: bytes) -> tuple[T, ...]:
    """The list of records that an answer has under `name`. Raises NotUnderstood."""
    found = decoded(body)
    if not isinstance(found, dict) or not isinstance(found.get(name), list):
        raise NotUnderstood(f"the answer has no list of {name}; is a skelp station at this address?")
    return tuple(read(kind, item) for item in found[name])


def _given(known: Mapping[str, str | float | None]) -> dict[str, Any]:
    return {name: value for name, value in known.items() if value is not None}


def status() -> Call[StationStatus]:
    return Call("GET", f"{V1}/station", _record(StationStatus))


def alarms() -> Call[tuple[Alarm, ...]]:
    return Call("GET", f"{V1}/alarms", partial(part, "alarms", Alarm))


def announce(coil_id: str, **known: str | float | None) -> Call[Coil]:
    """Start a coil. Sent again while it runs, it changes nothing; sent again after it, it is refused with `coil_over`."""
    return Call("POST", f"{V1}/coils", _record(Coil), body={"coil_id": coil_id, **_given(known)})


def new_pass(coil_id: str, **known: str | float | None) -> Call[Coil]:
    """Start the next pass of a coil. Sent again after that pass, it would start one more, so it is not repeated by itself."""
    once = announce(coil_id, **known)
    return replace(once, body={**(once.body or {}), "new_pass": True}, repeatable=False)


def correct(coil_id: str, **known: str | None) -> Call[Coil]:
    """Correct a coil. Sent again, it sets the same values."""
    changed = _given(known)
    return Call("PATCH", f"{V1}/coils/{{coil_id}}", _record(Coil), {"coil_id": coil_id}, body=changed)


def finish(coil_id: str) -> Call[Coil]:
    """End a coil. Sent again, it changes nothing."""
    return Call("POST", f"{V1}/coils/{{coil_id}}/finish", _record(Coil), {"coil_id": coil_id})


def coil(coil_id: str) -> Call[Coil]:
    return Call("GET", f"{V1}/coils/{{coil_id}}", _record(Coil), {"coil_id": coil_id})


def coverage(coil_id: str) -> Call[Coverage]:
    return Call("GET", f"{V1}/coils/{{coil_id}}/coverage", _record(Coverage), {"coil_id": coil_id})


def coil_map(coil_id: str, lang: str) -> Call[bytes]:
    return Call("GET", f"{V1}/coils/{{coil_id}}/map.png", bytes, {"coil_id": coil_id}, {"lang": lang})


def defect(defect_id: str) -> Call[ExplainedDefect]:
    return Call("GET", f"{V1}/defects/{{defect_id}}", _record(ExplainedDefect), {"defect_id": defect_id})


def crop(defect_id: str) -> Call[bytes]:
    return Call("GET", f"{V1}/defects/{{defect_id}}/crop.jpg", bytes, {"defect_id": defect_id})


def mask(defect_id: str) -> Call[bytes]:
    return Call("GET", f"{V1}/defects/{{defect_id}}/mask.png", bytes, {"defect_id": defect_id})


def reviews_of(defect_id: str) -> Call[tuple[Review, ...]]:
    return Call("GET", f"{V1}/defects/{{defect_id}}/reviews", partial(part, "reviews", Review), {"defect_id": defect_id})


def samples() -> Call[tuple[Sample, ...]]:
    return Call("GET", f"{V1}/samples", partial(part, "samples", Sample))


def sample_png(sample_id: str) -> Call[bytes]:
    return Call("GET", f"{V1}/samples/{{sample_id}}.png", bytes, {"sample_id": sample_id})
