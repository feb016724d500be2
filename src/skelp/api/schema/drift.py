"""What the model finds, now and before."""

from __future__ import annotations

from pydantic import BaseModel, Field

from skelp.api.schema.base import Hashed, ReasonOut


class FoundOnCoilsOut(BaseModel):
    """What was found of a class on some coils. Null where there is nothing to say.

    `share`: of all their defects. `mean_score`: the mean over coils of their defects' mean scores. `rejected`: the mean over reviewed
    coils of the share of reviewed defects that operators call none.
    """

    defects: int
    per_100m: float
    share: float | None
    mean_score: float | None
    rejected: float | None


class FoundOnCardOut(BaseModel):
    """What the model found of a class on the held-out pictures of its card, which are not a mill's mix of coils."""

    defects: int
    share: float | None
    mean_score: float


class ClassDriftOut(BaseModel):
    """A class on the newest coils (`now`), on those before, and on the card's pictures; null where there are none."""

    class_: str = Field(alias="class")
    now: FoundOnCoilsOut
    before: FoundOnCoilsOut | None
    card: FoundOnCardOut | None


class DriftOut(BaseModel):
    """What a model finds on the newest `coils` of `product`, and on the `before_coils` before those that it inspected too.

    `seen_m`: their metres that were not lost. `products`: those of the newest coils. `reasons`: what has drifted, as the event model.drift
    says it.
    """

    product: str
    products: list[str]
    model: Hashed
    coils: int
    before_coils: int
    seen_m: float
    before_seen_m: float
    classes: list[ClassDriftOut]
    reasons: list[ReasonOut]
