"""A product that is corrected while its coil runs: its recipe decides, and what the line did by another one holds the coil."""

from __future__ import annotations

from dataclasses import replace

from skelp.domain.coverage import Interval, State
from skelp.domain.cuts import Cut
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


def test_a_product_that_is_corrected_twice_does_not_hide_by_what_its_coil_was_inspected(server: StationServer) -> None:
    fine = Recipe("fine", edge_margin_mm=0.5)
    same_limits = replace(fine, name="same limits", hold_from_severity=5)
    with server.writer.transaction() as change:
        change.add_recipe(Recipe())
        change.add_coil(coil("T1", recipe_name="default", recipe_sha256=Recipe().sha256, strip_width_mm=1000.0))
        change.record_interval("T1", "cam", Interval(0, 100_000, State.INSPECTED))
        change.choose_recipe("T1", fine)
        change.choose_recipe("T1", same_limits)
        change.complete_coil("T1")
    found = server.client.get(f"{V1}/coils/T1").json()
    assert (found["decision"], found["recipe"]["name"]) == ("hold", "same limits")
    assert found["reasons"][0]["args"] == {"inspected_by": "default", "asked": "same limits"}


def test_a_piece_of_a_coil_that_another_recipe_inspected_is_held_too(server: StationServer) -> None:
    fine = Recipe("fine", edge_margin_mm=0.5)
    with server.writer.transaction() as change:
        change.add_recipe(Recipe())
        change.add_coil(coil("M1", recipe_name="default", recipe_sha256=Recipe().sha256, strip_width_mm=1000.0))
        change.record_interval("M1", "cam", Interval(0, 100_000, State.INSPECTED))
        change.choose_recipe("M1", fine)
        change.complete_coil("M1")
        change.derive_coil("P1", {}, [Cut("M1")], lambda *_: fine)
    found = server.client.get(f"{V1}/coils/P1").json()
    assert (found["decision"], found["reasons"][0]["args"]) == ("hold", {"inspected_by": "default", "asked": "fine"})


def test_a_piece_is_held_if_one_of_its_coils_had_other_limits_under_the_same_name(server: StationServer) -> None:
    before, now = Recipe("plain", edge_margin_mm=5.0), Recipe("plain", edge_margin_mm=1.0)
    with server.writer.transaction() as change:
        for coil_id, recipe in (("M1", before), ("M2", now)):
            change.add_recipe(recipe)
            change.add_coil(coil(coil_id, recipe_name="plain", recipe_sha256=recipe.sha256, strip_width_mm=1000.0))
            change.record_interval(coil_id, "cam", Interval(0, 100_000, State.INSPECTED))
            change.complete_coil(coil_id)
        change.derive_coil("P1", {}, [Cut("M1"), Cut("M2")], lambda *_: now)
    found = server.client.get(f"{V1}/coils/P1").json()
    assert (found["decision"], found["reasons"][0]["code"]) == ("hold", "coil.recipe_other")
