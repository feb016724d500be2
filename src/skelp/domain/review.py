"""What operators say about a defect, and which review stands. Reviews are appended, never overwritten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """It is a defect, it is none, it is one of another class, or the operator takes the last verdict back."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    RELABELLED = "relabelled"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Review:
    """One operator's verdict on one defect. `class_name` is given with RELABELLED, and only there; `at` is ISO 8601 UTC."""

    review_id: int
    defect_id: str
    verdict: Verdict
    class_name: str | None
    operator: str
    note: str
    at: str


class Result(StrEnum):
    """What the standing reviews of a defect say together. OPEN: none stands; DISPUTED: operators disagree."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    RELABELLED = "relabelled"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class StandingReview:
    """What stands for one defect. `reviews` holds each operator's last verdict, in the order given, without withdrawn ones.

    `class_name` is the class that operators agree on: None if they disagree, if it is no defect, or if no review stands.
    """

    defect_id: str
    result: Result
    class_name: str | None
    reviews: tuple[Review, ...]


def standing(reviews: Iterable[Review]) -> list[Review]:
    """Each operator's last verdict, in the order given; one whose last verdict is WITHDRAWN has none.

    `reviews` are one defect's, oldest first.
    """
    last: dict[str, Review] = {}
    for r in reviews:
        last.pop(r.operator, None)
        last[r.operator] = r
    return [r for r in last.values() if r.verdict is not Verdict.WITHDRAWN]


def standing_review(defect_id: str, class_name: str, reviews: Iterable[Review]) -> StandingReview:
    """The standing review of a defect that the model calls `class_name`. `reviews` are the defect's, oldest first.

    To confirm a defect and to relabel it as the class that it has already is the same.
    """
    stand = tuple(standing(reviews))
    classes = {None if r.verdict is Verdict.REJECTED else r.class_name or class_name for r in stand}
    if len(classes) != 1:
        return StandingReview(defect_id, Result.DISPUTED if stand else Result.OPEN, None, stand)
    agreed = classes.pop()
    defect = Result.CONFIRMED if agreed == class_name else Result.RELABELLED
    return StandingReview(defect_id, Result.REJECTED if agreed is None else defect, agreed, stand)
