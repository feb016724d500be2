"""Problem documents (RFC 9457), in which every refusal is answered."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from skelp.api.schema.base import ReasonOut
from skelp.domain.conflicts import Conflict


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


_OPTIONAL: Any = Field(None, json_schema_extra=_without_default)
"""Absent where it does not apply, and never null."""


class FaultOut(BaseModel):
    """One value of a request that is missing or not allowed."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    where: str
    """Its place, such as query.limit or body.coil_id."""
    fault: str
    """What is wrong with it, for people."""


class ProblemOut(BaseModel):
    """Why a request was refused. Programs read `status`, `conflict`, `reason` and the places of `faults`; people read `detail`."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    type: Literal["about:blank"]
    title: str
    """The words of the status, such as Not Found."""
    status: Annotated[int, Field(ge=400, le=599)]
    """The HTTP status."""
    detail: str
    """What is wrong and what to do, for people. Its wording may change."""
    reason: ReasonOut | SkipJsonSchema[None] = _OPTIONAL
    """Why the station cannot do it now, where there is a coded reason."""
    conflict: Conflict | SkipJsonSchema[None] = _OPTIONAL
    """With some 409: what the request contradicts (docs/rest.md says what to do about each)."""
    oldest: Annotated[int, Field(ge=1)] | SkipJsonSchema[None] = _OPTIONAL
    """With 410 of the feed: the number of the oldest event that is still there."""
    after: str | SkipJsonSchema[None] = _OPTIONAL
    """With 410 of a plant's feed: the cursor that goes on behind what was deleted."""
    faults: list[FaultOut] | SkipJsonSchema[None] = _OPTIONAL
    """With 422: each value that is missing or not allowed."""
