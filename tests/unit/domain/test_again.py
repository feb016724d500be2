"""Deciding again, by another recipe, from what is recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.again import decide_again
from skelp.domain.coilmap import Coil, Facts, Status, Tally, evidence
from skelp.domain.coverage import Interval, State
from skelp.domain.decision import Decision
from skelp.domain.defect import MARK, Defect
from skelp.domain.found import Found
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.reasons import (
    CoilDerived,
    CoilInterrupted,
    CoilRecipeFiner,
    CoilRecipeUnknown,
    CoilRuleCount,
    CoilSevereDefects,
    CoilSound,
    FrameDropped,
)
from skelp.domain.recipe import NEVER, ClassRule, Recipe
from skelp.domain.rules import Rule
from skelp.domain.severity import Severity
from skelp.domain.strip import Side
from tests.fakes import coil, defect


def final(**more: Any) -> Coil:
    return replace(coil("C1"), status=Status.FINAL, recipe_name="first", **more)


def facts(*found: Defect, lost: int = 0) -> Facts:
    coverage = [Interval(0, 100_000, State.INSPECTED), *([Interval(100_000, lost, State.LOST, FrameDropped())] if lost else [])]
    return Facts(coverage, Tally.of(found), found=Found.of(found, marks=True))


@pytest.mark.parametrize(
    ("inspected", "asked", "limits"),
    [
        ({}, {}, None),
        ({}, {"hold_from_severity": 2, "rules": (Rule("a", Decision.SCRAP, more_than=9),)}, None),
        ({"edge_margin_mm": 5.0}, {"edge_margin_mm": 2.0}, "edge_margin_mm"),
        ({"edge_margin_mm": 2.0}, {"edge_margin_mm": 5.0}, None),
        ({}, {"bridge_mm": 20.0}, "bridge_mm"),
        ({"bridge_mm": 20.0}, {}, "bridge_mm"),  # what it joined may be several
        ({}, {"strip_width_mm": 900.0}, "strip_width_mm"),
        ({}, {"classes": {"stain": ClassRule(as_defect=True)}}, "classes.stain.as_defect"),
        ({}, {"classes": {"stain": ClassRule(as_defect=True)}, "hold_for_periodic": False}, None),
        ({}, {"rules": (Rule("pits", Decision.SCRAP, ("pit",)),)}, None),
        ({}, {"rules": (Rule("dents", Decision.SCRAP, ("dent", "pit")),)}, "rules.dents.classes"),
        ({"screen": (Side.TOP,)}, {}, "screen"),
        ({}, {"screen": (Side.TOP,)}, None),
        ({"classes": {"pit": ClassRule(0.8)}}, {"classes": {"pit": ClassRule(0.9)}}, None),
        ({"classes": {"pit": ClassRule(0.8)}}, {"classes": {"pit": ClassRule(0.7)}}, "classes.pit.threshold"),
        ({"classes": {"pit": ClassRule(0.8)}}, {}, "classes.pit.threshold"),
        ({"classes": {"pit": ClassRule(min_area_mm2=9)}}, {"classes": {"pit": ClassRule(min_area_mm2=8)}}, "classes.pit.min_area_mm2"),
        ({"classes": {"pit": ClassRule(ignore=True)}}, {}, "classes.pit.ignore"),
        ({}, {"classes": {"pit": ClassRule(ignore=True)}}, None),
    ],
)
def test_a_recipe_that_looks_for_more_than_was_looked_for_holds_the_coil(
    inspected: dict[str, Any], asked: dict[str, Any], limits: str | None
) -> None:
    ruling = decide_again(final(), facts(), Recipe("other", **asked), Recipe("first", **inspected), frozenset({"pit", "scratch"}))
    if limits is None:
        assert ruling.decision is Decision.ACCEPT
    else:
        assert (ruling.decision, ruling.reasons) == (Decision.HOLD, [CoilRecipeFiner(limits, "first")])


def test_a_coil_whose_recipe_is_not_known_or_that_was_interrupted_is_held() -> None:
    assert decide_again(final(), facts(), Recipe(), None).reasons == [CoilRecipeUnknown("first")]
    assert decide_again(final(interrupted=True), facts(), Recipe(), Recipe()).reasons == [CoilInterrupted()]


def test_what_the_other_recipe_does_not_count_is_left_out() -> None:
    found = facts(
        defect(1, class_name="pit", score=0.7, severity=3),
        defect(2, class_name="pit", score=0.95, severity=3, area_mm2=4.0),
        defect(3, class_name="dent", severity=3),
        defect(4, across_mm=1.0, width_mm=2.0, severity=3),
    )
    asked = Recipe(classes={"pit": ClassRule(0.9, min_area_mm2=5.0), "dent": ClassRule(ignore=True)}, edge_margin_mm=4.0)
    inspected = Recipe(classes={"pit": ClassRule(0.5, min_area_mm2=1.0)})
    ruling = decide_again(final(strip_width_mm=900.0), found, asked, inspected)
    assert ruling.decision is Decision.ACCEPT
    assert ruling.reasons[0] == CoilSound(100.0, 0, 3)


def test_severities_are_those_of_the_recipe_that_decides() -> None:
    found = facts(defect(1, area_mm2=40.0, severity=1))
    ruling = decide_again(final(), found, Recipe(severity=Severity((1.0, 10.0, 1000.0))), Recipe())
    assert ruling.reasons == [CoilSevereDefects(1, 3)]
    assert ruling.findings[0].defect_ids == ("C1-000001",)


def test_marks_become_defects_and_defects_marks() -> None:
    found = facts(defect(1, class_name="stain", severity=MARK), defect(2, class_name="chalk", severity=3))
    asked = Recipe(
        classes={"stain": ClassRule(as_defect=True)}, rules=(Rule("stains", Decision.DOWNGRADE, ("stain",)),), hold_for_periodic=False
    )
    ruling = decide_again(final(), found, asked, Recipe(classes={"chalk": ClassRule(as_defect=True)}), frozenset({"stain", "chalk"}))
    assert ruling.reasons[:1] == [CoilRuleCount("stains", Decision.DOWNGRADE, 1.0, 0.0)]


def test_a_series_of_a_class_that_is_ignored_holds_nothing() -> None:
    marks = [defect(n, class_name="dent", severity=1) for n in (1, 2, 3)]
    series = PeriodicDefect("C1-top-P1", "C1", Side.TOP, 1, 2, 0.1, 3, 9, 3, 3, -9.6, (), ("C1-000001", "C1-000002"))
    seen = replace(facts(*marks), periodic=[series])
    assert decide_again(final(), seen, Recipe(), Recipe()).decision is Decision.HOLD
    assert decide_again(final(), seen, Recipe(classes={"dent": ClassRule(ignore=True)}), Recipe()).decision is Decision.ACCEPT


@given(
    st.lists(st.tuples(st.integers(1, 4), st.floats(0.1, 9000), st.sampled_from(["scratch", "patch"])), max_size=8),
    st.sampled_from([0, 700]),
    st.sampled_from([NEVER, 2, 3]),
    st.sampled_from([0.0, 10.0]),
)
def test_by_its_own_recipe_a_coil_is_decided_as_it_was(
    drawn: list[tuple[int, float, str]], lost: int, hold_from: int, crop_m: float
) -> None:
    found = [defect(n, severity=s, area_mm2=area, class_name=name) for n, (s, area, name) in enumerate(drawn, 1)]
    recipe = Recipe(rules=(Rule("many", Decision.SCRAP, more_than=5),), hold_from_severity=hold_from, crop_head_m=crop_m)
    seen = facts(*found, lost=lost)
    first = recipe.decide(evidence(final(), seen, recipe))
    again = decide_again(final(), seen, recipe, recipe)
    assert again == first


@pytest.mark.parametrize(
    ("asked", "inspected"),
    [
        (Recipe("stricter", severity=Severity(wide_mm=400.0)), Recipe()),
        (
            Recipe("less fine", classes={"scratch": ClassRule(min_area_mm2=60.0)}),
            Recipe(classes={"scratch": ClassRule(min_area_mm2=5.0)}),
        ),
    ],
)
def test_a_defect_that_lies_across_a_cut_is_no_better_by_another_recipe(asked: Recipe, inspected: Recipe) -> None:
    """It was severe as a whole; what is left of it is small."""
    rest = facts(defect(1, severity=4, area_mm2=40.0, length_mm=80.0, cut_by_gap=True))
    ruling = decide_again(final(strip_width_mm=900.0), rest, asked, inspected, first=[CoilDerived("M1")])
    assert ruling.reasons == [CoilSevereDefects(1, 3), CoilDerived("M1")]
    whole = facts(defect(1, severity=4, area_mm2=40.0, length_mm=80.0))
    assert decide_again(final(strip_width_mm=900.0), whole, asked, inspected, first=[CoilDerived("M1")]).decision is Decision.ACCEPT
