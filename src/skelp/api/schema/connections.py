"""Connections to the plant's systems: what a language process reports, and what people see of it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, Field

from skelp.api.schema.base import NO_CONTROLS, Body, Moment, Number, ShortText

NAME = r"^[a-z0-9-]+$"
ConnectionKey = Annotated[str, Path(max_length=40, pattern=NAME)]
"""The name of a connection, in a path."""
_Event = Annotated[int, Field(ge=0, le=2**53 - 1)]
"""A number of the event feed that every program can read: JavaScript has no greater whole numbers, and neither have OpenAPI's bounds."""
_Peer = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f@]*$")]
State = Literal["connected", "connecting", "waiting", "refused", "failed"]


class ConnectionIn(Body):
    """What a language process says of its connection, every five seconds and whenever it changes.

    `language`: such as level2, opcua, mqtt. `peer`: whom it speaks with, such as host and port; never with a user or password, so `@` is
    refused. `state`: `waiting` is that nobody is there, `refused` that the peer refuses credentials or a telegram. `detail`: what the peer
    said, for people; nothing parses it. Times are by the process's clock, and only shown.
    """

    language: Annotated[str, Field(min_length=1, max_length=20, pattern=NAME)]
    peer: _Peer
    state: State
    detail: Annotated[str, Field(max_length=300, pattern=NO_CONTROLS)] = ""
    sent_seq: _Event | None = None
    acknowledged_seq: _Event | None = None
    last_sent_at: Moment | None = None
    last_acknowledged_at: Moment | None = None
    waiting: Number = 0
    resend_handled: Number = 0


class ReportedOut(BaseModel):
    """The newest request to send again. A process that has handled a smaller number sends everything after `resend_after` again, and
    reports the number as `resend_handled`. 0 and null: there never was one.
    """

    resend_number: int
    resend_after: int | None


class SendAgainIn(Body):
    """Asks a process to send everything again after event `after_seq`; without it, after the last one that was acknowledged.

    `operator` is needed at a station that asks for no token.
    """

    after_seq: _Event | None = None
    operator: ShortText | None = None


class SendAgainOut(BaseModel):
    """The newest request to send again: after which event, who asked, when, and whether the process has handled it."""

    number: int
    after_seq: int
    by: str
    at: str
    handled: bool


class ConnectionOut(BaseModel):
    """A connection, as its process reported it last. `heard_at`: when, by the station's clock.

    `silent`: the process was not heard for 30 s while the station ran, so that `state` is old. `failing_since`: since when the peer gets
    nothing, once that was published as connection.failing; null while all is well.
    """

    name: str
    language: str
    peer: str
    state: State
    detail: str
    sent_seq: int | None
    acknowledged_seq: int | None
    last_sent_at: str | None
    last_acknowledged_at: str | None
    waiting: int
    heard_at: str
    silent: bool
    failing_since: str | None
    request: SendAgainOut | None


class ConnectionListOut(BaseModel):
    """All connections of the station, by name."""

    connections: list[ConnectionOut]
