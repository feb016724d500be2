"""Reviews of defects, and standing reviews."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from skelp.api.schema.base import Body, Note, ShortText
from skelp.domain.review import Result, Verdict


class ReviewIn(Body):
    """An operator's review. `class` belongs to verdict relabelled only. `withdrawn` cancels the operator's earlier verdicts.

    A caller with a token signs with the token's name; without tokens, `operator` is needed.
    """

    model_config = ConfigDict(populate_by_name=True)

    verdict: Annotated[Verdict, Field(strict=False)]
    class_: ShortText | None = Field(None, alias="class")
    operator: ShortText | None = None
    note: Note = ""

    @model_validator(mode="after")
    def _class_if_relabelled(self) -> ReviewIn:
        if (self.class_ is not None) != (self.verdict is Verdict.RELABELLED):
            raise ValueError("class is given with verdict relabelled, and only then")
        return self


class ReviewOut(BaseModel):
    """One review of one operator."""

    model_config = ConfigDict(populate_by_name=True)

    review_id: int
    defect_id: str
    verdict: Verdict
    class_: str | None = Field(alias="class")
    operator: str
    note: str
    at: str


class ReviewPage(BaseModel):
    """Reviews, oldest first. `next` is the `cursor` of the next page."""

    reviews: list[ReviewOut]
    next: int | None


class StandingReviewOut(BaseModel):
    """The standing review of one defect. `reviews` has each operator's last review, oldest first, without withdrawn ones.

    `result` is `open` if no review stands and `disputed` if operators disagree. `class`: the class that they agree on, null without one.
    """

    model_config = ConfigDict(populate_by_name=True)

    defect_id: str
    result: Result
    class_: str | None = Field(alias="class")
    reviews: list[ReviewOut]


class StandingReviewPage(BaseModel):
    """The standing review of each reviewed defect. `next` is the `cursor` of the next page."""

    standing: list[StandingReviewOut]
    next: int | None


class ReviewGiven(ReviewOut):
    """The review that was added, and the standing review of its defect."""

    standing: StandingReviewOut


class DefectReviews(BaseModel):
    """All reviews of one defect, oldest first, and its standing review."""

    reviews: list[ReviewOut]
    next: None = None
    standing: StandingReviewOut
