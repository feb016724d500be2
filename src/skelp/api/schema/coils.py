"""Coils and their coverage."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from skelp.api.schema.base import PRINTABLE, Hashed, In, ReasonOut, Text

CoilId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class CoilStart(In):
    """Announces a coil. The next lines belong to it. Sending it again while it runs changes nothing.

    `new_pass`: the coil was inspected before, and is inspected again.
    """

    coil_id: CoilId
    name: Text | None = None
    heat: Text = ""
    product: Text = ""
    strip_width_mm: Annotated[float | None, Field(gt=0, le=10_000)] = None
    """Lines that show less steel than this are degraded. Default: the recipe's value."""
    new_pass: bool = False


class CoilChange(In):
    """Corrects a coil's identity."""

    name: Annotated[str, Field(min_length=1, max_length=128, pattern=PRINTABLE)] | None = None
    heat: Text | None = None
    product: Text | None = None


class CoilOut(BaseModel):
    """One coil. `decision` is a recommendation with its reasons. It does not change after the status is final.

    `pass_number` is 1, or more if the coil was inspected again. The id of a later pass is that of the first one, `~` and the number.
    """

    coil_id: str
    name: str
    status: Literal["running", "provisional", "final"]
    automatic: bool
    interrupted: bool
    heat: str
    product: str
    strip_width_mm: float | None
    started_at: str
    finished_at: str | None
    length_m: float
    inspected_m: float
    degraded_m: float
    lost_m: float
    lines: int
    inspected_lines: int
    degraded_lines: int
    lost_lines: int
    defects: int
    by_class: dict[str, int]
    by_severity: dict[str, int]
    decision: Literal["accept", "hold"]
    reasons: list[ReasonOut]
    model: Hashed
    recipe: Hashed
    revision: int
    pass_number: int


class CoilPage(BaseModel):
    """Coils, newest first. `next` is the `cursor` of the next page."""

    coils: list[CoilOut]
    next: str | None


class IntervalOut(BaseModel):
    """Consecutive lines that share a state and a reason. Inspected lines have no reason."""

    first_line: int
    lines: int
    from_m: float
    to_m: float
    state: Literal["inspected", "degraded", "lost"]
    reason: ReasonOut | None


class CoverageOut(BaseModel):
    """Coverage of the strip, and of each camera. Each list has every line of the coil once.

    `width_mm`: the widest steel that was seen, from edge to edge.
    """

    coil_id: str
    width_mm: float
    intervals: list[IntervalOut]
    cameras: dict[str, list[IntervalOut]]


class DensityOut(BaseModel):
    """Number and area of defects by class, for each cell [along][across]. `covered`: the inspected share of each row of cells."""

    coil_id: str
    cell_along_m: float
    cell_across_mm: float
    count: dict[str, list[list[int]]]
    area_mm2: dict[str, list[list[float]]]
    covered: list[float]
