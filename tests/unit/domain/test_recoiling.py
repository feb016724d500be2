"""A coil's defects and coverage follow the steel: cut, trimmed, turned and welded, nothing vanishes and nothing becomes clean (ADR 29)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.coverage import Interval, State, badness
from skelp.domain.cuts import Cut
from skelp.domain.defect import Defect
from skelp.domain.reasons import CoilNotRecorded, Reason
from skelp.domain.recoiling import Mother
from tests.steel import TURNS, WIDTH_MM, States, as_mother, cuts_of, derive, mothers, states, whole


def same_place(a: Defect, b: Defect) -> bool:
    exact = ("class_name", "severity", "side", "camera", "line", "lines", "column", "columns", "cut_by_gap", "contrast", "score")
    near = ("along_mm", "across_mm", "length_mm", "width_mm", "area_mm2", "orientation_deg")
    return all(getattr(a, n) == getattr(b, n) for n in exact) and all(getattr(a, n) == pytest.approx(getattr(b, n), abs=1e-6) for n in near)


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
