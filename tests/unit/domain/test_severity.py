"""A grade follows from stated rules, and each step of it is a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skelp.domain.defect import MARK
from skelp.domain.reasons import (
    Reason,
    SeverityArea,
    SeverityAtLeast,
    SeverityAtMost,
    SeverityContrast,
    SeverityContrastUnknown,
    SeverityEdge,
    SeverityEdgeUnknown,
    SeverityLong,
    SeverityMark,
    SeverityNoRecipe,
    SeverityOtherGrade,
    SeverityWide,
)
from skelp.domain.recipe import ClassRule, Recipe
from skelp.domain.severity import ClassSeverity, Measures, Severity, explained
from tests.fakes import defect

WIDTH_MM = 1000.0


def of(area: float = 1.0, length: float = 1.0, width: float = 1.0, across: float = 500.0, contrast: float = -0.1) -> Measures:
    """A small defect in the middle of the strip, unless these say otherwise."""
    return Measures(area, length, width, across, contrast)


@pytest.mark.parametrize(("area", "length", "grade"), [(1, 1, 1), (50, 1, 2), (500, 1, 3), (5000, 1, 4), (1, 1000, 2), (1e6, 1e6, 4)])
def test_severity_grows_with_area_and_length(area: float, length: float, grade: int) -> None:
    assert Severity().graded(of(area, length=length), WIDTH_MM)[0] == grade


SMALL = SeverityArea(1, 0, 1)


@pytest.mark.parametrize(
    ("rules", "found", "grade", "reasons"),
    [
        ({}, of(), 1, [SMALL]),
        ({}, of(60), 2, [SeverityArea(60, 50, 2)]),
        ({}, of(9000), 4, [SeverityArea(9000, 5000, 4)]),
        ({}, of(9000, length=2000.0), 4, [SeverityArea(9000, 5000, 4), SeverityLong(2000, 1000), SeverityAtMost(4)]),
        ({"at_most": 5}, of(9000, length=2000.0), 5, [SeverityArea(9000, 5000, 4), SeverityLong(2000, 1000)]),
        ({"area_mm2": (50.0, 500.0, 5000.0, 8000.0)}, of(9000), 5, [SeverityArea(9000, 8000, 5)]),
        ({"wide_mm": 30.0}, of(width=30.0), 2, [SMALL, SeverityWide(30, 30)]),
        ({"wide_mm": 30.0}, of(width=29.9), 1, [SMALL]),
        ({"contrast": 0.4}, of(contrast=-0.45), 2, [SMALL, SeverityContrast(-0.45, 0.4)]),
        ({"contrast": 0.4}, of(contrast=0.45), 2, [SMALL, SeverityContrast(0.45, 0.4)]),
        ({"contrast": 0.4}, of(contrast=-0.39), 1, [SMALL]),
        ({"contrast": 0.4}, of(contrast=0.0), 2, [SMALL, SeverityContrastUnknown(0.4)]),
        ({"edge_mm": 25.0}, of(across=25.0), 2, [SMALL, SeverityEdge(25, 25, 1)]),
        ({"edge_mm": 25.0}, of(across=26.0), 1, [SMALL]),
        ({"edge_mm": 25.0, "edge": 2}, of(across=980.0, width=5.0), 3, [SMALL, SeverityEdge(15, 25, 2)]),
        ({"edge_mm": 25.0, "edge": -1}, of(60, across=3.0), 1, [SeverityArea(60, 50, 2), SeverityEdge(3, 25, -1)]),
        ({"edge_mm": 25.0, "edge": -1}, of(60, across=985.0), 1, [SeverityArea(60, 50, 2), SeverityEdge(14, 25, -1)]),
        ({"edge_mm": 25.0, "edge": -1}, of(60, across=3.0, width=40.0), 2, [SeverityArea(60, 50, 2)]),
        ({"edge_mm": 25.0, "edge": -1}, of(across=3.0), 1, [SMALL, SeverityEdge(3, 25, -1), SeverityAtLeast(1)]),
        ({"edge_mm": 25.0, "edge": 0}, of(across=3.0), 1, [SMALL]),
        ({"at_least": 3}, of(), 3, [SMALL, SeverityAtLeast(3)]),
        ({"at_least": 5}, of(), 5, [SMALL, SeverityAtLeast(5)]),
        ({"at_most": 2}, of(600), 2, [SeverityArea(600, 500, 3), SeverityAtMost(2)]),
    ],
)
def test_each_step_of_a_grade_has_its_reason(rules: dict[str, Any], found: Measures, grade: int, reasons: list[Reason]) -> None:
    assert Severity(**rules).graded(found, WIDTH_MM) == (grade, reasons)


def test_where_the_strips_width_is_not_known_the_graver_place_counts() -> None:
    raised, lowered = Severity(edge_mm=25.0), Severity(edge_mm=25.0, edge=-1)
    assert raised.graded(of(60), None) == (3, [SeverityArea(60, 50, 2), SeverityEdgeUnknown(25, 1)])
    assert lowered.graded(of(60), None) == (2, [SeverityArea(60, 50, 2), SeverityEdgeUnknown(25, 0)])
    near = of(60, across=3.0)  # of the operator side, from which the place is measured
    assert raised.graded(near, None) == (3, [SeverityArea(60, 50, 2), SeverityEdge(3, 25, 1)])
    assert lowered.graded(near, None) == (1, [SeverityArea(60, 50, 2), SeverityEdge(3, 25, -1)])


def some(most: int) -> st.SearchStrategy[float]:
    """Few values, so that defects often lie on both sides of a limit."""
    return st.integers(0, 10).map(lambda n: most * n / 10)


@st.composite
def severities(draw: st.DrawFn) -> Severity:
    at_least = draw(st.sampled_from([1, 1, 1, 2, 5]))
    return Severity(
        draw(st.sampled_from([(500.0, 700.0, 900.0), (0.0, 800.0, 1000.0, 2000.0)])),
        draw(some(2000)),
        draw(st.none() | some(100)),
        draw(st.none() | some(1)),
        draw(some(50)),
        draw(st.integers(-2, 2)),
        at_least,
        draw(st.sampled_from([None, 5, 5, at_least])),
    )


CONTRAST = st.integers(-10, 10).filter(bool).map(lambda n: n / 10)  # 0 is not measured, and counts as strong
MEASURED = st.tuples(some(1000), some(1000), some(100), CONTRAST)
"""Area, length, width and contrast."""
PLACE = some(100)
STRIP = st.none() | some(100).map(lambda mm: mm + 100)


def at(across: float, measured: Sequence[float]) -> Measures:
    area, length, width, contrast = measured
    return Measures(area, length, width, across, contrast)


STEPS: tuple[list[float], ...] = ([0, 500, 800, 2000], [0, 300, 1000, 2000], [0, 15, 40, 90], [-0.1, 0.2, -0.4, 0.5, -0.9, 1.0])
"""Each measure, from the least to the most."""


@settings(deadline=None)
@given(severities(), PLACE, STRIP)
def test_a_larger_or_stronger_defect_never_gets_a_lower_grade(rules: Severity, across: float, strip: float | None) -> None:
    """Every defect of a grid is compared with those that are one step more in one measure."""
    places = list(product(*(range(len(steps)) for steps in STEPS)))
    grades = {p: rules.graded(at(across, [steps[k] for steps, k in zip(STEPS, p, strict=True)]), strip)[0] for p in places}
    for place, grade in grades.items():
        assert 1 <= grade <= 5
        for n in range(len(STEPS)):
            more = (*place[:n], place[n] + 1, *place[n + 1 :])
            assert grade <= grades.get(more, 5), (place, more)


@given(severities(), MEASURED, PLACE, some(100).map(lambda mm: mm + 100))
def test_a_strip_of_unknown_width_never_gives_a_lower_grade(
    rules: Severity, measured: Sequence[float], across: float, strip: float
) -> None:
    found = at(across, measured)
    assert rules.graded(found, None)[0] >= rules.graded(found, strip)[0]


@given(severities(), MEASURED, PLACE, STRIP)
def test_the_reasons_alone_add_up_to_the_grade(rules: Severity, measured: Sequence[float], across: float, strip: float | None) -> None:
    grade, reasons = rules.graded(at(across, measured), strip)
    added = 0
    for reason in reasons:
        if isinstance(reason, SeverityAtLeast | SeverityAtMost):
            added = reason.grade
        elif isinstance(reason, SeverityArea):
            added += reason.grade
        else:
            added += reason.args.get("steps", 1)
    assert added == grade


def test_a_class_has_the_rules_for_all_but_for_its_own() -> None:
    recipe = Recipe(
        severity=Severity(wide_mm=30.0, at_most=3), classes={"scratch": ClassRule(severity=ClassSeverity(long_mm=200.0, at_most=5))}
    )
    assert recipe.severity_of("scratch") == Severity(wide_mm=30.0, long_mm=200.0, at_most=5)
    assert recipe.severity_of("patch") == recipe.severity


def test_a_stored_defect_is_explained_by_its_own_recipe() -> None:
    found = defect(1, area_mm2=60.0, severity=2)
    assert explained(found, Severity(), WIDTH_MM) == [SeverityArea(60, 50, 2)]
    assert explained(found, None, WIDTH_MM) == [SeverityNoRecipe()]
    assert explained(replace(found, severity=4), Severity(), WIDTH_MM) == [SeverityOtherGrade(2)]
    assert explained(replace(found, severity=MARK), None, WIDTH_MM) == [SeverityMark()]


OTHER_RULES = [
    Severity(wide_mm=30.0),
    Severity(contrast=0.4),
    Severity(edge_mm=25.0),
    Severity(edge_mm=25.0, edge=-1),
    Severity(at_least=2),
    Severity(at_most=5),
    Severity((50.0, 500.0, 5000.0, 50000.0)),
]


def test_a_recipe_without_the_later_rules_has_the_hash_that_it_had_before_them() -> None:
    """The hashes are those of the version before grade 5: coils that it inspected name them."""
    tin = Recipe(
        "tin", {"scratch": ClassRule(min_area_mm2=7.0), "stain": ClassRule(0.6, as_defect=True)}, Severity((20.0, 200.0, 2000.0), 500.0)
    )
    assert Recipe().sha256 == "0a60a4dc09d29f57071d1e258394f916de905ebc4c14ed0da5c02df1bf96d65c"
    assert tin.sha256 == "f4f67b26443a1fc412d8b8143bcb811fcc2b2548d3de40a57c8c3984268adf82"


def test_every_rule_is_in_the_hash() -> None:
    recipes = [Recipe(severity=s) for s in OTHER_RULES]
    recipes += [Recipe(classes={"scratch": ClassRule(severity=ClassSeverity(at_least=n))}) for n in (1, 2)]
    recipes += [Recipe(), Recipe(classes={"scratch": ClassRule()})]
    assert len({r.sha256 for r in recipes}) == len(recipes)
