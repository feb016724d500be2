"""Heavy stretches: one for thousands of defects, by a definition that is local, and none where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.stretches import Case, draw
from skelp.domain.stretches import LEAST, WITHIN_MM, Places, Stretch, find_stretches, heavy_m, heavy_runs, inside
from skelp.domain.strip import Side
from tests.fakes import defect

Row = tuple[str, str, int, float, float, float]
FAR_MM = 1e9


def row(along: float, across: float = 500.0, side: str = "top", name: str = "patch", severity: int = 1) -> Row:
    return side, name, severity, along, across, 12.5


@st.composite
def coils(draw_one: st.DrawFn) -> list[Row]:
    """Defects of a coil: patches of some density in boxes that may touch and overlap, and single ones."""
    rng = np.random.default_rng(draw_one(st.integers(0, 2**32 - 1)))
    rows = [row(*rng.uniform((0, 0), (60_000, 1500)).tolist()) for _ in range(draw_one(st.integers(0, 80)))]
    for _ in range(draw_one(st.integers(0, 3))):
        many, long, wide = (
            draw_one(st.integers(20, 160)),
            draw_one(st.sampled_from([0, 800, 6000, 20_000])),
            draw_one(st.sampled_from([0, 90, 1400])),
        )
        at, low = rng.uniform(0, 40_000), rng.uniform(0, 1500 - wide)
        side, name = draw_one(st.sampled_from(["top", "bottom"])), draw_one(st.sampled_from(["patch", "scratch"]))
        places = zip(rng.uniform(at, at + long, many), rng.uniform(low, low + wide, many), strict=True)
        rows += [row(float(x), float(y), side, name, int(rng.integers(0, 4))) for x, y in places]
    return rows


def of(rows: list[Row]) -> list[Stretch]:
    return find_stretches("K1", Places.of(rows))


@given(coils(), st.randoms(use_true_random=False))
def test_the_order_of_the_defects_does_not_matter(rows: list[Row], random: np.random.Generator) -> None:
    mixed = list(rows)
    random.shuffle(mixed)
    assert of(mixed) == of(rows)


@given(coils(), st.sampled_from(["top", "bottom"]))
def test_a_defect_far_away_changes_no_stretch(rows: list[Row], side: str) -> None:
    assert of([*rows, row(FAR_MM, side=side)]) == of(rows)


@given(coils())
def test_every_stretch_is_heavy_and_what_is_in_none_is_nowhere_heavy(rows: list[Row]) -> None:
    places = Places.of(rows)
    stretches = of(rows)
    left = places.severity > 0
    for s in stretches:
        held = inside(s, places)
        along = np.sort(places.along_mm[held])
        assert len(along) >= s.defects >= LEAST
        assert s.defects == sum(s.by_class.values())
        assert len(heavy_runs(along))
        assert np.diff(along).max() <= 3 * WITHIN_MM
        left &= ~held
    for side in Side:
        assert not len(heavy_runs(places.along_mm[left & (places.side == side.value)]))


@given(coils())
def test_a_defect_counts_in_one_stretch(rows: list[Row]) -> None:
    assert sum(s.defects for s in of(rows)) <= sum(severity > 0 for _, _, severity, *_ in rows)


@given(coils(), st.floats(0, 60_000), st.integers(2, 60), st.floats(0, 8000))
def test_one_more_defect_never_makes_less_heavy_steel(rows: list[Row], at: float, least: int, within: float) -> None:
    along = [x for _, _, _, x, _, _ in rows]
    before, after = heavy_runs(along, least, within), heavy_runs([*along, at], least, within)
    for first, last in before:
        assert ((after[:, 0] <= first) & (last <= after[:, 1])).any()
    assert heavy_m([*along, at], least, within) >= heavy_m(along, least, within)


@given(coils())
def test_stretches_lie_within_the_heavy_metres(rows: list[Row]) -> None:
    for side in Side:
        runs = heavy_runs([x for where, _, severity, x, _, _ in rows if where == side and severity])
        for s in (s for s in of(rows) if s.side is side):
            assert ((runs[:, 0] - WITHIN_MM <= s.from_mm) & (s.to_mm <= runs[:, 1] + WITHIN_MM)).any()


def test_heavy_is_fifty_within_five_metres() -> None:
    step = WITHIN_MM / (LEAST - 1)
    just = [n * step for n in range(LEAST)]
    assert heavy_m(just) == pytest.approx(5.0)
    assert heavy_m([1.001 * x for x in just]) == 0
    assert heavy_m(just[:-1]) == 0
    assert heavy_m([]) == 0


def test_four_thousand_small_defects_are_one_stretch() -> None:
    places, (truth,) = draw(Case(stretches=1, density=70), 3)
    (s,) = find_stretches("K1", places)
    assert s.defects == pytest.approx(len(truth.members), rel=0.01)
    assert s.from_mm == pytest.approx(truth.along[0], abs=1000)
    assert s.to_mm == pytest.approx(truth.along[1], abs=1000)
    assert (s.across_from_mm, s.across_to_mm) == pytest.approx(truth.across, abs=20)
    assert (s.stretch_id, s.class_name, s.severity) == ("K1-H1", "class 0", 1)
    assert s.per_m == pytest.approx(70, rel=0.05)


def test_both_edges_are_two_stretches_and_several_names_are_one() -> None:
    edges = find_stretches("K1", draw(Case(stretches=1, edges=True, wide_mm=100), 3)[0])
    assert [s.across_to_mm < 200 for s in edges] == [s.across_from_mm < 1000 for s in edges]
    assert len(edges) == 2
    (named,) = find_stretches("K1", draw(Case(stretches=1, classes=4), 3)[0])
    assert list(named.by_class.values()) == sorted(named.by_class.values(), reverse=True)
    assert len(named.by_class) == 4
    assert named.class_name == next(iter(named.by_class))


@pytest.mark.parametrize("seed", range(5))
def test_a_coil_with_five_defects_a_metre_has_none(seed: int) -> None:
    assert find_stretches("K1", draw(Case(stretches=0, random=4000), seed)[0]) == []


def test_a_coil_that_is_heavy_everywhere_is_one_stretch() -> None:
    (s,) = find_stretches("K1", draw(Case(stretches=0, random=20_000), 0)[0])
    assert s.defects == pytest.approx(20_000, rel=0.001)


def test_marks_are_left_out_and_centres_count() -> None:
    row_of = [defect(1, defect_id=f"D{n}", along_mm=1000.0 * n / 20, across_mm=100.0, length_mm=10, width_mm=6) for n in range(60)]
    (s,) = find_stretches("K1", Places.of_defects(row_of))
    assert (s.from_mm, s.to_mm, s.across_from_mm, s.across_to_mm, s.defects, s.severity) == (5.0, 2955.0, 103.0, 103.0, 60, 2)
    assert find_stretches("K1", Places.of_defects([replace(d, severity=0) for d in row_of])) == []
