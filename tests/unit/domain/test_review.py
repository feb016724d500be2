"""Which review stands: an operator's last verdict counts, and a withdrawn one counts as none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.review import Result, Review, Verdict, standing, standing_review
from tests.reviews import GIVEN, Given, expected, reviews

CONFIRMED, REJECTED, WITHDRAWN = (("kim", v, None) for v in (Verdict.CONFIRMED, Verdict.REJECTED, Verdict.WITHDRAWN))
AS_PATCH, AS_SCRATCH = (("kim", Verdict.RELABELLED, name) for name in ("patch", "scratch"))
LEE_REJECTED, LEE_CONFIRMED = ("lee", Verdict.REJECTED, None), ("lee", Verdict.CONFIRMED, None)


@pytest.mark.parametrize(
    ("given", "result", "class_name"),
    [
        ([], Result.OPEN, None),
        ([CONFIRMED], Result.CONFIRMED, "scratch"),
        ([REJECTED], Result.REJECTED, None),
        ([AS_PATCH], Result.RELABELLED, "patch"),
        ([AS_SCRATCH], Result.CONFIRMED, "scratch"),
        ([CONFIRMED, REJECTED, WITHDRAWN], Result.OPEN, None),
        ([CONFIRMED, WITHDRAWN, REJECTED], Result.REJECTED, None),
        ([CONFIRMED, LEE_REJECTED], Result.DISPUTED, None),
        ([CONFIRMED, LEE_REJECTED, WITHDRAWN], Result.REJECTED, None),
        ([AS_PATCH, LEE_CONFIRMED], Result.DISPUTED, None),
        ([AS_SCRATCH, LEE_CONFIRMED], Result.CONFIRMED, "scratch"),
        ([REJECTED, LEE_REJECTED], Result.REJECTED, None),
    ],
)
def test_what_stands(given: Sequence[Given], result: Result, class_name: str | None) -> None:
    stands = standing_review("d", "scratch", reviews(given))
    assert (stands.result, stands.class_name) == (result, class_name)


@given(GIVEN)
def test_the_last_verdict_of_each_operator_decides_whatever_came_before(words: list[Given]) -> None:
    stands = standing_review("d", "scratch", reviews(words))
    assert (stands.result, stands.class_name) == expected(words, "scratch")
    assert list(stands.reviews) == standing(reviews(words))
    ids = [r.review_id for r in stands.reviews]
    assert ids == sorted(ids)


@given(GIVEN, st.data())
def test_what_an_operator_said_earlier_never_matters(words: list[Given], data: st.DataObject) -> None:
    last = {operator: n for n, (operator, _, _) in enumerate(words)}
    earlier = sorted(set(range(len(words))) - set(last.values()))
    gone = set(data.draw(st.lists(st.sampled_from(earlier)))) if earlier else set()
    kept: list[Review] = [r for n, r in enumerate(reviews(words)) if n not in gone]
    assert standing_review("d", "scratch", kept) == standing_review("d", "scratch", reviews(words))
