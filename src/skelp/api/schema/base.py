"""What the other parts of the schema share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from skelp.domain.reasons import Code

Text = Annotated[str, Field(max_length=128)]


class In(BaseModel):
    """What a client sends: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Hashed(BaseModel):
    """A model or recipe by name and content."""

    name: str
    sha256: str


class ReasonOut(BaseModel):
    """A reason. Programs use `code` and `args` (docs/reasons.md lists them); `text` is for people, and its wording may change."""

    code: Code
    args: dict[str, str | int | float]
    text: str
