"""What is stored beside the place: sessions are counted, and a host can see whether it has missed a result."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skelp.domain.errors import SkelpError
from skelp_client import Event
from skelp_languages.mqtt.history import SESSIONS, History


def event(seq: int) -> Event:
    return Event(seq, "2026-11-27T10:00:00Z", f"K{seq}", "coil.final", {})


def test_sessions_are_counted_over_restarts_and_from_0_again(tmp_path: Path) -> None:
    file = tmp_path / "s"
    assert [History(file, 0).next_session() for _ in range(3)] == [0, 1, 2]
    file.write_text(json.dumps({"bd_seq": SESSIONS - 2}))
    history = History(file, 0)
    assert [history.next_session() for _ in range(3)] == [255, 0, 1]


@settings(max_examples=30)  # each step writes a file to the disk
@given(
    seqs=st.lists(st.integers(1, 40), unique=True, min_size=1, max_size=12).map(sorted),
    moves=st.lists(st.one_of(st.just("restart"), st.integers(0, 40)), max_size=5),
    keep_s=st.sampled_from([0.0, 3.0, 100.0]),
)
def test_the_previous_result_is_never_a_wrong_one(
    tmp_path_factory: pytest.TempPathFactory, seqs: list[int], moves: list[str | int], keep_s: float
) -> None:
    """A host that follows `previous` is never told of a hole that is none. Only after a restart or a way back it may not be known."""
    file = tmp_path_factory.mktemp("h") / "s"
    history, clock, told = History(file, keep_s), 0.0, 0
    for move in [None, *moves, None]:
        if move == "restart":
            history = History(file, keep_s)
        walk = [s for s in seqs if s > (min(move, told) if isinstance(move, int) else told)]  # nobody can skip
        for n, seq in enumerate(walk):
            true = max((s for s in seqs if s < seq), default=None)
            previous = history.previous(seq)
            assert previous in {true, None}
            if n > 0 or (seq > told and told):
                assert previous == true
            history.sent(event(seq), clock)
            told, clock = max(told, seq), clock + 1
            if n == 4 and move is None:
                break


def test_what_was_sent_since_a_moment_is_sent_again(tmp_path: Path) -> None:
    history = History(tmp_path / "s", 90)
    for seq, at_s in ((3, 100.0), (8, 150.0), (9, 160.0)):
        history.sent(event(seq), at_s)
    again = History(tmp_path / "s", 90)
    assert [again.since(s) for s in (90, 120, 155, 161)] == [2, 7, 8, None]
    assert again.last is not None
    assert (again.last.event, again.last.previous) == (event(9), 8)
    again.sent(event(12), 300.0)
    assert again.since(0) == 11, "what is older than it stores is forgotten"


def test_a_disk_that_takes_nothing_stops_nothing(tmp_path: Path) -> None:
    history = History(tmp_path / "gone" / "s", 0)
    assert [history.next_session(), history.next_session()] == [0, 1]


@pytest.mark.parametrize("text", ["", "[]", '{"bd_seq": 256}', '{"bd_seq": 1, "sent": [{}]}', '{"bdseq": 1}'])
def test_a_file_that_is_damaged_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "s").write_text(text)
    with pytest.raises(SkelpError, match="delete it"):
        History(tmp_path / "s", 0)
