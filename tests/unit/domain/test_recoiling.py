"""A coil's defects and coverage follow the steel: cut, trimmed, turned and welded, nothing vanishes and nothing becomes clean (ADR 29)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.conflicts import Conflict, ConflictError
from skelp.domain.coverage import Interval, State, badness
from skelp.domain.cuts import Cut, sides_seen
from skelp.domain.defect import Defect
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.reasons import CameraEndedEarly, CoilNotRecorded, FrameDropped, Overrun, Reason, Screened, StripUnfamiliar
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


def same_place(a: Defect, b: Defect) -> bool:
    exact = ("class_name", "severity", "side", "camera", "line", "lines", "column", "columns", "cut_by_gap", "contrast", "score")
    near = ("along_mm", "across_mm", "length_mm", "width_mm", "area_mm2", "orientation_deg")
    return all(getattr(a, n) == getattr(b, n) for n in exact) and all(getattr(a, n) == pytest.approx(getattr(b, n), abs=1e-6) for n in near)


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


@given(mothers())
def test_a_whole_coil_that_is_not_turned_stays_as_it_is(of: Mother) -> None:
    piece = derive([whole(of)], of)
    assert piece.coverages == of.coverages
    kept = {"coil_id": "C1", "defect_id": "", "seen_as": None, "revision": 1, "patch": None}
    assert [replace(d, **kept) for d in piece.defects] == [replace(d, **kept) for d in of.defects]  # type: ignore[arg-type]
    assert [d.seen_as for d in piece.defects] == [d.defect_id for d in of.defects]
    assert [d.defect_id for d in piece.defects] == [f"P-{n:06d}" for n in range(1, len(of.defects) + 1)]


@given(mothers(), TURNS)
def test_what_is_turned_twice_is_as_before(of: Mother, turns: dict[str, bool]) -> None:
    mm = of.coil.mm_per_line
    once = as_mother("P", derive([whole(of, **turns)], of), mm)
    twice = derive([whole(once, **turns)], once, coil_id="Q")
    assert twice.coverages == of.coverages
    assert len(twice.defects) == len(of.defects)
    left = list(of.defects)
    for d in twice.defects:
        left.remove(next(o for o in left if o.defect_id == d.seen_as and same_place(o, d)))


@given(mothers(), st.data())
def test_a_coil_that_is_split_and_welded_again_is_the_same_coil(of: Mother, data: st.DataObject) -> None:
    mm, lines = of.coil.mm_per_line, of.lines
    at = [0, *sorted(data.draw(st.sets(st.integers(1, max(1, lines - 1)), max_size=4)) - {lines}), lines]
    split = [Cut("M", a * mm / 1000, b * mm / 1000) for a, b in pairwise(at)]
    turns: dict[str, Any] = data.draw(TURNS)
    parts = [as_mother(f"P{n}", derive([replace(cut, **turns)], of, coil_id=f"P{n}"), mm) for n, cut in enumerate(split)]
    for piece in (derive(split, of), derive([whole(p, **turns) for p in parts], *parts, coil_id="Q")):
        assert piece.coverages == of.coverages
        assert {d.seen_as for d in piece.defects} == {d.defect_id for d in of.defects}
        for before in of.defects:
            after = [d for d in piece.defects if d.seen_as == before.defect_id]
            for name in ("area_mm2", "length_mm"):
                assert sum(getattr(d, name) for d in after) == pytest.approx(getattr(before, name))
            assert min(d.along_mm for d in after) == pytest.approx(before.along_mm, abs=1e-6)
            assert all(d.across_mm == pytest.approx(before.across_mm, abs=1e-6) for d in after)
            assert all(d.cut_by_gap for d in after) or (len(after) == 1 and same_place(before, after[0]))


@given(st.data())
def test_the_lines_of_a_piece_are_those_of_its_steel_whatever_the_length_of_a_line(data: st.DataObject) -> None:
    first = data.draw(mothers("A", scales=(0.3, 1.0)))
    second = data.draw(mothers("B", scales=(0.3, 0.1, 0.7, 1.0)))
    cuts = [data.draw(cuts_of(first)), data.draw(cuts_of(second)), Cut(None, 0.0, data.draw(st.integers(1, 9)) * 0.001)]
    piece = derive(cuts, first, second)
    lines = sum(c.lines for c in piece.cuts)
    assert [c.first_line for c in piece.cuts] == [sum(c.lines for c in piece.cuts[:n]) for n in range(len(cuts))]
    mm = first.coil.mm_per_line
    for place in piece.cuts[:2]:
        length_mm = (place.cut.to_m - place.cut.from_m) * 1000
        assert length_mm - 1e-6 <= place.lines * mm < length_mm + mm
    assert set(piece.coverages) == {c.camera(name) for c, m in zip(cuts, (first, second), strict=False) for name in m.coverages}
    for camera, found in piece.coverages.items():
        shown = states(found)
        assert len(shown) == lines
        assert shown[piece.cuts[2].first_line :] == [(State.LOST, CoilNotRecorded(None))] * piece.cuts[2].lines
        for place, of in zip(piece.cuts, (first, second), strict=False):
            steel = expected(place.cut, of, camera)
            ratio = of.coil.mm_per_line / mm
            for n in range(place.lines):
                on_it = [s for k, s in enumerate(steel) if k * ratio < n + 1 - 1e-6 and (k + 1) * ratio > n + 1e-6]
                got = shown[place.first_line + n]
                assert got in on_it
                assert bad(got) == max(map(bad, on_it))


def bad(state: tuple[State, Reason | None]) -> tuple[int, bool]:
    return badness(Interval(0, 1, *state))


def expected(cut: Cut, of: Mother, camera: str) -> States:
    """What is recorded of each line of a cut by the piece's camera, line by line."""
    mm = of.coil.mm_per_line
    first, end = round(cut.from_m * 1000 / mm), round(cut.to_m * 1000 / mm)
    seen = states(of.coverages.get(cut.camera(camera), ()))
    steel = [seen[n] if n < len(seen) else (State.LOST, CoilNotRecorded(of.coil.coil_id)) for n in range(first, end)]
    return steel[::-1] if cut.head_to_tail else steel


