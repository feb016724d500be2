"""Coils that were cut or welded out of others."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import BaseModel, Field, model_validator

from skelp.api.schema.base import Body, Metres, Name, Text
from skelp.api.schema.coils import CoilId
from skelp.domain.cuts import Cut

Trim = Annotated[float, Field(ge=0, le=10_000)]


class CutIn(Body):
    """A stretch of a coil: first it is cut, then trimmed, then turned. Metres and trims are those of the coil that is cut."""

    coil_id: Annotated[Text, Field(min_length=1)] | None = None
    """The id or name of the coil that is cut. Default: the coil in the path."""
    recorded: bool = True
    """False: steel that this station has no record of, such as a leader or a bought coil. It is lost, so it needs `to_m`."""
    from_m: Metres = 0.0
    to_m: Metres | None = None
    head_to_tail: bool = False
    """Whether the tail of the coil is now nearer to the head of the piece."""
    turned_over: bool = False
    """Whether the top of the coil is now the bottom of the piece."""
    sides_exchanged: bool = False
    """Whether the operator side of the coil is now the drive side of the piece."""
    trimmed_operator_mm: Trim = 0.0
    trimmed_drive_mm: Trim = 0.0

    @model_validator(mode="after")
    def _makes_sense(self) -> CutIn:
        if not self.recorded and (self.coil_id is not None or self.to_m is None):
            raise ValueError("with recorded false, give to_m and no coil_id")
        if self.to_m is not None and self.to_m <= self.from_m:
            raise ValueError("to_m must be more than from_m")
        return self

    def cut_of(self, coil_id: str) -> Cut:
        """The cut. `coil_id`: the coil in the path."""
        values = self.model_dump(exclude={"coil_id", "recorded", "to_m"})
        of = (self.coil_id or coil_id) if self.recorded else None
        return Cut(coil_id=of, to_m=math.inf if self.to_m is None else self.to_m, **values)


class DeriveIn(Body):
    """The coil that was cut out of the coil in the path, or welded of it and others. `cuts` follow each other from its head on.

    Heat, product and customer that are not given are those of the coils that it is made of, if these have the same.
    """

    coil_id: CoilId
    """The id of the new coil."""
    name: Name | None = None
    heat: Text | None = None
    product: Text | None = None
    customer: Text | None = None
    cuts: Annotated[list[CutIn], Field(min_length=1, max_length=100)]

    @property
    def given(self) -> dict[str, Any]:
        """The fields that describe the new coil, without those that were left out."""
        return self.model_dump(exclude_none=True, include={"name", "heat", "product", "customer"})

    def cuts_of(self, coil_id: str) -> list[Cut]:
        """The cuts. `coil_id`: the coil in the path."""
        return [cut.cut_of(coil_id) for cut in self.cuts]


class CutOut(BaseModel):
    """A stretch of coil `coil_id`, null for steel without records. It is in coil `piece_id` from `piece_from_m` to `piece_to_m`.

    First it was cut, then trimmed, then turned: metres and trims are those of the coil that was cut. `width_mm` is what is left of its
    width, null where nobody knows it.
    """

    piece_id: str
    piece_from_m: float
    piece_to_m: float
    coil_id: str | None
    from_m: float
    to_m: float
    head_to_tail: bool
    turned_over: bool
    sides_exchanged: bool
    trimmed_operator_mm: float
    trimmed_drive_mm: float
    width_mm: float | None


class CutList(BaseModel):
    """Cuts of which a coil was made, or that were made of it."""

    coil_id: str
    cuts: list[CutOut]
