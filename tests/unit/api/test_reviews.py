"""REST serves the standing review that the domain computes, for any reviews."""

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
from tests.reviews import GIVEN, Given, expected
from tests.station_server import V1, StationServer


def start_coil(server: StationServer, number: int) -> str:
    """Start a coil. Returns its id."""
    coil_id = f"K{number}"
    server.client.post(f"{V1}/coils", json={"coil_id": coil_id}).raise_for_status()
    return coil_id


def add_scratch(server: StationServer, coil_id: str, n: int) -> str:
    """Add a defect to a coil. Returns its id."""
    one = replace(defect(n), coil_id=coil_id, defect_id=f"{coil_id}-{n:06d}", patch=None)
    server.sink.write([Outcome(coil_id, "cam", defects=(one,))])
    server.sink.close()
    return one.defect_id


def review(server: StationServer, defect_id: str, given: Given) -> dict[str, Any]:
    """Send a review. Returns the standing review."""
    operator, verdict, name = given
    body = {"operator": operator, "verdict": verdict.value} | ({"class": name} if name else {})
    answer = server.client.post(f"{V1}/defects/{defect_id}/review", json=body)
    assert answer.status_code == 201
    return dict(answer.json()["standing"])


def pages(server: StationServer, coil_id: str, limit: int) -> list[dict[str, Any]]:
    """The standing reviews of a coil, read in pages of `limit`."""
    all_pages: list[dict[str, Any]] = []
    cursor: int | None = 0
    while cursor is not None:
        page = server.client.get(f"{V1}/coils/{coil_id}/reviews/standing?cursor={cursor}&limit={limit}").json()
        assert len(page["standing"]) <= limit
        all_pages += page["standing"]
        cursor = page["next"]
    return all_pages


def test_rest_serves_the_standing_review_for_any_reviews(tmp_path: Path) -> None:
    server, coils = StationServer(tmp_path), count()

    @settings(max_examples=25, deadline=None)
    @given(st.lists(GIVEN, min_size=1, max_size=3), st.integers(1, 3))
    def check(reviews: list[list[Given]], limit: int) -> None:
        coil_id = start_coil(server, next(coils))
        ids = [add_scratch(server, coil_id, n) for n in range(len(reviews))]
        answers = {d: [review(server, d, one) for one in sent] for d, sent in zip(ids, reviews, strict=True)}
        served = {s["defect_id"]: s for s in pages(server, coil_id, limit)}
        for defect_id, sent in zip(ids, reviews, strict=True):
            alone = server.client.get(f"{V1}/defects/{defect_id}/reviews").json()["standing"]
            assert (Result(alone["result"]), alone["class"]) == expected(sent, "scratch")
            assert (defect_id in served) == bool(sent)
            for n, answer in enumerate(answers[defect_id], 1):
                assert (Result(answer["result"]), answer["class"]) == expected(sent[:n], "scratch")
            if sent:
                assert served[defect_id] == alone == answers[defect_id][-1]

    with server.client:
        check()
    server.close()


def test_a_disputed_review_lists_the_operators(server: StationServer) -> None:
    coil_id = start_coil(server, 1)
    defect_id = add_scratch(server, coil_id, 1)
    review(server, defect_id, ("kim", Verdict.CONFIRMED, None))
    review(server, defect_id, ("lee", Verdict.RELABELLED, "patch"))
    (standing,) = pages(server, coil_id, 10)
    assert (standing["result"], standing["class"]) == ("disputed", None)
    assert [(r["operator"], r["verdict"], r["class"]) for r in standing["reviews"]] == [
        ("kim", "confirmed", None),
        ("lee", "relabelled", "patch"),
    ]


@pytest.mark.parametrize("path", ["coils/K-none/reviews/standing", "defects/none/reviews"])
def test_reviews_of_an_unknown_coil_or_defect_give_404(server: StationServer, path: str) -> None:
    assert server.client.get(f"{V1}/{path}").status_code == 404
