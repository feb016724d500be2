"""Webhooks: what each sends, and what it gave up."""

from __future__ import annotations

from pydantic import BaseModel

from skelp.api.schema.base import ReasonOut
from skelp.domain.events import Kind


class DeadLetterOut(BaseModel):
    """An event that was given up. `again`: it is to be sent again. `error` is for engineers, in English."""

    seq: int
    at: str
    error: str
    again: bool


class WebhookOut(BaseModel):
    """A webhook. `url` is without user and query. `sent`: number of the event up to which all were sent, given up or not asked for.

    `failing_since`, `reason`, `error`, `next_try_at` are those of the letter that is being tried; null while all is well. `dead`: the
    oldest hundred events that were given up.
    """

    name: str
    url: str
    events: list[Kind]
    sent: int
    behind: int
    failing_since: str | None
    reason: ReasonOut | None
    error: str | None
    next_try_at: str | None
    dead: list[DeadLetterOut]


class WebhookList(BaseModel):
    """All webhooks of the station file."""

    webhooks: list[WebhookOut]
