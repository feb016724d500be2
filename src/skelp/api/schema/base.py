"""Models that several parts of the schema use."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from skelp.domain.reasons import Code

Position = Annotated[int, Field(ge=0, lt=2**63)]
"""A place in a list or in the feed, as the database can store it."""
Text = Annotated[str, Field(max_length=128)]


class In(BaseModel):
    """The body or query of a request. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Hashed(BaseModel):
    """The name and SHA-256 of a model or recipe."""

    name: str
    sha256: str


class ReasonOut(BaseModel):
    """A reason. Programs use `code` and `args` (docs/reasons.md lists them); `text` is for people, and its wording may change."""

    code: Code
    args: dict[str, str | int | float]
    text: str
