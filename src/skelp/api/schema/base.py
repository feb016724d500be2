"""Models that several parts of the schema use."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Header, Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from skelp.domain.reasons import Code


def _no_pass_name(name: str) -> str:
    if re.search(r"~\d+$", name):
        raise ValueError("a name must not end with ~ and a number, because the station names later passes of a coil so")
    return name


MAX_EVENT = 2**63 - 1
MAX_NUMBER = 2**31 - 1
NO_CONTROLS = r"^[^\x00-\x1f\x7f-\x9f]*$"
NO_CONTROLS_BUT_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"

EventNumber = Annotated[int, Field(ge=0, le=MAX_EVENT)]
"""A number of the event feed. The database stores it in 64 bits."""
FeedId = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$", max_length=64)]
"""The identity of an event feed; a station gives a UUID."""
Number = Annotated[int, Field(ge=0, le=MAX_NUMBER)]
"""A number of a defect or a review. The database stores it in 32 bits."""
Metres = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
"""A place along a coil."""


def _in_utc(moment: str) -> str:
    try:
        datetime.fromisoformat(moment).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("is no time; write it like 2026-11-25T08:00:00Z") from error
    return moment


_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})$"
Moment = Annotated[str, Field(max_length=32, pattern=_TIME), AfterValidator(_in_utc)]
"""A time with its zone, ISO 8601."""
Text = Annotated[str, Field(max_length=128, pattern=NO_CONTROLS)]
"""A text of one line. Control characters are refused: PostgreSQL cannot store NUL, and the others break lists and files."""
Name = Annotated[str, Field(min_length=1, max_length=128, pattern=NO_CONTROLS), AfterValidator(_no_pass_name)]
"""A coil's name that a person or the MES gives."""
ShortText = Annotated[str, Field(min_length=1, max_length=64, pattern=NO_CONTROLS)]
"""The name of an operator or of a class."""
Note = Annotated[str, Field(max_length=1000, pattern=NO_CONTROLS_BUT_LINES)]
"""A text of several lines."""
CoilKey = Annotated[str, Path(max_length=128, pattern=NO_CONTROLS)]
"""The id or the name of a coil, in a path."""
DefectKey = Annotated[str, Path(max_length=160, pattern=NO_CONTROLS)]
"""The id of a defect, in a path."""
SampleKey = Annotated[str, Path(max_length=512, pattern=NO_CONTROLS)]
"""The id of a sample, in a path."""

IfNoneMatch = Annotated[
    str, Header(max_length=1000, pattern=NO_CONTROLS, description="ETags that the client has; with one of them the answer is 304.")
]
"""The header If-None-Match (RFC 9110)."""


class In(BaseModel):
    """The query of a request. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Body(BaseModel):
    """The body of a request. Unknown fields are refused, and values of another type: "no" is not false, and "1250" is no number."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)


class Hashed(BaseModel):
    """The name and SHA-256 of a model or recipe."""

    name: str
    sha256: str


class ReasonOut(BaseModel):
    """A reason. Programs use `code` and `args` (docs/reasons.md lists them); `text` is for people, and its wording may change."""

    code: Code
    args: dict[str, str | int | float]
    text: str
