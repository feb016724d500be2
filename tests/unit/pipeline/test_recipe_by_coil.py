"""Each coil of a line is inspected by its own recipe: classes, severities, margins and bridges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skelp.domain.coilmap import Coil
from skelp.domain.defect import Defect
from skelp.domain.recipe import ClassRule, Recipe
from skelp.domain.recipe_book import RecipeBook
from skelp.domain.severity import Severity
from skelp.domain.strip import CameraView
from skelp.pipeline.assembly import Limits, assemble
from tests.fakes import SCALE, STEEL_DN, U8, ListSink, MapIsPicture, coil, frame, in_turn

LINES, WIDTH = 64, 96
VIEW = CameraView("cam", WIDTH, SCALE)
PLAIN = Recipe("plain", edge_margin_mm=0, bridge_mm=0)


def strip() -> U8:
    """An inclusion in two pieces with 4 mm between them, and a scratch near the right edge."""
    pixels = np.full((LINES, WIDTH), STEEL_DN, np.uint8)
    pixels[8:14, 20:26] += 1
    pixels[18:24, 20:26] += 1
    pixels[30:40, 57:59] += 3
    pixels[:, 62:] = 2  # beside the strip
    return pixels


def inspected(recipes: Sequence[Recipe]) -> dict[str, list[Defect]]:
    """What is found on coils of the same steel, one after the other, of which each has a recipe of its own."""
    book = RecipeBook(recipes[0], tuple(replace(r, name=f"r{n}", products=(f"P{n}",)) for n, r in enumerate(recipes[1:], 1)))
    turns, sink = count(), ListSink()

    def act() -> None:
        n = next(turns)
        line.tracker.start(coil(f"K{n}", product=f"P{n}"))

    def recipe_of(found: Coil) -> Recipe:
        return book.of(found.product)

    sources: Any = in_turn([frame("cam", n * LINES, strip()) for n in range(len(recipes))], [VIEW], act)
    limits = Limits(block_lines=LINES)
    line = assemble(sources, MapIsPicture(), book.line, coil, lambda _: sink, limits, recipe_of=recipe_of)
    line.run()
    return {f"K{n}": [d for d in sink.defects if d.coil_id == f"K{n}"] for n in range(len(recipes))}


def test_two_coils_of_the_same_steel_have_the_defects_of_their_own_recipes() -> None:
    strict = replace(PLAIN, bridge_mm=8, severity=Severity(area_mm2=(1, 2, 3), at_least=1))
    mild = replace(PLAIN, classes={"scratch": ClassRule(ignore=True), "inclusion": ClassRule(min_area_mm2=30)})
    narrow = replace(PLAIN, edge_margin_mm=10)
    found = inspected([PLAIN, strict, mild, narrow])
    assert [(d.class_name, d.severity) for d in found["K0"]] == [("inclusion", 1), ("inclusion", 1), ("scratch", 1)]
    assert [(d.class_name, d.severity) for d in found["K1"]] == [("inclusion", 4), ("scratch", 4)]
    assert [d.class_name for d in found["K2"]] == ["inclusion", "inclusion"]
    assert [d.class_name for d in found["K3"]] == ["inclusion", "inclusion"]


RECIPES = st.builds(
    Recipe,
    edge_margin_mm=st.sampled_from([0.0, 3.0, 10.0]),
    bridge_mm=st.sampled_from([0.0, 3.0, 8.0]),
    classes=st.sampled_from([{}, {"scratch": ClassRule(ignore=True)}, {"inclusion": ClassRule(min_area_mm2=50)}]),
    severity=st.sampled_from([Severity(), Severity(area_mm2=(1, 2, 3))]),
)


@settings(max_examples=30)
@given(st.lists(RECIPES, min_size=1, max_size=4))
def test_a_coil_among_others_is_inspected_as_on_a_line_that_has_its_recipe_alone(recipes: list[Recipe]) -> None:
    together = inspected(recipes)
    for n, recipe in enumerate(recipes):
        (alone,) = inspected([recipe]).values()

        def seen(defects: Sequence[Defect]) -> list[tuple[Any, ...]]:
            return [(d.class_name, d.severity, d.along_mm, d.across_mm, d.length_mm, d.area_mm2) for d in defects]

        assert seen(together[f"K{n}"]) == seen(alone)
