"""Coils for tests of recoiling: what is recorded of them, drawn at random or written down, and their pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from skelp.domain.coverage import Interval, State
from skelp.domain.cuts import Cut
from skelp.domain.defect import Defect
from skelp.domain.reasons import FrameDropped, Overrun, Reason, Screened, StripUnfamiliar
from skelp.domain.recoiling import Breadth, Mother, Piece, derived
from skelp.domain.strip import Side
from tests.fakes import coil, defect

WIDTH_MM = 1250.0
WHY: dict[State, tuple[Reason | None, ...]] = {
    State.INSPECTED: (None, Screened()),
    State.DEGRADED: (StripUnfamiliar(),),
    State.LOST: (Overrun(), FrameDropped()),
}
States = list[tuple[State, Reason | None]]
"""State and reason of each line."""


def mother(coil_id: str, mm_per_line: float, cameras: Mapping[str, States], defects: Sequence[Defect] = ()) -> Mother:
    coverages = {name: intervals(lines) for name, lines in cameras.items()}
    named = [replace(d, coil_id=coil_id, defect_id=f"{coil_id}-{n:06d}") for n, d in enumerate(defects, 1)]
    return Mother(coil(coil_id, mm_per_line), coverages, [Breadth(0.0, 1e12, WIDTH_MM)], named)


def intervals(lines: States) -> list[Interval]:
    found: list[Interval] = []
    for n, (state, reason) in enumerate(lines):
        if found and (found[-1].state, found[-1].reason) == (state, reason):
            found[-1] = replace(found[-1], lines=found[-1].lines + 1)
        else:
            found.append(Interval(n, 1, state, reason))
    return found


def states(found: Sequence[Interval]) -> States:
    """State and reason of each line. Intervals must follow each other without holes, each as long as it can be."""
    lines: States = []
    for i in found:
        assert i.first_line == len(lines)
        assert not lines or lines[-1] != (i.state, i.reason), "two intervals that are one"
        lines += [(i.state, i.reason)] * i.lines
    return lines


def as_mother(coil_id: str, piece: Piece, mm_per_line: float) -> Mother:
    """A piece as a coil that is cut again, as the records give it."""
    breadths = [
        Breadth(c.first_line * mm_per_line, (c.first_line + c.lines) * mm_per_line, c.width_mm) for c in piece.cuts if c.cut.coil_id
    ]
    return Mother(coil(coil_id, mm_per_line), piece.coverages, breadths, piece.defects, piece.periodic)


LINES = st.tuples(st.sampled_from(State), st.integers(1, 9), st.integers(0, 1))


@st.composite
def coverages(draw: st.DrawFn, lines: int) -> States:
    found: States = []
    while len(found) < lines:
        state, count, which = draw(LINES)
        found += [(state, WHY[state][which % len(WHY[state])])] * count
    return found[:lines]


@st.composite
def mothers(draw: st.DrawFn, coil_id: str = "M", scales: Sequence[float] = (0.3,)) -> Mother:
    mm, lines = draw(st.sampled_from(scales)), draw(st.integers(1, 60))
    cameras = {"top": draw(coverages(lines))} | ({"low": draw(coverages(lines))} if draw(st.booleans()) else {})
    found = []
    for _ in range(draw(st.integers(0, 6))):
        line = draw(st.integers(0, lines - 1))
        long = draw(st.integers(1, lines - line))
        across = draw(st.floats(0, WIDTH_MM - 50))
        wide = draw(st.floats(0.5, 50))
        camera = draw(st.sampled_from(sorted(cameras)))
        found.append(
            defect(
                0, camera=camera, side=Side.TOP if camera == "top" else Side.BOTTOM, line=line, lines=long, along_mm=line * mm,
                length_mm=long * mm, across_mm=across, width_mm=wide, area_mm2=long * mm * wide * 0.7,
                severity=draw(st.integers(0, 4)), orientation_deg=draw(st.floats(-89, 90)),
            )
        )  # fmt: skip
    return mother(coil_id, mm, cameras, sorted(found, key=lambda d: (d.along_mm, d.across_mm)))


TURNS = st.fixed_dictionaries({name: st.booleans() for name in ("head_to_tail", "turned_over", "sides_exchanged")})


@st.composite
def cuts_of(draw: st.DrawFn, of: Mother) -> Cut:
    """A cut at lines of the coil, which may go beyond its end."""
    mm = of.coil.mm_per_line
    first = draw(st.integers(0, of.lines + 3))
    end = draw(st.integers(first + 1, first + of.lines + 6))
    trims: dict[str, Any] = {name: draw(st.sampled_from([0.0, 20.0, 300.0])) for name in ("trimmed_operator_mm", "trimmed_drive_mm")}
    return Cut(of.coil.coil_id, first * mm / 1000, end * mm / 1000, **draw(TURNS), **trims)


def whole(of: Mother, **turns: Any) -> Cut:
    return Cut(of.coil.coil_id, 0.0, of.lines * of.coil.mm_per_line / 1000, **turns)


def derive(cuts: Sequence[Cut], *of: Mother, coil_id: str = "P") -> Piece:
    named = {m.coil.coil_id: m for m in of}
    first = next(c.coil_id for c in cuts if c.coil_id is not None)
    return derived(coil(coil_id, named[first].coil.mm_per_line), cuts, named)


def sound(lines: int) -> States:
    return [(State.INSPECTED, None)] * lines