@given(st.data())
def test_no_defect_vanishes_none_is_invented_and_each_lies_on_its_steel(data: st.DataObject) -> None:
    first, second = data.draw(mothers("A", scales=(0.3, 1.0))), data.draw(mothers("B", scales=(0.3, 0.1, 0.7)))
    cuts = [data.draw(cuts_of(first)), data.draw(cuts_of(second))]
    piece = derive(cuts, first, second)
    mm = first.coil.mm_per_line
    counted = 0
    for place, of in zip(piece.cuts, (first, second), strict=True):
        cut = place.cut
        begin, end = cut.from_m * 1000, cut.to_m * 1000
        near, far = cut.trimmed_operator_mm or -1e9, (WIDTH_MM - cut.trimmed_drive_mm) if cut.trimmed_drive_mm else 1e9
        for d in of.defects:
            along = min(d.along_mm + d.length_mm, end) - max(d.along_mm, begin)
            across = min(d.across_mm + d.width_mm, far) - max(d.across_mm, near)
            after = [p for p in piece.defects if p.seen_as == d.defect_id]
            if along < 1e-5 or across < 1e-5:
                assert not after
                continue
            counted += 1
            (p,) = after
            assert [p.length_mm, p.width_mm] == pytest.approx([along, across])
            assert p.area_mm2 == pytest.approx(d.area_mm2 * along / d.length_mm * across / d.width_mm)
            assert p.cut_by_gap == (along < d.length_mm - 1e-6 or across < d.width_mm - 1e-6)
            assert (p.side is d.side) != cut.turned_over
            assert p.camera in piece.coverages
            at_mm = place.first_line * mm
            assert at_mm - 1e-6 <= p.along_mm <= p.along_mm + p.length_mm <= at_mm + place.lines * mm + 1e-6
            assert place.first_line <= p.line < p.line + p.lines <= place.first_line + place.lines
            assert p.line * mm - 1e-6 <= p.along_mm
            assert p.along_mm + p.length_mm <= (p.line + p.lines) * mm + 1e-6
            left = WIDTH_MM - cut.trimmed_operator_mm - cut.trimmed_drive_mm
            assert -1e-6 <= p.across_mm <= p.across_mm + p.width_mm <= left + 1e-6
    assert counted == len(piece.defects)


@given(mothers(), st.data())
def test_metres_that_were_not_inspected_never_shrink(of: Mother, data: st.DataObject) -> None:
    cut = data.draw(cuts_of(of))
    piece = derive([cut], of)
    for name, found in of.coverages.items():
        before = sum(state is not State.INSPECTED for state, _ in expected(cut, of, cut.camera(name)))
        assert sum(i.lines for i in piece.coverages[cut.camera(name)] if i.state is not State.INSPECTED) == before
        assert found == of.coverages[name]


def sound(lines: int) -> States:
    return [(State.INSPECTED, None)] * lines


