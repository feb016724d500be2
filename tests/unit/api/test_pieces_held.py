"""A piece is never better than what is known of the coils that it was cut of (ADR 29)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from skelp.domain.coverage import Interval, State
from skelp.domain.reasons import FrameDropped
from skelp.recipe_shelf import RecipeShelf
from tests.fakes import coil, defect
from tests.station_server import V1, StationServer

LINES = 20_000


@pytest.fixture
def server(each_server: StationServer) -> StationServer:
    return each_server


def final_coil(server: StationServer, coil_id: str, *, interrupted: bool = False, **more: Any) -> None:
    """A sound coil of 20 m."""
    with server.writer.transaction() as change:
        change.add_coil(replace(coil(coil_id), **{"strip_width_mm": 1250.0, **more}))
        change.record_interval(coil_id, "cam", Interval(0, LINES, State.INSPECTED))
        change.complete_coil(coil_id, interrupted=interrupted)


def derive(server: StationServer, of: str, piece: str, *cuts: dict[str, Any], **more: Any) -> tuple[str, set[str]]:
    """The decision on a piece, and the codes of its reasons."""
    answer = server.client.post(f"{V1}/coils/{of}/derive", json={"coil_id": piece, "cuts": list(cuts), **more})
    assert answer.status_code == 201, answer.text
    return answer.json()["decision"], {r["code"] for r in answer.json()["reasons"]}


def decided_again(server: StationServer, coil_id: str) -> tuple[str, set[str]]:
    answer = server.client.post(f"{V1}/coils/{coil_id}/decide", json={"recipe": "default", "operator": "kim"})
    assert answer.status_code in (200, 201), answer.text
    return answer.json()["decision"], {r["code"] for r in answer.json()["reasons"]}


def test_a_piece_with_the_end_of_an_interrupted_coil_is_held_and_one_before_it_is_not(server: StationServer) -> None:
    final_coil(server, "M1", interrupted=True)
    cuts: list[dict[str, Any]] = [{}, {"from_m": 12}, {"to_m": 20.0, "from_m": 1.0}, {"head_to_tail": True, "from_m": 5}]
    for n, cut in enumerate(cuts):
        decision, codes = derive(server, "M1", f"P{n}", cut)
        assert (decision, "coil.interrupted" in codes) == ("hold", True), cut
    assert derive(server, "M1", "sound", {"to_m": 19.9})[0] == "accept"
    decision, codes = decided_again(server, "P0")
    assert (decision, "coil.interrupted" in codes) == ("hold", True)
    final_coil(server, "M2")
    derive(server, "M1", "welded", {}, {"coil_id": "M2"})
    assert derive(server, "welded", "P9", {"to_m": 25})[0] == "hold", "the end of M1 lies within it"


def test_a_piece_of_a_coil_that_a_person_decided_worse_on_is_held(server: StationServer) -> None:
    for coil_id, decision in (("M1", "scrap"), ("M2", "downgrade"), ("M3", "accept")):
        final_coil(server, coil_id)
        body = {"decision": decision, "note": "seen at the exit", "operator": "kim"}
        server.client.post(f"{V1}/coils/{coil_id}/override", json=body).raise_for_status()
    for coil_id in ("M1", "M2"):
        piece = f"P{coil_id}"
        answer = server.client.post(f"{V1}/coils/{coil_id}/derive", json={"coil_id": piece, "cuts": [{"to_m": 9}]}).json()
        assert answer["decision"] == "hold"
        assert {r["code"]: r["args"] for r in answer["reasons"]}["coil.person_worse"] == {"coil": coil_id, "operator": "kim"}
    assert derive(server, "M3", "PM3", {}) == ("accept", {"coil.sound", "coil.edge_margin", "coil.derived"})
    decision, codes = derive(server, "PM1", "PP1", {"to_m": 4})
    assert (decision, "coil.person_worse" in codes) == ("hold", True)
    decision, codes = decided_again(server, "PP1")
    assert (decision, "coil.person_worse" in codes) == ("hold", True)
    server.client.post(f"{V1}/coils/M1/override", json={"decision": "accept", "note": "wrong coil", "operator": "lee"}).raise_for_status()
    assert derive(server, "M1", "P5", {})[0] == "accept", "the last word of a person counts"


def test_a_persons_hold_stays_with_the_steel_when_skelp_comes_to_hold_it_too(server: StationServer, tmp_path: Path) -> None:
    (tmp_path / "strict.toml").write_text('name = "strict"\nproducts = ["other"]\nhold_from_severity = 1\n')
    server.recipes.__dict__.update(RecipeShelf(tmp_path / "recipe.toml", [tmp_path / "strict.toml"]).__dict__)
    with server.writer.transaction() as change:
        change.add_coil(replace(coil("M1"), strip_width_mm=1250.0))
        change.record_interval("M1", "cam", Interval(0, LINES, State.INSPECTED))
        change.add_defects([defect(1, coil_id="M1", defect_id="M1-000001", severity=1)])
        change.complete_coil("M1")
    said = {"decision": "hold", "note": "waves at the exit", "operator": "kim"}
    server.client.post(f"{V1}/coils/M1/override", json=said).raise_for_status()
    again = server.client.post(f"{V1}/coils/M1/decide", json={"recipe": "strict", "operator": "lee"}).json()
    assert again["decision"] == "hold"
    decision, codes = derive(server, "M1", "P1", {})
    assert (decision, "coil.person_worse" in codes) == ("hold", True)


def test_a_piece_for_a_product_of_known_width_is_held_if_nobody_told_the_line_a_width(server: StationServer, tmp_path: Path) -> None:
    (tmp_path / "wide.toml").write_text('name = "wide"\nproducts = ["wide"]\nstrip_width_mm = 1250.0\n')
    shelf = RecipeShelf(tmp_path / "recipe.toml", [tmp_path / "wide.toml"])
    server.recipes._held, server.recipes._book = shelf._held, shelf._book
    final_coil(server, "M1", strip_width_mm=None)
    decision, codes = derive(server, "M1", "P1", {}, product="wide")
    assert (decision, "coil.recipe_other" in codes) == ("hold", True)
    final_coil(server, "M2", strip_width_mm=1250.0)
    assert derive(server, "M2", "P2", {"trimmed_drive_mm": 20}, product="wide")[0] == "accept"


def test_a_coil_of_several_products_is_held_until_somebody_says_which_it_is(server: StationServer, tmp_path: Path) -> None:
    """The default recipe, which is for coils without a product, may be milder than theirs."""
    for name in ("panel", "tube"):
        (tmp_path / f"{name}.toml").write_text(f'name = "{name}"\nproducts = ["{name}"]\nhold_above_defects_per_100m = 10.0\n')
    shelf = RecipeShelf(tmp_path / "recipe.toml", [tmp_path / "panel.toml", tmp_path / "tube.toml"])
    server.recipes.__dict__.update(shelf.__dict__)
    for coil_id, product in (("M1", "panel"), ("M2", "tube"), ("M3", "other"), ("M4", "")):
        final_coil(server, coil_id, product=product)
    two = [{}, {"coil_id": "M2"}]
    answer = server.client.post(f"{V1}/coils/M1/derive", json={"coil_id": "P1", "cuts": two}).json()
    assert answer["decision"] == "hold"
    assert {r["code"]: r["args"] for r in answer["reasons"]}["coil.order_unclear"] == {"orders": "panel, tube"}
    decision, codes = decided_again(server, "P1")
    assert (decision, "coil.order_unclear" in codes) == ("hold", True)
    further: list[list[dict[str, Any]]] = [[{}], [{"to_m": 15}], [{"to_m": 20}, {"coil_id": "P1", "from_m": 20}]]
    for n, cuts in enumerate(further):
        decision, codes = derive(server, "P1", f"of-P1-{n}", *cuts)
        assert (decision, "coil.order_unclear" in codes) == ("hold", True), "cutting does not say whose it is"
    decision, codes = derive(server, "of-P1-0", "third", {})
    assert (decision, "coil.order_unclear" in codes) == ("hold", True)
    assert derive(server, "P1", "said", {}, product="tube")[0] == "accept"
    assert derive(server, "said", "of-said", {})[0] == "accept"
    assert derive(server, "M1", "P2", *two, product="tube")[0] == "accept"
    assert derive(server, "M3", "P3", {}, {"coil_id": "M4"})[0] == "accept", "both have the default recipe"


def defects_at(server: StationServer, coil_id: str, *along_mm: float) -> None:
    """A coil of 20 m, 2 m of its head lost, with a severe defect at each of these places."""
    found = [defect(n, coil_id=coil_id, defect_id=f"{coil_id}-{n:06d}", along_mm=mm, severity=4) for n, mm in enumerate(along_mm, 1)]
    with server.writer.transaction() as change:
        change.add_coil(replace(coil(coil_id), strip_width_mm=1250.0))
        change.record_interval(coil_id, "cam", Interval(0, 2000, State.LOST, FrameDropped()))
        change.record_interval(coil_id, "cam", Interval(2000, LINES - 2000, State.INSPECTED))
        change.add_defects(found)
        change.complete_coil(coil_id)


@pytest.mark.parametrize(
    "limits",
    [
        "crop_head_m = 3.0\ncrop_tail_m = 1.0\n",
        (
            "hold_from_severity = 6\nhold_above_uninspected_m = 5.0\nzones.ends = {head_m = 3.0, tail_m = 1.0}\n"
            'rules = [{name = "r", then = "hold", outside = ["ends"]}]\n'
        ),
    ],
)
def test_what_a_recipe_leaves_out_at_a_coils_ends_counts_where_it_is_cut(server: StationServer, tmp_path: Path, limits: str) -> None:
    """At its own ends a piece is judged as its coil was, whichever end comes first now; a cut makes no new end."""
    (tmp_path / "recipe.toml").write_text(f'name = "default"\nhold_above_defects_per_100m = 1000.0\n{limits}')
    server.recipes.__dict__.update(RecipeShelf(tmp_path / "recipe.toml").__dict__)
    defects_at(server, "M1", 12_000.0)
    cases: list[tuple[list[dict[str, Any]], str]] = [
        ([{"to_m": 11}], "accept"),
        ([{"to_m": 11, "head_to_tail": True}], "accept"),
        ([{"from_m": 13}], "accept"),
        ([{"from_m": 10, "to_m": 15}], "hold"),  # the defect would be within 3 m of its head
        ([{"from_m": 5, "to_m": 12.5}], "hold"),  # and here within 1 m of its tail
        ([{"from_m": 5, "to_m": 14, "head_to_tail": True}], "hold"),
    ]
    for n, (cuts, decision) in enumerate(cases):
        assert derive(server, "M1", f"P{n}", *cuts)[0] == decision, cuts
    assert derive(server, "P0", "PP0", {"to_m": 9, "head_to_tail": True})[0] == "accept", "it has the head of M1 at its tail"
    defects_at(server, "M2", 18_500.0)
    assert derive(server, "M2", "Q1", {"head_to_tail": True})[0] == "hold", "a coil that is turned is not cropped by more at its tail"
    made = server.client.get(f"{V1}/coils/P2").json()["reasons"]
    assert [r["args"] for r in made if r["code"] == "coil.cropped"] in ([], [{"head_m": 0.0, "tail_m": 1.0}])
