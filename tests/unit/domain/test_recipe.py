from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.decision import Decision
from skelp.domain.defect import DefectClass, Moments
from skelp.domain.errors import SkelpError
from skelp.domain.reasons import (
    CoilClassesIgnored,
    CoilEdgeMargin,
    CoilManyDefects,
    CoilMarks,
    CoilNoLine,
    CoilNotInspected,
    CoilSevereDefects,
    CoilSound,
    CoilUninspectedAllowed,
    CoilWidthNotGiven,
    Reason,
)
from skelp.domain.recipe import ClassRule, Recipe
from skelp.domain.ruling import Evidence


@pytest.mark.parametrize(
    ("length_m", "uninspected_m", "by_severity", "decision", "reasons"),
    [
        (100, 0, {}, Decision.ACCEPT, [CoilSound(100, 0, 3), CoilEdgeMargin(2), CoilWidthNotGiven()]),
        (100, 0, {1: 3, 2: 1}, Decision.ACCEPT, [CoilSound(100, 4, 3), CoilEdgeMargin(2), CoilWidthNotGiven()]),
        (100, 0.01, {}, Decision.HOLD, [CoilNotInspected(0.01, 0)]),
        (100, 0, {4: 1}, Decision.HOLD, [CoilSevereDefects(1, 3)]),
        (100, 0, {1: 51}, Decision.HOLD, [CoilManyDefects(51, 50)]),
        (0, 0, {}, Decision.HOLD, [CoilNoLine()]),
    ],
)
def test_decisions_have_their_reasons(
    length_m: float, uninspected_m: float, by_severity: dict[int, int], decision: Decision, reasons: list[Reason]
) -> None:
    found = Recipe().decide(Evidence(length_m, uninspected_m, by_severity, width_known=False))
    assert (found.decision, found.reasons) == (decision, reasons)


def test_an_accepted_coil_names_the_classes_that_were_ignored() -> None:
    recipe = Recipe(classes={"scratch": ClassRule(ignore=True), "patch": ClassRule(ignore=True), "inclusion": ClassRule(threshold=0.9)})
    assert CoilClassesIgnored("patch, scratch") in recipe.decide(Evidence(10)).reasons


def test_marks_that_are_no_defects_are_named_and_never_counted() -> None:
    found = Recipe().decide(Evidence(1, marks={"stain": 3, "marking": 5000}))
    assert found.decision is Decision.ACCEPT
    assert found.reasons[:2] == [CoilSound(1, 0, 3), CoilMarks(5003, "marking, stain")]


def test_a_recipe_makes_marks_defects() -> None:
    classes = (DefectClass(1, "scratch"), DefectClass(2, "stain", pseudo=True), DefectClass(3, "marking", pseudo=True))
    found = Recipe(classes={"stain": ClassRule(as_defect=True)}).applied_to(classes)
    assert [c.pseudo for c in found] == [False, False, True]
    with pytest.raises(SkelpError, match="scratch is a defect in any case"):
        Recipe(classes={"scratch": ClassRule(as_defect=True)}).applied_to(classes)


def test_a_recipe_overrides_the_models_limits() -> None:
    classes = (DefectClass(1, "scratch", threshold=0.5, grow_threshold=0.2), DefectClass(2, "patch"))
    recipe = Recipe(classes={"scratch": ClassRule(threshold=0.9, min_area_mm2=4), "patch": ClassRule(ignore=True)})
    scratch, patch = recipe.applied_to(classes)
    assert (scratch.threshold, scratch.min_area_mm2, scratch.growing) == (0.9, 4, 0.2)
    assert patch.growing > 1
    assert recipe.sha256 != Recipe().sha256


@pytest.mark.parametrize(("step", "angle"), [((1, 0), 0), ((0, 1), 90), ((1, 1), 45), ((1, -1), -45)])
def test_orientation_is_the_angle_to_the_rolling_direction(step: tuple[int, int], angle: float) -> None:
    cells = [(1000 + n * step[0], 50 + n * step[1]) for n in range(20)]
    y, x = ([c[n] for c in cells] for n in (0, 1))
    m = Moments(sum(y), sum(x), *(sum(a * b for a, b in zip(p, q, strict=True)) for p, q in ((y, y), (x, x), (y, x))))
    assert m.orientation_deg(len(cells), 1.0, 1.0) == pytest.approx(angle)


@pytest.mark.parametrize("width", [0.0, -1.0, float("nan")])
def test_a_width_that_no_strip_has_is_refused(width: float) -> None:
    with pytest.raises(ValueError, match="strip_width_mm must be more than 0"):
        Recipe(strip_width_mm=width)


def test_a_coil_of_which_nothing_was_inspected_is_held_however_much_the_recipe_allows() -> None:
    found = Recipe(hold_above_uninspected_m=50.0).decide(Evidence(20.0, 20.0))
    assert (found.decision, found.reasons) == (Decision.HOLD, [CoilNoLine()])


def test_an_accepted_coil_says_what_was_not_inspected_and_does_not_count_it_as_inspected() -> None:
    found = Recipe(hold_above_uninspected_m=5.0).decide(Evidence(20.0, 4.0))
    assert found.decision is Decision.ACCEPT
    assert found.reasons[:2] == [CoilSound(16.0, 0, 3), CoilUninspectedAllowed(4.0, 5.0)]


def test_lost_steel_does_not_make_defects_fewer_for_each_metre() -> None:
    """49 defects on the 50 m that were seen are 98 per 100 m, whether the other 50 m were lost or not rolled yet."""
    found = Recipe(hold_above_uninspected_m=60.0).decide(Evidence(100.0, 50.0, {1: 49}))
    assert (found.decision, found.reasons) == (Decision.HOLD, [CoilManyDefects(98.0, 50.0)])


COUNTS = st.dictionaries(st.integers(1, 5), st.integers(0, 200))


@given(COUNTS, st.integers(1, 5), st.floats(0, 50), st.floats(0, 5), st.integers(0, 2), st.booleans())
def test_a_coil_is_never_accepted_for_one_more_defect_or_less_inspected_steel(
    by_severity: dict[int, int], grade: int, uninspected_m: float, more_m: float, periodic: int, hold_for_periodic: bool
) -> None:
    recipe = Recipe(hold_above_uninspected_m=10.0, hold_for_periodic=hold_for_periodic)

    def decision(counts: dict[int, int], missing_m: float, series: int) -> Decision:
        return recipe.decide(Evidence(100.0, missing_m, counts, periodic=series)).decision

    if decision(by_severity, uninspected_m, periodic) is Decision.HOLD:
        one_more = {**by_severity, grade: by_severity.get(grade, 0) + 1}
        assert decision(one_more, uninspected_m, periodic) is Decision.HOLD
        assert decision(by_severity, uninspected_m + more_m, periodic) is Decision.HOLD
        assert decision(by_severity, uninspected_m, periodic + 1) is Decision.HOLD
