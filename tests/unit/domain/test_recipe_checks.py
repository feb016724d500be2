"""Recipes that would judge less than their author thinks are refused when they are checked, with a coded reason."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp.config import load_recipe
from skelp.domain.decision import Decision
from skelp.domain.errors import SkelpError
from skelp.domain.found import Found
from skelp.domain.reasons import RecipeEmptyKey, RecipeSideUnseen, RecipeZoneWhole
from skelp.domain.recipe import NEVER, Recipe
from skelp.domain.rule_checks import refuse_empty_keys
from skelp.domain.rules import Rule
from skelp.domain.ruling import Evidence
from skelp.domain.strip import Side
from skelp.domain.zones import Zone
from tests.fakes import defect

HOLD = Decision.HOLD


@pytest.mark.parametrize("key", ["classes", "sides"])
def test_an_empty_list_that_would_mean_all_is_refused(tmp_path: Path, key: str) -> None:
    text = f'[[rules]]\nname = "one"\nthen = "hold"\n[[rules]]\nname = "two"\nthen = "hold"\nseverity_from = 2\n{key} = []\n'
    with pytest.raises(SkelpError) as refused:
        refuse_empty_keys(tomllib.loads(text), "the recipe")
    assert refused.value.reason == RecipeEmptyKey("two", key)
    (tmp_path / "r.toml").write_text(text)
    with pytest.raises(SkelpError) as refused:
        load_recipe(tmp_path / "r.toml")
    assert refused.value.reason == RecipeEmptyKey("two", key)


@pytest.mark.parametrize("body", [{}, {"rules": 3}, {"rules": [3, []]}, {"rules": [{"name": [], "classes": ["x"]}]}])
def test_what_is_no_rule_is_left_to_the_other_checks(body: dict[str, Any]) -> None:
    refuse_empty_keys(body, "the recipe")


@pytest.mark.parametrize(
    ("zone", "whole"),
    [
        (Zone(edge_mm=500), True),
        (Zone(edge_mm=499), False),
        (Zone(operator_edge_mm=1000), True),
        (Zone(operator_edge_mm=400, drive_edge_mm=600), True),
        (Zone(operator_edge_mm=400, drive_edge_mm=599), False),
        (Zone(middle_mm=1000), True),
        (Zone(middle_mm=900, edge_mm=50), True),
        (Zone(middle_mm=900, operator_edge_mm=50), False),
        (Zone(head_m=5), False),
        (Zone(side=Side.TOP), False),
    ],
)
def test_a_zone_as_wide_as_the_strip_is_refused(zone: Zone, whole: bool) -> None:
    recipe = Recipe(zones={"z": zone}, strip_width_mm=1000.0)
    if not whole:
        recipe.check_rules()
        return
    with pytest.raises(SkelpError) as refused:
        recipe.check_rules()
    assert refused.value.reason == RecipeZoneWhole("z", 1000.0)


def test_a_rule_for_a_side_without_a_camera_is_refused() -> None:
    zones = {"below": Zone(side=Side.BOTTOM, edge_mm=30)}
    for rule in (Rule("r", HOLD, sides=(Side.BOTTOM,)), Rule("r", HOLD, zone="below")):
        recipe = Recipe(rules=(rule,), zones=zones, hold_from_severity=NEVER)
        recipe.check_sides({Side.TOP, Side.BOTTOM})
        with pytest.raises(SkelpError) as refused:
            recipe.check_sides({Side.TOP})
        assert refused.value.reason == RecipeSideUnseen("r", "bottom")
    Recipe(rules=(Rule("r", HOLD), Rule("s", HOLD, outside=("below",))), zones=zones).check_sides({Side.TOP})


def test_a_rate_for_absurdly_many_metres_is_refused() -> None:
    """What it counts would be infinite, which no JSON has: PostgreSQL refuses the coil, and the station would not start again."""
    for key, rule in (("per_m", Rule("r", HOLD, per_m=1e308)), ("in_any_m", Rule("r", HOLD, in_any_m=1e308))):
        with pytest.raises(SkelpError, match=f"rule r: {key} must be 1e\\+06 or less, got 1e\\+308"):
            Recipe(rules=(rule,), hold_from_severity=NEVER).check_rules()


PLACES: dict[str, Callable[[float], Zone]] = {
    "edges": lambda mm: Zone(edge_mm=mm / 2),
    "operator": lambda mm: Zone(operator_edge_mm=mm),
    "drive": lambda mm: Zone(drive_edge_mm=mm),
    "middle": lambda mm: Zone(middle_mm=mm),
}


@given(st.sampled_from(sorted(PLACES)), st.floats(1, 2000), st.floats(50, 1000), st.floats(0, 990))
def test_a_zone_that_is_all_of_a_narrow_strip_hides_no_defect(place: str, mm: float, width_mm: float, across_mm: float) -> None:
    recipe = Recipe(rules=(Rule("r", HOLD, outside=("z",)),), zones={"z": PLACES[place](mm)}, hold_from_severity=NEVER)
    found = Found.of([defect(1, across_mm=min(across_mm, width_mm - 20), width_mm=10.0)])
    decision = recipe.decide(Evidence(1000.0, found=found, width_mm=width_mm, by_severity={2: 1})).decision
    assert decision is HOLD or mm < width_mm


def test_ends_that_are_all_of_a_short_coil_hide_no_defect() -> None:
    recipe = Recipe(rules=(Rule("r", HOLD, outside=("ends",)),), zones={"ends": Zone(head_m=30, tail_m=20)}, hold_from_severity=NEVER)
    found = Found.of([defect(1, along_mm=10_000.0)])
    assert recipe.decide(Evidence(1000.0, found=found)).decision is Decision.ACCEPT
    assert recipe.decide(Evidence(50.0, found=found)).decision is HOLD
