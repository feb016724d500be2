"""A recipe is stored with its coils and read back as it was, also by other versions of skelp."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.recipe import ClassRule, Recipe
from skelp.domain.severity import ClassSeverity, Severity
from skelp.domain.strip import Side
from skelp.sinks.sql import rows

BEFORE_GRADE_5: dict[str, Any] = {
    "name": "tin",
    "classes": {
        "scratch": {"threshold": None, "min_area_mm2": 7.0, "ignore": False, "as_defect": False},
        "stain": {"threshold": 0.6, "min_area_mm2": None, "ignore": False, "as_defect": True},
    },
    "severity": {"area_mm2": [20.0, 200.0, 2000.0], "long_mm": 500.0},
    "hold_from_severity": 3,
    "hold_above_defects_per_100m": 50.0,
    "hold_above_uninspected_m": 0.0,
    "hold_for_periodic": True,
    "bridge_mm": 8.0,
    "edge_margin_mm": 2.0,
    "strip_width_mm": 900.0,
    "screen": ["top"],
}
"""The body of a recipe as the version before grade 5 stored it."""


@given(st.lists(st.sampled_from(Side), unique=True), st.booleans(), st.floats(0, 1), st.none() | st.integers(1, 5))
def test_a_recipe_is_read_back_as_it_was_stored(screen: list[Side], ignore: bool, threshold: float, at_least: int | None) -> None:
    own = ClassSeverity((1.0, 2.0, 3.0, 4.0), at_least=at_least) if ignore else None
    recipe = Recipe(
        classes={"pit": ClassRule(threshold, ignore=ignore, severity=own), "scratch": ClassRule(severity=ClassSeverity(edge=0))},
        severity=Severity((1.0, 2.0, 3.0), contrast=0.5, edge_mm=20.0, edge=-1),
        strip_width_mm=900.0,
        screen=tuple(screen),
    )
    found = rows.recipe(json.loads(json.dumps(rows.of_recipe(recipe)["body"])))
    assert found == recipe
    assert found.sha256 == recipe.sha256


def test_a_recipe_that_was_stored_before_screens_is_without_one() -> None:
    body = json.loads(json.dumps(rows.of_recipe(Recipe())["body"]))
    del body["screen"]
    assert rows.recipe(body) == Recipe()


def test_a_recipe_that_was_stored_before_grade_5_is_read_with_its_hash() -> None:
    found = rows.recipe(BEFORE_GRADE_5)
    assert found.sha256 == "b80fa3bf0ead4dda2a45c0044ad073c9728970bb0d3ffbf7781aace9c03d70a4"  # as that version made it
    assert found.severity_of("scratch") == Severity((20.0, 200.0, 2000.0), 500.0)
    assert found.severity.highest == 4
