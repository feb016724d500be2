"""Schema of log-ins."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from skelp.api.schema.base import NO_CONTROLS, Body, ShortText
from skelp.domain.access import Right, Role
from skelp.domain.passwords import MOST


class LogIn(Body):
    """The name and password of a person."""

    name: ShortText
    password: str = Field(max_length=MOST, pattern=NO_CONTROLS)


class SessionOut(BaseModel):
    """Who asks. `name` null: whoever is at the station's machine, which asks nobody who they are."""

    name: str | None
    role: Role
    rights: list[Right]
    expires_at: datetime | None
    by_log_in: bool
    """Whether it is a person who logged in, and can log out."""
