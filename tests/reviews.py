"""Reviews by several operators, and their standing review, computed in another way than the domain computes it."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from skelp.domain.review import Result, Review, Verdict

Given = tuple[str, Verdict, str | None]
"""Operator, verdict, class."""

_PLAIN = st.tuples(st.sampled_from(["kim", "lee", "박"]), st.sampled_from([v for v in Verdict if v is not Verdict.RELABELLED]), st.none())
_RELABELLED = st.tuples(st.sampled_from(["kim", "lee", "박"]), st.just(Verdict.RELABELLED), st.sampled_from(["scratch", "patch"]))
GIVEN: st.SearchStrategy[list[Given]] = st.lists(_PLAIN | _RELABELLED, max_size=9)
"""Verdicts on one defect, oldest first."""


def reviews(given: Sequence[Given], defect_id: str = "d") -> list[Review]:
    """The reviews of one defect, numbered in order."""
    return [Review(n, defect_id, verdict, name, who, "", "2026-11-25T00:00:00Z") for n, (who, verdict, name) in enumerate(given, 1)]


def expected(given: Sequence[Given], class_name: str) -> tuple[Result, str | None]:
    """Result and class of a defect of class `class_name`, computed from the newest verdict to the oldest."""
    counted: set[str] = set()
    votes: list[str] = []
    for who, verdict, name in reversed(given):
        if who not in counted and verdict is not Verdict.WITHDRAWN:
            votes.append("" if verdict is Verdict.REJECTED else name or class_name)
        counted.add(who)
    if not votes:
        return Result.OPEN, None
    if votes.count(votes[0]) < len(votes):
        return Result.DISPUTED, None
    if not votes[0]:
        return Result.REJECTED, None
    return (Result.CONFIRMED if votes[0] == class_name else Result.RELABELLED), votes[0]
