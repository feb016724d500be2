"""Models that several parts of the schema use."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from skelp.domain.reasons import Code

Position = Annotated[int, Field(ge=0, lt=2**63)]
"""A number of the feed, as the database can store it."""
RowNumber = Annotated[int, Field(ge=0, lt=2**31)]
"""A place in a list, as the database can store it."""
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
"""A text in one line: no control characters. PostgreSQL stores no zero byte."""
LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""A text of several lines."""
Text = Annotated[str, Field(max_length=128, pattern=PRINTABLE)]
Person = Annotated[str, Field(min_length=1, max_length=64, pattern=PRINTABLE)]
ClassName = Annotated[str, Field(min_length=1, max_length=64, pattern=PRINTABLE)]
Key = Annotated[str, Path(min_length=1, max_length=200, pattern=PRINTABLE)]
"""An id or a name in a path."""
Cursor = Annotated[str, Field(min_length=1, max_length=200, pattern=PRINTABLE)]
"""An id in a query."""
Metres = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]


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
