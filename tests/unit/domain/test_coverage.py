from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.coverage import Interval, Ledger, LedgerError, State, Totals, worst_of
from skelp.domain.reasons import Other
from skelp.domain.strip import CoilLine

RANK = {s: n for n, s in enumerate(State)}
pieces = st.lists(st.tuples(st.integers(1, 50), st.sampled_from(list(State))), min_size=1, max_size=20)


def account(parts: list[tuple[int, State]]) -> list[Interval]:
    ledger, found, line = Ledger("cam"), {}, 0
    for lines, state in parts:
        interval = ledger.record(CoilLine(line), lines, state, None if state is State.INSPECTED else Other("because"))
        found[interval.first_line] = interval
        line += lines
    assert ledger.totals.exposed == line
    return list(found.values())


@given(pieces)
def test_a_ledger_adds_up_and_joins_what_is_alike(parts: list[tuple[int, State]]) -> None:
    intervals = account(parts)
    assert Totals.of(intervals).exposed == sum(n for n, _ in parts)
    assert all(a.end_line == b.first_line and a.state is not b.state for a, b in pairwise(intervals))


@pytest.mark.parametrize(
    ("first_line", "lines", "state", "says"),
    [
        (10, 5, State.INSPECTED, "do not follow line 0"),
        (0, 0, State.INSPECTED, "0 lines"),
        (0, 5, State.LOST, "without a reason"),
    ],
)
def test_what_would_not_add_up_is_refused(first_line: int, lines: int, state: State, says: str) -> None:
    with pytest.raises(LedgerError, match=says):
        Ledger("cam").record(CoilLine(first_line), lines, state)


@given(st.lists(pieces, min_size=1, max_size=4), st.booleans())
def test_a_line_is_as_good_as_its_worst_camera(cameras: list[list[tuple[int, State]]], closed: bool) -> None:
    accounts = [account(c) for c in cameras]
    lines = [[s for n, s in c for _ in range(n)] for c in cameras]
    length = max(map(len, lines)) if closed else min(map(len, lines))
    expected = [max((c[n] if n < len(c) else State.LOST for c in lines), key=RANK.__getitem__) for n in range(length)]
    merged = worst_of(accounts, closed=closed)
    assert [i.state for i in merged for _ in range(i.lines)] == expected


def test_no_camera_is_no_account() -> None:
    assert worst_of([], closed=True) == []
    assert worst_of([[], [Interval(0, 5, State.INSPECTED)]], closed=False) == []