def test_a_coil_in_figures() -> None:
    """100 m are cut from a coil of 1 mm a line: tail first, turned over, and its sides exchanged."""
    found = defect(1, along_mm=130_000.0, length_mm=2000.0, across_mm=40.0, width_mm=10.0, line=130_000, lines=2000, orientation_deg=12.0)
    of = mother("M", 1.0, {"cam": sound(300_000)}, [found])
    for cut, along, across, side, degrees in (
        (Cut("M", 100.0, 200.0), 30_000, 40, Side.TOP, 12),
        (Cut("M", 100.0, 200.0, head_to_tail=True), 68_000, 40, Side.TOP, -12),
        (Cut("M", 100.0, 200.0, head_to_tail=True, turned_over=True), 68_000, 40, Side.BOTTOM, -12),
        (Cut("M", 100.0, 200.0, sides_exchanged=True), 30_000, 1200, Side.TOP, -12),
        (Cut("M", 100.0, 200.0, head_to_tail=True, sides_exchanged=True), 68_000, 1200, Side.TOP, 12),
        (Cut("M", 100.0, 200.0, trimmed_operator_mm=25.0, trimmed_drive_mm=15.0), 30_000, 15, Side.TOP, 12),
        (Cut("M", 100.0, 200.0, sides_exchanged=True, trimmed_operator_mm=25.0, trimmed_drive_mm=15.0), 30_000, 1185, Side.TOP, -12),
    ):
        piece = derive([cut], of)
        (d,) = piece.defects
        assert (d.along_mm, d.across_mm, d.side, d.orientation_deg) == (along, across, side, degrees), cut
        assert (d.line, d.lines, d.column, d.columns, d.severity) == (along, 2000, found.column, found.columns, found.severity)
        assert set(piece.coverages) == ({"cam~over"} if cut.turned_over else {"cam"})
    (d,) = derive([Cut("M", 131.0, 200.0)], of).defects
    assert (d.along_mm, d.length_mm, d.area_mm2, d.cut_by_gap, d.severity) == (0, 1000, found.area_mm2 / 2, True, found.severity)
    (d,) = derive([Cut("M", 100.0, 200.0, trimmed_operator_mm=44.0)], of).defects
    assert (d.across_mm, d.width_mm, d.cut_by_gap) == (0, 6, True)
    assert d.area_mm2 == pytest.approx(found.area_mm2 * 0.6)
    assert derive([Cut("M", 100.0, 200.0, trimmed_operator_mm=50.0)], of).defects == []


def test_a_side_that_a_cut_was_not_seen_on_is_lost_there() -> None:
    """Two cuts of a coil whose top was seen, one of them turned over: nobody saw the top of one, and the bottom of the other."""
    of = mother("M", 1.0, {"cam": sound(100)})
    piece = derive([Cut("M", 0.0, 0.04), Cut("M", 0.04, 0.1, turned_over=True)], of)
    lost = (State.LOST, CoilNotRecorded("M"))
    assert states(piece.coverages["cam"]) == [*sound(40), *[lost] * 60]
    assert states(piece.coverages["cam~over"]) == [*[lost] * 40, *sound(60)]
    assert sides_seen(piece.coverages, {"cam": Side.TOP}) == set(Side)
    assert sides_seen(["cam~over"], {"cam": Side.TOP, "new": Side.BOTTOM}) == {Side.BOTTOM}
    assert sides_seen(["unknown"], {"cam": Side.TOP}) == {Side.TOP}
    assert sides_seen(["gone~over"], {"cam": Side.TOP}) == set(Side)


def test_lines_of_a_camera_that_ended_early_are_lost_where_the_steel_is() -> None:
    of = mother("M", 1.0, {"a": sound(100), "b": sound(70)})
    piece = derive([Cut("M", 0.02, 0.12, head_to_tail=True)], of)
    beyond = [(State.LOST, CoilNotRecorded("M"))] * 20
    assert states(piece.coverages["a"]) == [*beyond, *sound(80)]
    assert states(piece.coverages["b"]) == [*beyond, *[(State.LOST, CameraEndedEarly())] * 30, *sound(50)]


def test_a_coil_without_any_line_from_a_camera_takes_no_lines_from_the_others() -> None:
    of, unseen = mother("M", 1.0, {"cam": sound(10)}), mother("N", 1.0, {"unknown": [(State.LOST, Overrun())] * 5})
    piece = derive([whole(of), whole(unseen)], of, unseen)
    assert {name: states(found) for name, found in piece.coverages.items()} == {
        "cam": [*sound(10), *[(State.LOST, CoilNotRecorded("N"))] * 5]
    }
    assert states(derive([whole(unseen)], unseen).coverages["unknown"]) == [(State.LOST, Overrun())] * 5


