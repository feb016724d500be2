"""Reviews of defects, and which of them stand."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from skelp.api.schema.base import In
from skelp.domain.review import Result, Verdict


class ReviewIn(In):
    """An operator's verdict. `class` is given to relabel, and only then. `withdrawn`: this operator has no verdict any more."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    verdict: Verdict
    class_: Annotated[str | None, Field(min_length=1, max_length=64)] = Field(None, alias="class")
    operator: Annotated[str, Field(min_length=1, max_length=64)]
    note: Annotated[str, Field(max_length=1000)] = ""

    @model_validator(mode="after")
    def _class_if_relabelled(self) -> ReviewIn:
        if (self.class_ is not None) != (self.verdict is Verdict.RELABELLED):
            raise ValueError("class is given with verdict relabelled, and only there")
        return self


class ReviewOut(BaseModel):
    """One review, as it was given."""

    model_config = ConfigDict(populate_by_name=True)

    review_id: int
    defect_id: str
    verdict: Verdict
    class_: str | None = Field(alias="class")
    operator: str
    note: str
    at: str


class ReviewPage(BaseModel):
    """Reviews, oldest first. `next` goes into `cursor` for the following page."""

    reviews: list[ReviewOut]
    next: int | None


class StandingReviewOut(BaseModel):
    """What stands for one defect. `reviews` holds each operator's last verdict, in the order given; withdrawn ones are left out.

    `result` is `open` if no review stands and `disputed` if operators disagree. `class`: the class that they agree on, null without one.
    """

    model_config = ConfigDict(populate_by_name=True)

    defect_id: str
    result: Result
    class_: str | None = Field(alias="class")
    reviews: list[ReviewOut]


class StandingReviewPage(BaseModel):
    """One entry for each defect that was ever reviewed. `next` goes into `cursor` for the following page."""

    standing: list[StandingReviewOut]
    next: int | None


class ReviewGiven(ReviewOut):
    """The review that was added, and what stands for its defect now."""

    standing: StandingReviewOut


class DefectReviews(BaseModel):
    """All reviews of one defect, oldest first, and what stands."""

    reviews: list[ReviewOut]
    next: None = None
    standing: StandingReviewOut
