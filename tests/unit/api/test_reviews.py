"""What stands is decided in one place and served: REST says what the domain says, for any reviews."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skelp.domain.outcome import Outcome
from skelp.domain.review import Result, Verdict
from tests.fakes import defect
from tests.house import V1, House
from tests.reviews import GIVEN, Given, expected


def found(house: House, number: int) -> str:
    """A coil with so many scratches; its id."""
    coil_id = f"K{number}"
    house.client.post(f"{V1}/coils", json={"coil_id": coil_id}).raise_for_status()
    return coil_id


def scratch(house: House, coil_id: str, n: int) -> str:
    one = replace(defect(n), coil_id=coil_id, defect_id=f"{coil_id}-{n:06d}", patch=None)
    house.sink.write([Outcome(coil_id, "cam", defects=(one,))])
    house.sink.close()
    return one.defect_id


def say(house: House, defect_id: str, word: Given) -> dict[str, Any]:
    operator, verdict, name = word
    body = {"operator": operator, "verdict": verdict.value} | ({"class": name} if name else {})
    answer = house.client.post(f"{V1}/defects/{defect_id}/review", json=body)
    assert answer.status_code == 201
    return dict(answer.json()["standing"])


def pages(house: House, coil_id: str, limit: int) -> list[dict[str, Any]]:
    """What stands on a coil, page by page."""
    all_pages: list[dict[str, Any]] = []
    cursor: int | None = 0
    while cursor is not None:
        page = house.client.get(f"{V1}/coils/{coil_id}/reviews/standing?cursor={cursor}&limit={limit}").json()
        assert len(page["standing"]) <= limit
        all_pages += page["standing"]
        cursor = page["next"]
    return all_pages


def test_rest_serves_what_the_domain_decides_for_any_reviews(tmp_path: Path) -> None:
    house, coils = House(tmp_path), count()

    @settings(max_examples=25, deadline=None)
    @given(st.lists(GIVEN, min_size=1, max_size=3), st.integers(1, 3))
    def serves(words: list[list[Given]], limit: int) -> None:
        coil_id = found(house, next(coils))
        ids = [scratch(house, coil_id, n) for n in range(len(words))]
        answers = {d: [say(house, d, word) for word in said] for d, said in zip(ids, words, strict=True)}
        served = {s["defect_id"]: s for s in pages(house, coil_id, limit)}
        for defect_id, said in zip(ids, words, strict=True):
            alone = house.client.get(f"{V1}/defects/{defect_id}/reviews").json()["standing"]
            assert (Result(alone["result"]), alone["class"]) == expected(said, "scratch")
            assert (defect_id in served) == bool(said)
            for n, answer in enumerate(answers[defect_id], 1):
                assert (Result(answer["result"]), answer["class"]) == expected(said[:n], "scratch")
            if said:
                assert served[defect_id] == alone == answers[defect_id][-1]

    with house.client:
        serves()
    house.close()


def test_operators_who_disagree_are_named(house: House) -> None:
    coil_id = found(house, 1)
    defect_id = scratch(house, coil_id, 1)
    say(house, defect_id, ("kim", Verdict.CONFIRMED, None))
    say(house, defect_id, ("lee", Verdict.RELABELLED, "patch"))
    (stands,) = pages(house, coil_id, 10)
    assert (stands["result"], stands["class"]) == ("disputed", None)
    assert [(r["operator"], r["verdict"], r["class"]) for r in stands["reviews"]] == [
        ("kim", "confirmed", None),
        ("lee", "relabelled", "patch"),
    ]


@pytest.mark.parametrize("path", ["coils/K-none/reviews/standing", "defects/none/reviews"])
def test_reviews_of_what_is_not_there_are_not_found(house: House, path: str) -> None:
    assert house.client.get(f"{V1}/{path}").status_code == 404
