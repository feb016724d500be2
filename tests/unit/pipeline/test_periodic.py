"""Defects that repeat along the coil are found early, and random ones are not taken for such (ADR 25)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.roll_marks import PERIOD_MM, Case, draw, find
from skelp.domain.defect import MARK, Defect
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.reasons import RollMarks
from skelp.domain.recipe import Recipe
from skelp.domain.rolls import Roll, RollTable
from skelp.domain.strip import CameraView, LostLines, Side
from skelp.pipeline.assembly import Limits, assemble
from skelp.pipeline.periodic import PeriodicFinder
from skelp.pipeline.series import walk_back
from tests.fakes import SCALE, STEEL_DN, ListSink, MapIsPicture, ScriptedSource, coil, defect, frame

TABLE = RollTable((Roll("work roll", (700, 740), forward_slip=(0, 0.03)), Roll("bottom roll", (700, 740), side=Side.BOTTOM)))


def marks(places: Sequence[float], first: int = 0, **changes: object) -> list[Defect]:
    values = {"across_mm": 700.0, "length_mm": 8.0, "width_mm": 8.0, "area_mm2": 60.0} | changes
    return [defect(first + n, along_mm=float(place), **values) for n, place in enumerate(places)]


def found(defects: Sequence[Defect], finder: PeriodicFinder | None = None) -> list[PeriodicDefect]:
    finder = finder or PeriodicFinder("C1", Side.TOP, TABLE)
    last: dict[str, PeriodicDefect] = {}
    for d in sorted(defects, key=lambda d: d.along_mm):
        last |= {series.periodic_id: series for series in finder.add([d])}
    return list((last | {series.periodic_id: series for series in finder.end()}).values())


def test_a_roll_is_reported_within_twelve_turns_with_its_name() -> None:
    finder = PeriodicFinder("C1", Side.TOP, TABLE)
    reported = [series for d in marks([PERIOD_MM * n for n in range(12)]) for series in finder.add([d])]
    assert reported[0].seen < 12
    assert reported[0].rolls == ("work roll",)
    assert reported[0].reason == RollMarks(704.0, PERIOD_MM, "work roll")
    last = [*reported, *finder.end()][-1]
    assert (last.periodic_id, last.seen, last.expected, last.seen_share) == ("C1-top-P1", 12, 12, 1.0)
    assert last.defect_ids == tuple(f"C1-{n:06d}" for n in range(12))
    assert (last.first_mm, last.last_mm) == (4.0, 4.0 + 11 * PERIOD_MM)


def test_turns_that_were_not_seen_are_counted_and_those_that_were_not_inspected_are_not() -> None:
    finder = PeriodicFinder("C1", Side.TOP, TABLE)
    finder.not_inspected("cam", PERIOD_MM * 19.5, PERIOD_MM * 21)
    finder.not_inspected("cam", PERIOD_MM * 21, PERIOD_MM * 21.5)  # turns 20 and 21
    finder.not_inspected("another", 0, 1e6)
    missing = {5, 9, 20, 21, 33}
    (series,) = found(marks([PERIOD_MM * n for n in range(40) if n not in missing]), finder)
    assert (series.seen, series.expected) == (35, 38)


def test_a_series_that_was_first_seen_at_every_second_turn_gets_the_whole_distance() -> None:
    seen = [n for n in range(60) if n % 2 == 0 or n > 24]
    (series,) = found(marks([PERIOD_MM * n for n in seen]))
    assert series.period_mm == pytest.approx(PERIOD_MM, rel=0.01)
    assert series.seen == len(seen)


def test_two_marks_of_one_roll_are_two_series() -> None:
    places = [PERIOD_MM * n for n in range(30)]
    for other in (marks([p + 800 for p in places], first=100), marks(places, first=100, across_mm=300.0)):
        both = found([*marks(places), *other])
        assert [s.period_mm for s in both] == [pytest.approx(PERIOD_MM)] * 2
        assert {len(s.defect_ids) for s in both} == {30}


def test_a_mark_in_two_pieces_beside_each_other_is_one_turn() -> None:
    """Their centres may lie at the same place along to the last digit."""
    places = [PERIOD_MM * n for n in range(30)]
    for twice in (places[3:4], places):
        finder = PeriodicFinder("C1", Side.TOP, TABLE)
        pieces = sorted([*marks(places), *marks(twice, first=100, across_mm=703.0)], key=lambda d: d.along_mm)
        reported = [series for d in pieces for series in finder.add([d])]
        assert {series.rolls for series in reported} == {("work roll",)}
        assert {round(series.period_mm) for series in reported} == {round(PERIOD_MM)}


def test_a_random_defect_just_before_a_mark_does_not_end_the_series() -> None:
    """It fits, and comes first; from it no further turn would."""
    places = [PERIOD_MM * n for n in range(30) if n != 14]
    (series,) = found([*marks(places), *marks([PERIOD_MM * 15 - 25], first=100)])
    assert (series.seen, series.expected) == (29, 30)
    assert series.defect_ids == tuple(f"C1-{n:06d}" for n in range(29))


def test_pieces_of_marks_are_no_series_of_their_own() -> None:
    for seed in range(5):
        defects, (own,) = draw(Case(split=0.3, length_m=300), seed)
        _, last = find(defects)
        (series,) = last.values()
        assert series.period_mm == pytest.approx(PERIOD_MM, rel=0.01)
        assert len(own & set(series.defect_ids)) >= 0.7 * len(own)


@pytest.mark.parametrize("period", [PERIOD_MM, 8000.0])
def test_a_series_ends_where_its_roll_marks_no_more_although_random_defects_would_fit(period: float) -> None:
    for seed in range(4):
        others, _ = draw(Case(random=20_000, rolls=0), seed)
        (series,) = found([*others, *marks([period * n for n in range(int(200_000 / period))], first=900_000)])
        assert series.last_mm < 200_000 + 8 * period


def test_a_defect_that_comes_after_many_newer_ones_at_its_place_is_in_no_series_and_stops_nothing() -> None:
    finder = PeriodicFinder("C1", Side.TOP, TABLE)
    finder.add(marks([PERIOD_MM * n for n in range(11)], across_mm=800.0))
    finder.add(marks([50_000 + 6.5 * n for n in range(310)], first=100, across_mm=500.0))
    assert finder.add(marks([49_990.0], first=999, across_mm=503.0)) == []


def test_what_is_no_defect_or_lies_on_the_other_side_or_is_a_long_scratch_is_in_no_series() -> None:
    places = [PERIOD_MM * n for n in range(40)]
    for changes in ({"severity": MARK}, {"side": Side.BOTTOM}, {"length_mm": 900.0}):
        assert found(marks(places, **changes)) == []


@pytest.mark.parametrize("other", [{"across_mm": 400.0}, {"area_mm2": 600.0}])
def test_defects_elsewhere_across_or_of_another_size_do_not_belong_to_it(other: dict[str, float]) -> None:
    """Two series at twice the distance, not one at the distance."""
    every_second, others = marks([2 * PERIOD_MM * n for n in range(20)]), marks([2 * PERIOD_MM * (n + 0.5) for n in range(20)], 50, **other)
    assert [series.period_mm for series in found([*every_second, *others])] == [pytest.approx(2 * PERIOD_MM)] * 2


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_the_order_in_which_a_block_gives_its_defects_does_not_matter_much(seed: int) -> None:
    defects, (own,) = draw(Case(random=300, length_m=150), seed)
    rng = np.random.default_rng(seed)
    order = sorted(range(len(defects)), key=lambda n: defects[n].along_mm + rng.uniform(-500, 500))
    _, last = find([defects[n] for n in order])
    assert any(len(own & set(series.defect_ids)) >= 0.8 * len(own) for series in last.values())


@pytest.mark.parametrize("case", [Case(rolls=0, random=5000), Case(rolls=0, random=5000, cluster=40), Case(rolls=0, random=60)])
def test_no_roll_is_named_where_five_thousand_defects_lie_at_random(case: Case) -> None:
    for seed in range(3):
        assert find(draw(case, 1000 + seed)[0]) == ({}, {})


@pytest.mark.parametrize("case", [Case(random=5000), Case(random=500, seen=0.7), Case(random=2000, rolls=3, length_m=300)])
def test_marks_are_found_among_random_defects(case: Case) -> None:
    defects, owners = draw(case, 7)
    _, last = find(defects)
    assert len(last) == case.rolls
    for own in owners:
        assert max(len(own & set(series.defect_ids)) for series in last.values()) >= 0.95 * len(own)


def test_the_chance_of_a_series_is_the_union_bound_of_its_hits() -> None:
    points = [0.0, 1000.0, 2000.0, 4000.0, 5000.0]  # 3000 is missing
    series = walk_back(points, 5000.0, 4000.0, 1, lambda _: True)
    assert series is not None
    density, tolerances = 5 / 5000, (2 * (5 + 0.005 * 2000), 2 * (5 + 0.005 * 1000), 2 * (5 + 0.005 * 1000))
    assert series.places == tuple(points)
    assert series.by_chance_log10 == pytest.approx(math.log10(math.comb(4, 3) * math.prod(t * density for t in tolerances)))


def test_memory_does_not_grow_with_the_coil() -> None:
    rng = np.random.default_rng(3)
    finder = PeriodicFinder("C1", Side.TOP, RollTable())
    for n in range(4000):
        finder.add([defect(n, along_mm=500.0 * n, across_mm=float(rng.uniform(0, 1500)), area_mm2=60.0)])
    assert sum(map(len, finder._bins.values())) < 700  # 144 m of two defects a metre


def test_a_heavy_stretch_begins_no_series_and_costs_no_walk() -> None:
    """A scratch in ten thousand pieces at one place across, and a roll beside it that is found all the same."""
    rng = np.random.default_rng(4)
    finder = PeriodicFinder("C1", Side.TOP, TABLE)
    pieces = marks(np.sort(rng.uniform(0, 100_000, 10_000)).tolist())
    roll = marks([PERIOD_MM * n for n in range(40)], first=20_000, across_mm=300.0)
    (series,) = found([*pieces, *roll], finder)
    assert series.seen == 40
    assert finder._tests < 1000


def test_a_line_reports_the_series_of_its_defects_and_counts_no_turn_on_lost_lines() -> None:
    """From pictures: a dot of 4 x 4 px every 400 lines, with one turn in lines that were lost."""
    frames: list[object] = []
    for n in range(80):
        pixels = np.full((100, 64), STEEL_DN, np.uint8)
        if n % 4 == 0:
            pixels[40:44, 20:24] = STEEL_DN + 1
        frames.append(LostLines("cam", 100 * n, 100, RollMarks(0, 0)) if n == 40 else frame("cam", 100 * n, pixels))
    sink = ListSink()
    source = ScriptedSource(frames, CameraView("cam", 64, SCALE))  # type: ignore[arg-type]
    table = RollTable((Roll("small roll", (126, 129)),))
    assemble([source], MapIsPicture(), Recipe(edge_margin_mm=0), coil, lambda _: sink, Limits(block_lines=64), rolls=table).run()
    reported = [series for o in sink.outcomes for series in o.periodic]
    assert reported[0].seen < 12
    assert {series.periodic_id for series in reported} == {"C1-top-P1"}
    last = reported[-1]
    assert (last.period_mm, last.seen, last.expected, last.rolls) == (400.0, 19, 19, ("small roll",))
