"""Events, each kind with its own data, and the messages of the live WebSocket."""

from __future__ import annotations

from dataclasses import fields
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from skelp.api.schema.base import ReasonOut
from skelp.api.schema.station import AlarmOut, StationOut
from skelp.domain.coded import key_of
from skelp.domain.events import PAYLOADS, Kind, Payload
from skelp.domain.reasons import Reason

_WIRE: dict[Any, Any] = {Reason: ReasonOut, tuple[Reason, ...]: list[ReasonOut]}


class _Entry(BaseModel):
    """An event. `seq` grows by one, without holes. `time` is ISO 8601 UTC. `coil_id` is empty if the event has no coil."""

    seq: int
    time: str
    coil_id: str


def _entry(kind: Kind, payload: type[Payload]) -> type[BaseModel]:
    """The model of one kind of event. It is made from the payload, so that the two cannot differ."""
    hints = get_type_hints(payload)
    data: dict[str, Any] = {}
    for f in fields(payload):  # type: ignore[arg-type] # every payload is a dataclass, because Payload makes each subclass one
        hint = _WIRE.get(hints[f.name], hints[f.name])
        default = None if f.default is None else ...
        data[f.name] = (hint, Field(default, alias=key_of(f.name)))
    body = create_model(f"{payload.__name__}Data", __config__=ConfigDict(populate_by_name=True), __doc__=payload.__doc__, **data)
    fields_of: dict[str, Any] = {"kind": (Literal[kind.value], ...), "data": (body, ...)}
    return create_model(f"{payload.__name__}Event", __base__=_Entry, __doc__=payload.__doc__, **fields_of)


EventOut: Any = Annotated[reduce(or_, (_entry(kind, payload) for kind, payload in PAYLOADS.items())), Field(discriminator="kind")]
"""An event, one model for each kind."""


class EventPage(BaseModel):
    """Events after the requested one. Use `last` as the next `after`; then no event is missed and none comes twice.

    `feed_id` is that of the station's database. Send it with the next request: a number means nothing in another feed.
    """

    events: list[EventOut]
    last: int
    feed_id: str


class LiveStation(BaseModel):
    """Live message, twice a second: the status of the station and its alarms."""

    kind: Literal["station"]
    station: StationOut
    alarms: list[AlarmOut]


class LiveEvents(BaseModel):
    """Live message: new events."""

    kind: Literal["events"]
    events: list[EventOut]


class LivePassed(BaseModel):
    """Live message: lines that were not, or not fully, inspected."""

    kind: Literal["passed"]
    camera: str
    coil_id: str
    first_line: int
    lines: int
    state: Literal["degraded", "lost"]
    reason: ReasonOut | None


class OutlineOut(BaseModel):
    """Border of a region, in px of the reduced picture."""

    model_config = ConfigDict(populate_by_name=True)

    class_: str = Field(alias="class")
    points: list[tuple[int, int]]


class LiveLines(BaseModel):
    """Header of a live picture. `scale`: its size as a share of the camera's. `edges`: the strip's edges in px of the camera."""

    kind: Literal["lines"]
    seq: int
    camera: str
    coil_id: str
    first_line: int
    lines: int
    scale: float
    edges: tuple[float, float]
    seen_ms_ago: int
    outlines: list[OutlineOut]


LIVE: tuple[type[BaseModel], ...] = (LiveStation, LiveEvents, LivePassed, LiveLines)
"""The messages of the WebSocket, which FastAPI does not add to the OpenAPI document."""
