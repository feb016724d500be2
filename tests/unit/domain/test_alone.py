"""What one model found and the other did not: by place, whatever the class, and the same from both sides."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.alone import LISTED, REACH_MM, Alone, LoneDefect, found_alone
from skelp.domain.defect import MARK
from skelp.domain.strip import Side

AT = LoneDefect("scratch", 2, 0.9, Side.TOP, 1000.0, 200.0, 50.0, 4.0, 100.0)
SIZES = st.floats(0, 300)
DEFECTS = st.lists(
    st.builds(
        LoneDefect,
        st.sampled_from(["scratch", "patch"]),
        st.integers(MARK, 5),
        st.just(0.9),
        st.sampled_from(Side),
        st.floats(0, 3000),
        st.floats(0, 500),
        SIZES,
        SIZES,
        SIZES,
    ),
    max_size=40,
)


def is_found_by(defect: LoneDefect, others: list[LoneDefect]) -> bool:
    """Said once more, one by one."""
    return any(
        o.severity != MARK
        and o.side is defect.side
        and o.along_mm - REACH_MM <= defect.along_mm + defect.length_mm
        and defect.along_mm - REACH_MM <= o.along_mm + o.length_mm
        and o.across_mm - REACH_MM <= defect.across_mm + defect.width_mm
        and defect.across_mm - REACH_MM <= o.across_mm + o.width_mm
        for o in others
    )


@given(DEFECTS, DEFECTS)
def test_alone_is_what_no_defect_of_the_other_one_lies_at(mine: list[LoneDefect], others: list[LoneDefect]) -> None:
    expected = [d for d in mine if d.severity != MARK and not is_found_by(d, others)]
    found = found_alone(mine, others)
    assert found.defects == len(expected) == len(found.worst)
    assert sorted(map(repr, found.worst)) == sorted(map(repr, expected))
    assert [d.severity for d in found.worst] == sorted((d.severity for d in expected), reverse=True)
    assert found_alone(mine, mine) == Alone(0, ())
    assert found_alone(mine, []).defects == sum(d.severity != MARK for d in mine)


def test_a_scratch_in_one_piece_and_in_three_is_the_same() -> None:
    whole = replace(AT, length_mm=900.0)
    pieces = [replace(AT, along_mm=1000.0 + 300 * n, length_mm=200.0) for n in range(3)]
    assert found_alone([whole], pieces) == found_alone(pieces, [whole]) == Alone(0, ())
    assert found_alone([replace(AT, class_name="patch")], [AT]) == Alone(0, ()), "another class is no other place"


def test_the_other_side_another_place_and_a_mark_are_not_the_same() -> None:
    for other in (replace(AT, side=Side.BOTTOM), replace(AT, along_mm=1061.0), replace(AT, across_mm=185.0), replace(AT, severity=MARK)):
        assert found_alone([AT], [other]) == Alone(1, (AT,))


def test_of_very_many_the_worst_are_listed() -> None:
    many = [replace(AT, along_mm=100.0 * n, severity=1 + n % 5) for n in range(1000)]
    found = found_alone(many, [])
    assert (found.defects, len(found.worst), {d.severity for d in found.worst}) == (1000, LISTED, {5})
