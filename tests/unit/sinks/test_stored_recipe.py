"""A recipe is stored with its coils and read back as it was, also by other versions of skelp."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.recipe import ClassRule, Recipe, Severity
from skelp.domain.strip import Side
from skelp.sinks.sql import rows


@given(st.lists(st.sampled_from(Side), unique=True), st.booleans(), st.floats(0, 1))
def test_a_recipe_is_read_back_as_it_was_stored(screen: list[Side], ignore: bool, threshold: float) -> None:
    recipe = Recipe(
        classes={"pit": ClassRule(threshold, ignore=ignore)}, severity=Severity((1.0, 2.0, 3.0)), strip_width_mm=900.0, screen=tuple(screen)
    )
    found = rows.recipe(json.loads(json.dumps(rows.of_recipe(recipe)["body"])))
    assert found == recipe
    assert found.sha256 == recipe.sha256


def test_a_recipe_that_was_stored_before_screens_is_without_one() -> None:
    body = json.loads(json.dumps(rows.of_recipe(Recipe())["body"]))
    del body["screen"]
    assert rows.recipe(body) == Recipe()
