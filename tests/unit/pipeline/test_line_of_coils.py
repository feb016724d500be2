"""A simulated line of known truth, through the pipeline of a station into its records: decisions, rolls, states and coverage are right.

The network of this test finds what is much brighter or darker than even steel, so that nothing depends on how well a model sees. With the
shipped model and 50 coils, `python -m benchmarks.line_of_50` measures the same (docs/line-of-50.md).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.line_of_50.compare import Score, compare
from benchmarks.line_of_50.plan import INNER, OUTER, Plan
from benchmarks.line_of_50.run import run
from benchmarks.line_of_50.truth import truths
from skelp.capture.synthetic.planting import Density
from skelp.capture.synthetic.surface import Look
from skelp.domain.decision import Decision
from skelp.domain.defect import DefectClass
from skelp.domain.maps import Maps
from skelp.domain.rules import Rule
from skelp.domain.status import EngineInfo, ModelId
from tests.fakes import U8

_UNLIKE = 0.17


class Unlike:
    """A network that finds cells which are unlike the steel of their column. All are of one class."""

    stride = 2
    classes = (DefectClass(1, "inclusion"),)
    info = EngineInfo("fake", "exact", 1, "test")

    def run(self, frames: U8) -> Maps:
        small = frames[:, 0, ::2, ::2].astype(np.int16)
        steel = np.maximum(12, np.median(small[:, ::16], axis=1, keepdims=True))
        found = (np.abs(small - steel) > _UNLIKE * steel).astype(np.uint8)
        return Maps(found, found * 255)


def plan() -> Plan:
    """Eleven coils, in which everything happens that happens to the fifty."""
    whole = Plan()
    rolls = tuple(replace(roll, coils=coils) for roll, coils in zip(whole.rolls, ((1, 2), (3, 4), (8, 9)), strict=True))
    few = Density(inclusion=0.03, patch=0.02, scratch=0.0, water=0.0, oil=0.0, roll_mark_share=0.0)
    return Plan(
        coils=11,
        rolls=rolls,
        stops=((1, 45.0), (5, 3600.0)),
        reversed_coil=3,
        slow_tails=(0, 4),
        dirty=(6, 9),
        away_coil=10,
        inner=replace(INNER, hold_above_defects_per_100m=100),
        outer=replace(OUTER, rules=(Rule("large", severity_from=3, then=Decision.DOWNGRADE), OUTER.rules[1])),
        look=Look(grain=0, grinding=0, mottle=0, falloff=0, flicker=0, noise_dn=1),
        density=few,
    )


def ran(chosen: Plan, folder: Path) -> Score:
    begins = run(chosen, Unlike(), ModelId("unlike", "1", "0" * 64), folder)
    return compare(chosen, truths(chosen, begins), folder)


def test_everything_that_is_true_of_the_line_is_in_its_records(tmp_path: Path) -> None:
    score = ran(plan(), tmp_path)
    counts = {name: n for name, n in score.counts.items() if n}
    assert score.wrong == []
    assert counts["decision, right"] == counts["lines, right"] == 11
    assert (counts["roll, right"], counts["stop, right"], counts["reverse, right"], counts["seam seen, right"]) == (6, 2, 1, 10)


@pytest.mark.slow
def test_so_is_everything_of_fifty_coils(tmp_path: Path) -> None:
    chosen = replace(Plan(), **{name: getattr(plan(), name) for name in ("inner", "outer", "look", "density")})
    score = ran(chosen, tmp_path)
    assert score.wrong == []
    assert score.counts["decision, right"] == 50
