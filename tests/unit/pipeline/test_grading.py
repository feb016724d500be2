"""The inspector grades defects with the width that was given for the strip."""

from __future__ import annotations

import numpy as np
import pytest

from skelp.domain.recipe import ClassRule, Recipe
from skelp.domain.severity import ClassSeverity
from skelp.domain.strip import CoilEnd
from skelp.pipeline.inspector import Inspector
from tests.fakes import STEEL_DN, MapIsPicture
from tests.unit.pipeline.test_stages import VIEW, segmented


@pytest.mark.parametrize(("strip_mm", "grades"), [(48.0, [1, 2]), (None, [2, 2])])
def test_a_defect_is_graded_by_its_place_on_the_strip_whose_width_was_given(strip_mm: float | None, grades: list[int]) -> None:
    pixels = np.full((64, 48), STEEL_DN, np.uint8)
    pixels[10:14, 22:26] = pixels[40:44, 42:46] = STEEL_DN + 3
    recipe = Recipe(classes={"scratch": ClassRule(severity=ClassSeverity(edge_mm=5.0))})
    inspector = Inspector([VIEW], lambda _: MapIsPicture.classes, recipe, 1, lambda _: strip_mm)
    found = [*inspector.push(segmented(pixels)).defects, *inspector.push(CoilEnd("C1", "cam")).defects]
    assert [d.severity for d in found] == grades
