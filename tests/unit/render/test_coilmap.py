"""The coil map: each side has its own lane, and lost lines are hatched."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from skelp.domain.coilmap import Facts, Status, Tally, summarise
from skelp.domain.coverage import Interval, State
from skelp.domain.decision import Decision
from skelp.domain.defect import Defect
from skelp.domain.override import Override
from skelp.domain.reasons import CoilInterrupted, Overrun
from skelp.domain.recipe import Recipe
from skelp.domain.revision import Revision
from skelp.domain.status import RecipeId
from skelp.domain.stretches import Places, Stretch, find_stretches
from skelp.domain.strip import Side
from skelp.render.coilmap import STEEL, coil_map_png
from skelp.render.palette import colour
from skelp.render.words import sentences, word
from tests.fakes import coil, defect

COVERAGE = [
    Interval(0, 60_000, State.INSPECTED),
    Interval(60_000, 20_000, State.LOST, Overrun()),
    Interval(80_000, 20_000, State.INSPECTED),
]


def drawn(defects: list[Defect], *sides: Side) -> np.ndarray:
    summary = summarise(coil(), Facts(COVERAGE, Tally.of(defects)), Recipe())
    png = coil_map_png(summary, COVERAGE, defects, width_mm=1000, sides=sides)
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def rows_of(picture: np.ndarray, tint: tuple[int, int, int]) -> np.ndarray:
    """Rows of the map, without the legend below it, that show a colour."""
    return np.flatnonzero((picture[:470] == tint).all(axis=2).any(axis=1))


def test_each_side_has_its_own_lane() -> None:
    one = rows_of(drawn([defect(20, across_mm=500)], Side.TOP), colour("scratch"))
    assert 260 < one.mean() < 290  # the middle of the whole map
    above = rows_of(drawn([defect(20, across_mm=500)], Side.TOP, Side.BOTTOM), colour("scratch"))
    below = rows_of(drawn([defect(20, across_mm=500, side=Side.BOTTOM)], Side.TOP), colour("scratch"))
    assert 170 < above.mean() < 200
    assert 360 < below.mean() < 385  # a side with a defect has a lane even if it is not in `sides`


def test_a_lane_that_is_not_the_top_side_has_its_name() -> None:
    above = np.s_[72:94, 700:1000]
    colours = [len(np.unique(drawn([], side)[above].reshape(-1, 3), axis=0)) for side in Side]
    assert colours[0] == 1
    assert colours[1] > 1


def test_lost_steel_is_hatched_in_every_lane() -> None:
    picture = drawn([], Side.TOP, Side.BOTTOM)
    lost = 124 + round(0.7 * (1600 - 124 - 28))
    for row in (180, 370):
        assert (picture[row, 300:900] == STEEL).all()
        assert not (picture[row, lost - 40 : lost + 40] == STEEL).all(axis=1).any()


def test_a_stretch_is_one_band_and_only_its_severe_defects_have_markers() -> None:
    small = {"length_mm": 2.0, "width_mm": 2.0, "severity": 1}
    many = [defect(n, along_mm=40_000.0 + 100 * n, across_mm=400.0 + 37 * n % 200, **small) for n in range(200)]
    stretches = find_stretches("C1", Places.of_defects(many))
    summary = summarise(coil(), Facts(COVERAGE, Tally.of(many)), Recipe())

    def inked(defects: list[Defect], found: list[Stretch]) -> int:
        png = coil_map_png(summary, COVERAGE, defects, width_mm=1000, stretches=found)
        picture = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
        return int((picture[245:305, 725:935] == colour("scratch")).all(axis=2).sum())

    assert len(stretches) == 1
    assert inked(many, stretches) < 0.25 * inked(many, [])
    severe = [*many, replace(many[0], along_mm=50_000.0, across_mm=500.0, severity=4)]
    assert inked(severe, stretches) > inked(many, stretches) + 80


def test_the_map_names_the_decision_that_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr("skelp.render.coilmap.write", lambda draw, at, text, *style: written.append(text))
    first = summarise(replace(coil(), status=Status.FINAL), Facts(COVERAGE, Tally.of([])), Recipe())
    revised = Revision("C1", 2, Decision.SCRAP, (CoilInterrupted(),), RecipeId("strict", "2"), "lee", "", "")
    override = Override(1, "C1", Decision.DOWNGRADE, "kim", "looked at it", "")
    for summary, decision, why in (
        (first, Decision.HOLD, sentences(first.reasons, "en")),
        (replace(first, revised=revised), Decision.SCRAP, sentences([CoilInterrupted()], "en")),
        (replace(first, revised=revised, override=override), Decision.DOWNGRADE, "kim, looked at it"),
    ):
        written.clear()
        coil_map_png(summary, COVERAGE, [], width_mm=1000, sides=(Side.TOP,))
        assert f"{word('decision', decision, 'en')}: {why}" in written
