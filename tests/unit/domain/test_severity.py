"""A grade follows from stated rules, and each step of it is a reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.defect import MARK, Defect
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
from skelp.domain.severity import ClassSeverity, Severity, explained
from tests.fakes import defect

WIDTH_MM = 1000.0


def of(area: float = 1.0, **changes: object) -> Defect:
    """A small defect in the middle of the strip, with these measures."""
    values: dict[str, object] = {"area_mm2": area, "length_mm": 1.0, "width_mm": 1.0, "across_mm": 500.0, "contrast": -0.1}
    return defect(1, **values | changes)


@pytest.mark.parametrize(("area", "length", "grade"), [(1, 1, 1), (50, 1, 2), (500, 1, 3), (5000, 1, 4), (1, 1000, 2), (1e6, 1e6, 4)])
def test_severity_grows_with_area_and_length(area: float, length: float, grade: int) -> None:
    assert Severity().graded(of(area, length_mm=length), WIDTH_MM)[0] == grade


SMALL = SeverityArea(1, 0, 1)


@pytest.mark.parametrize(
    ("rules", "found", "grade", "reasons"),
    [
        ({}, of(), 1, [SMALL]),
        ({}, of(60), 2, [SeverityArea(60, 50, 2)]),
        ({}, of(9000), 4, [SeverityArea(9000, 5000, 4)]),
        ({}, of(9000, length_mm=2000.0), 4, [SeverityArea(9000, 5000, 4), SeverityLong(2000, 1000), SeverityAtMost(4)]),
        ({"at_most": 5}, of(9000, length_mm=2000.0), 5, [SeverityArea(9000, 5000, 4), SeverityLong(2000, 1000)]),
        ({"area_mm2": (50.0, 500.0, 5000.0, 8000.0)}, of(9000), 5, [SeverityArea(9000, 8000, 5)]),
        ({"wide_mm": 30.0}, of(width_mm=30.0), 2, [SMALL, SeverityWide(30, 30)]),
        ({"wide_mm": 30.0}, of(width_mm=29.9), 1, [SMALL]),
        ({"contrast": 0.4}, of(contrast=-0.45), 2, [SMALL, SeverityContrast(-0.45, 0.4)]),
        ({"contrast": 0.4}, of(contrast=0.45), 2, [SMALL, SeverityContrast(0.45, 0.4)]),
        ({"contrast": 0.4}, of(contrast=-0.39), 1, [SMALL]),
        ({"contrast": 0.4}, of(contrast=0.0), 2, [SMALL, SeverityContrastUnknown(0.4)]),
        ({"edge_mm": 25.0}, of(across_mm=25.0), 2, [SMALL, SeverityEdge(25, 25, 1)]),
        ({"edge_mm": 25.0}, of(across_mm=26.0), 1, [SMALL]),
        ({"edge_mm": 25.0, "edge": 2}, of(across_mm=980.0, width_mm=5.0), 3, [SMALL, SeverityEdge(15, 25, 2)]),
        ({"edge_mm": 25.0, "edge": -1}, of(60, across_mm=3.0), 1, [SeverityArea(60, 50, 2), SeverityEdge(3, 25, -1)]),
        ({"edge_mm": 25.0, "edge": -1}, of(60, across_mm=985.0), 1, [SeverityArea(60, 50, 2), SeverityEdge(14, 25, -1)]),
        ({"edge_mm": 25.0, "edge": -1}, of(60, across_mm=3.0, width_mm=40.0), 2, [SeverityArea(60, 50, 2)]),
        ({"edge_mm": 25.0, "edge": -1}, of(across_mm=3.0), 1, [SMALL, SeverityEdge(3, 25, -1), SeverityAtLeast(1)]),
        ({"edge_mm": 25.0, "edge": 0}, of(across_mm=3.0), 1, [SMALL]),
        ({"at_least": 3}, of(), 3, [SMALL, SeverityAtLeast(3)]),
        ({"at_least": 5}, of(), 5, [SMALL, SeverityAtLeast(5)]),
        ({"at_most": 2}, of(600), 2, [SeverityArea(600, 500, 3), SeverityAtMost(2)]),
    ],
)
def test_each_step_of_a_grade_has_its_reason(rules: dict[str, Any], found: Defect, grade: int, reasons: list[Reason]) -> None:
    assert Severity(**rules).graded(found, WIDTH_MM) == (grade, reasons)


def test_where_the_strips_width_is_not_known_the_graver_place_counts() -> None:
    raised, lowered = Severity(edge_mm=25.0), Severity(edge_mm=25.0, edge=-1)
    assert raised.graded(of(60), None) == (3, [SeverityArea(60, 50, 2), SeverityEdgeUnknown(25, 1)])
    assert lowered.graded(of(60), None) == (2, [SeverityArea(60, 50, 2), SeverityEdgeUnknown(25, 0)])
    near = of(60, across_mm=3.0)  # of the operator side, from which the place is measured
    assert raised.graded(near, None) == (3, [SeverityArea(60, 50, 2), SeverityEdge(3, 25, 1)])
    assert lowered.graded(near, None) == (1, [SeverityArea(60, 50, 2), SeverityEdge(3, 25, -1)])


LIMIT = st.none() | st.floats(0, 100)


@st.composite
def severities(draw: st.DrawFn) -> Severity:
    areas = sorted(draw(st.sets(st.floats(0, 1e4), min_size=3, max_size=4)))
    at_least = draw(st.integers(1, 5))
    return Severity(
        tuple(areas),
        draw(st.floats(0, 3000)),
        draw(LIMIT),
        draw(st.none() | st.floats(0, 2)),
        draw(st.floats(0, 600)),
        draw(st.integers(-4, 4)),
        at_least,
        draw(st.none() | st.integers(at_least, 5)),
    )


MEASURES = st.fixed_dictionaries(
    {
        "area_mm2": st.floats(0, 2e4),
        "length_mm": st.floats(0, 4000),
        "width_mm": st.floats(0, 500),
        "contrast": st.floats(-3, 3).filter(bool),  # 0 is not measured, and counts as strong
    }
)
PLACE = st.floats(0, 1000)
STRIP = st.none() | st.floats(500, 1100)


@given(severities(), MEASURES, MEASURES, PLACE, STRIP)
def test_a_larger_or_stronger_defect_never_gets_a_lower_grade(
    rules: Severity, one: dict[str, float], other: dict[str, float], across: float, strip: float | None
) -> None:
    less = {name: min(value, other[name], key=abs) for name, value in one.items()}
    more = {name: max(value, other[name], key=abs) for name, value in one.items()}
    low, high = (rules.graded(defect(1, across_mm=across, **measures), strip)[0] for measures in (less, more))
    assert 1 <= low <= high <= 5


@given(severities(), MEASURES, PLACE, st.floats(500, 1100))
def test_a_strip_of_unknown_width_never_gives_a_lower_grade(
    rules: Severity, measures: dict[str, float], across: float, strip: float
) -> None:
    found = defect(1, across_mm=across, **measures)
    assert rules.graded(found, None)[0] >= rules.graded(found, strip)[0]


@given(severities(), MEASURES, PLACE, STRIP)
def test_the_reasons_alone_add_up_to_the_grade(rules: Severity, measures: dict[str, float], across: float, strip: float | None) -> None:
    grade, reasons = rules.graded(defect(1, across_mm=across, **measures), strip)
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
    found = of(60, severity=2)
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
