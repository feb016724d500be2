"""A product that is corrected while its coil runs: its recipe decides, and what the line did by another one holds the coil."""

from __future__ import annotations

from dataclasses import replace

from skelp.domain.coverage import Interval, State
from skelp.domain.recipe import Recipe
from tests.fakes import coil
from tests.station_server import V1, StationServer


def test_a_product_whose_recipe_expects_another_width_holds_the_coil_that_runs(server: StationServer) -> None:
    wide = Recipe("wide", products=("W",), strip_width_mm=1500.0)
    with server.writer.transaction() as change:
        change.add_coil(coil("W1", recipe_name="narrow", recipe_sha256=Recipe().sha256, strip_width_mm=1000.0))
        change.record_interval("W1", "cam", Interval(0, 100_000, State.INSPECTED))
        change.choose_recipe("W1", wide)
        change.complete_coil("W1")
    found = server.client.get(f"{V1}/coils/W1").json()
    assert (found["decision"], found["reasons"][0]["code"]) == ("hold", "coil.recipe_other")


def test_a_product_whose_recipe_has_other_limits_holds_the_coil_that_runs_also_by_a_third_recipe(server: StationServer) -> None:
    graded = Recipe("graded", products=("G",), edge_margin_mm=5.0)
    with server.writer.transaction() as change:
        change.add_recipe(Recipe())
        change.add_coil(coil("G1", recipe_name="default", recipe_sha256=Recipe().sha256, strip_width_mm=1000.0))
        change.record_interval("G1", "cam", Interval(0, 100_000, State.INSPECTED))
        change.choose_recipe("G1", graded)
        change.complete_coil("G1")
        third, _ = change.decide_again("G1", replace(graded, name="third", hold_from_severity=5), "lee", "")
    found = server.client.get(f"{V1}/coils/G1").json()
    assert (found["decision"], found["reasons"][0]["code"]) == ("hold", "coil.recipe_other")
    assert (third.decision, third.reasons[0].code) == ("hold", "coil.recipe_other")
