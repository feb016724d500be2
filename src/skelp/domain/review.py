"""What an operator says of a defect: appended, never overwritten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """It is one, it is none, it is one of another class, or what this operator said before is taken back."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    RELABELLED = "relabelled"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Review:
    """One operator's word on one defect. `class_name` is given where it is relabelled, and only there; `at` is ISO 8601 UTC."""

    review_id: int
    defect_id: str
    verdict: Verdict
    class_name: str | None
    operator: str
    note: str
    at: str


def standing(reviews: Iterable[Review]) -> list[Review]:
    """Each operator's last word, in the order it was given; what was withdrawn is gone. `reviews` are one defect's, oldest first."""
    last: dict[str, Review] = {}
    for r in reviews:
        last.pop(r.operator, None)
        last[r.operator] = r
    return [r for r in last.values() if r.verdict is not Verdict.WITHDRAWN]
