"""Which lines a recipe judges, and the states that are made of coverage and crops."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.coverage import Interval, State, Totals
from skelp.domain.crops import coverage_in, kept
from skelp.domain.line_state import LineState, states_of
from skelp.domain.reasons import FrameDropped, NoStrip

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
    found = [(s.passage.state, s.passage.first_line, s.passage.lines, s.totals.lost) for s in states_of([], coverage, 20, 30)]
    assert found == [
        (LineState.NO_STRIP, 0, 70, 70),
        (LineState.HEAD_CROP, 0, 20, 20),
        (LineState.TAIL_CROP, 80, 30, 10),
        (LineState.NO_STRIP, 100, 10, 10),
    ]
    assert [s.passage.state for s in states_of([], coverage, 60, 60)] == [LineState.NO_STRIP, LineState.NO_STRIP]