def series(of: Mother) -> PeriodicDefect:
    ids = tuple(d.defect_id for d in of.defects)
    return PeriodicDefect("M-top-P1", "M", Side.TOP, 101.0, 2000.0, 10.0, 1010.0, 17_010.0, 9, 9, -9.6, ("work roll",), ids)


def test_marks_of_a_roll_follow_the_steel() -> None:
    marks = [defect(n, along_mm=1000.0 + 2000 * n, across_mm=100.0, line=1000 + 2000 * n) for n in range(9) if n != 3]
    lines = sound(20_000)
    lines[13_000:13_050] = [(State.LOST, Overrun())] * 50
    of = mother("M", 1.0, {"cam": lines}, [m for m in marks if m.line != 13_000])
    of = replace(of, periodic=[series(of)])
    piece = derive([Cut("M", 2.0, 18.5, head_to_tail=True, turned_over=True, sides_exchanged=True)], of)
    (found,) = piece.periodic
    assert (found.periodic_id, found.coil_id, found.side) == ("P-bottom-P1", "P", Side.BOTTOM)
    assert (found.period_mm, found.rolls, found.by_chance_log10) == (2000.0, ("work roll",), -9.6)
    assert (found.first_mm, found.last_mm, found.across_mm) == (1490.0, 15_490.0, 1149.0)
    assert (found.seen, found.expected) == (6, 7), "one turn left no mark, and one was on steel that was not inspected"
    assert found.defect_ids == tuple(d.defect_id for d in piece.defects)
    assert derive([Cut("M", 2.0, 4.0)], of).periodic == []
    assert [p.seen for p in derive([Cut("M", 0.0, 6.0), Cut("M", 8.0, 12.0)], of).periodic] == [3, 2]


def test_a_coil_welded_of_several_widths_is_mirrored_at_its_own_width_everywhere() -> None:
    wide = mother("W", 1.0, {"cam": sound(100)}, [defect(1, along_mm=10.0, across_mm=0.0, width_mm=5.0, line=10)])
    slim = replace(mother("S", 1.0, {"cam": sound(100)}, [defect(1, along_mm=10.0, across_mm=0.0, width_mm=5.0, line=10)]))
    slim = replace(slim, breadths=[Breadth(0, 1e9, 900.0)])
    piece = derive([whole(wide), whole(slim)], wide, slim)
    assert [c.width_mm for c in piece.cuts] == [1250.0, 900.0]
    assert piece.width_mm == 1250.0
    both = as_mother("P", piece, 1.0)
    assert [d.across_mm for d in derive([whole(both, sides_exchanged=True)], both, coil_id="Q").defects] == [1245.0, 895.0]


@pytest.mark.parametrize(
    "cuts",
    [
        [Cut("N", 0.0, 0.05, sides_exchanged=True)],
        [Cut("N", 0.0, 0.05, trimmed_drive_mm=5.0)],
        [Cut("M", 0.0, 0.05, trimmed_drive_mm=625.0, trimmed_operator_mm=625.0)],
        [Cut("M", 0.0, 0.0004)],
        [Cut("M", 0.0, 0.05), Cut("M", 0.049, 0.1)],
        [Cut("M", 0.0, 0.05, trimmed_drive_mm=600.0), Cut("M", 0.0, 0.05, trimmed_operator_mm=649.0)],
    ],
)
def test_a_cut_that_cannot_be_is_refused(cuts: list[Cut]) -> None:
    of, narrow = mother("M", 1.0, {"cam": sound(100)}), mother("N", 1.0, {"cam": sound(100)})
    narrow = replace(narrow, breadths=[Breadth(0.0, 1e9, None)])
    with pytest.raises(ConflictError) as refused:
        derive(cuts, of, narrow)
    assert refused.value.conflict is Conflict.CUT_IMPOSSIBLE


def test_strips_that_were_slit_may_be_welded_and_a_width_that_is_not_needed_need_not_be_known() -> None:
    of = mother("M", 1.0, {"cam": sound(100)})
    slit = [Cut("M", 0.0, 0.05, trimmed_drive_mm=600.0), Cut("M", 0.0, 0.05, trimmed_operator_mm=650.0)]
    assert [c.width_mm for c in derive(slit, of).cuts] == [650.0, 600.0]
    unknown = replace(of, breadths=[Breadth(0.0, 1e9, None)])
    assert derive([Cut("M", 0.0, 0.05, turned_over=True, trimmed_operator_mm=5.0)], unknown).width_mm == 0
