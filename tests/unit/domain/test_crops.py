"""Which lines a recipe judges, and the states that are made of coverage and crops."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.coilmap import Facts, Tally, evidence
from skelp.domain.coverage import Interval, State, Totals
from skelp.domain.crops import Crops, coverage_in, kept, reaching_into
from skelp.domain.defect import Defect
from skelp.domain.found import Found
from skelp.domain.line_state import KnownBy, LineState, Passage, states_of
from skelp.domain.reasons import CoilWeldsCropped, FrameDropped, NoStrip
from skelp.domain.recipe import Recipe
from tests.fakes import coil, defect

RANGES = st.lists(st.tuples(st.integers(-50, 120), st.integers(0, 40)).map(lambda r: (r[0], r[0] + r[1])), max_size=6)


@given(st.integers(0, 100), RANGES)
def test_what_is_kept_and_what_is_cropped_are_the_coil_each_line_once(exposed: int, crops: list[tuple[int, int]]) -> None:
    lines = [line for first, end in kept(exposed, crops) for line in range(first, end)]
    cropped = {line for first, end in crops for line in range(first, end)}
    assert lines == [line for line in range(exposed) if line not in cropped]


@given(RANGES)
def test_the_coverage_of_what_is_kept_has_its_lines(crops: list[tuple[int, int]]) -> None:
    coverage = [Interval(0, 40, State.INSPECTED), Interval(40, 30, State.LOST, FrameDropped()), Interval(70, 30, State.INSPECTED)]
    ranges = kept(100, crops)
    assert Totals.of(coverage_in(coverage, ranges)).exposed == sum(end - first for first, end in ranges)


def test_missing_strip_is_one_state_however_its_lines_were_recorded() -> None:
    coverage = [
        Interval(0, 40, State.LOST, NoStrip()),
        Interval(40, 30, State.LOST, NoStrip()),
        Interval(70, 30, State.INSPECTED),
        Interval(100, 10, State.LOST, NoStrip()),
    ]
    found = [(s.passage.state, s.passage.first_line, s.passage.lines, s.totals.lost) for s in states_of([], coverage, Crops(20, 30))]
    assert found == [
        (LineState.NO_STRIP, 0, 70, 70),
        (LineState.HEAD_CROP, 0, 20, 20),
        (LineState.TAIL_CROP, 80, 30, 10),
        (LineState.NO_STRIP, 100, 10, 10),
    ]
    assert [s.passage.state for s in states_of([], coverage, Crops(60, 60))] == [LineState.NO_STRIP, LineState.NO_STRIP]


@given(RANGES, st.lists(st.tuples(st.integers(0, 120), st.integers(0, 30)), max_size=8))
def test_a_defect_counts_if_one_of_its_lines_is_judged(crops: list[tuple[int, int]], placed: list[tuple[int, int]]) -> None:
    ranges = kept(100, crops)
    judged = {line for first, end in ranges for line in range(first, end)}
    found = Found.of([_at(n, first, lines) for n, (first, lines) in enumerate(placed)])
    expected = [f"C1-{n:06d}" for n, (first, lines) in enumerate(placed) if judged & set(range(first, first + lines))]
    some = [name for name in reaching_into(found, ranges, 1.0).defect_id.tolist() if placed[int(name[3:])][1]]
    assert some == expected


def _at(n: int, first: int, lines: int) -> Defect:
    return replace(defect(1, coil_id="C1", defect_id=f"C1-{n:06d}"), along_mm=float(first), length_mm=float(lines))


@pytest.mark.parametrize(
    ("welds", "count", "judged_m"),
    [
        ([], 0, 10.0),
        ([(4_000, 4_010)], 1, 7.99),
        ([(4_000, 4_010), (4_000, 4_010), (4_005, 4_015)], 1, 7.985),
        ([(4_000, 4_010), (4_020, 4_030)], 2, 7.97),
        ([(50_000, 50_010)], 0, 10.0),
        ([(10_500, 10_510), (50_000, 50_010)], 1, 9.5),
        ([(0, 10**12)], 0, 10.0),
        ([(500, 510), (2_500, 2_510), (4_500, 4_510), (6_500, 6_510), (8_500, 8_510)], 5, 0.49),
        ([(500, 510), (2_500, 2_510), (4_500, 4_510), (6_500, 6_510), (8_500, 8_510), (9_500, 9_510)], 0, 10.0),
    ],
)
def test_the_seams_that_are_cropped_are_those_of_this_coil_each_once(welds: list[tuple[int, int]], count: int, judged_m: float) -> None:
    coverage = [Interval(0, 10_000, State.INSPECTED)]
    recipe, its = Recipe(crop_weld_m=1.0), replace(coil("C1"), mm_per_line=1.0)
    seen = evidence(its, Facts(coverage, Tally(), welds=welds), recipe)
    assert (seen.welds, round(seen.length_m, 6)) == (count, judged_m)
    reasons = [r for r in recipe.decide(seen).reasons if isinstance(r, CoilWeldsCropped)]
    assert reasons == ([CoilWeldsCropped(count, 1.0)] if count else [])


def test_a_head_crop_with_a_seam_of_another_coil_says_nothing_of_seams() -> None:
    its = replace(coil("C1"), mm_per_line=1.0)
    seen = evidence(
        its, Facts([Interval(0, 10_000, State.INSPECTED)], Tally(), welds=[(50_000, 50_010)]), Recipe(crop_head_m=2, crop_weld_m=1)
    )
    assert (seen.welds, seen.length_m) == (0, 8.0)


def test_head_and_tail_are_no_crops_where_seams_leave_nothing_and_the_coil_is_judged_whole() -> None:
    coverage, seam = [Interval(0, 100, State.INSPECTED)], Passage(0, LineState.WELD_SEAM, KnownBy.MES, 45, 10)
    whole = states_of([seam], coverage, Crops(40, 40, 10))
    assert [s.passage.state for s in whole] == [LineState.WELD_SEAM]
    seen_only = states_of([replace(seam, by=KnownBy.PICTURE)], coverage, Crops(40, 40, 10))
    assert [s.passage.state for s in seen_only] == [LineState.HEAD_CROP, LineState.WELD_SEAM, LineState.TAIL_CROP]


def test_what_was_told_beyond_the_end_of_a_closed_coil_is_no_part_of_it() -> None:
    told = [Passage(n, LineState.WELD_SEAM, KnownBy.MES, first, 10) for n, first in enumerate((20, 95, 100, 10**12))]
    stop = Passage(0, LineState.STOPPED, KnownBy.SPEED, 100, 0)
    coverage = [Interval(0, 100, State.INSPECTED)]
    closed = [(s.passage.state, s.passage.first_line, s.passage.lines) for s in states_of([*told, stop], coverage, closed=True)]
    assert closed == [(LineState.WELD_SEAM, 20, 10), (LineState.WELD_SEAM, 95, 5), (LineState.STOPPED, 100, 0)]
    assert len(states_of([*told, stop], coverage)) == 5
