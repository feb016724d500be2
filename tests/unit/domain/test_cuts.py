"""Cuts in figures, and cuts that cannot be (ADR 29). Their laws are in test_recoiling.py."""

from __future__ import annotations

from dataclasses import replace

import pytest

from skelp.domain.conflicts import Conflict, ConflictError
from skelp.domain.coverage import State
from skelp.domain.cuts import Cut, sides_seen
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.reasons import CameraEndedEarly, CoilNotRecorded, Overrun
from skelp.domain.recoiling import Breadth, Mother
from skelp.domain.strip import Side
from tests.fakes import defect
from tests.steel import as_mother, derive, mother, sound, states, whole


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
