"""When a connection is silent, when it fails, when that is over, and when its row is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.connections import ConnectionReport, ConnectionState, ConnectionStatus, SendAgain
from skelp.domain.events import ConnectionBack, ConnectionFailing, Payload
from skelp.domain.watched import FAILING_AFTER_S, SILENT_AFTER_S, STORED_EVERY_S, Watched

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
REPORT = ConnectionReport("level2", "10.0.0.9:3000", ConnectionState.CONNECTED, waiting=2)
NEW = Watched(ConnectionStatus("mes", REPORT, NOON), 0.0)


class Clock:
    """One connection, its reports and looks in order of time. `published`: what was published."""

    def __init__(self, watched: Watched = NEW) -> None:
        self.watched, self.now_s, self.published = watched, 0.0, list[Payload]()

    @property
    def at(self) -> datetime:
        return NOON + timedelta(seconds=self.now_s)

    def says(self, state: str, waiting: int = 2) -> None:
        self.watched = self.watched.heard(replace(REPORT, state=ConnectionState(state), waiting=waiting), self.at, self.now_s)

    def look(self) -> None:
        self.watched = self.watched.looked_at(self.now_s)
        news = self.watched.news(self.at, self.now_s)
        self.watched = self.watched.told(news, self.at, self.now_s)
        self.published += [news] if news else []

    def passes(self, seconds: float, state: str | None = None, waiting: int = 2) -> None:
        """Time passes, in which the process says this state every 5 s; None: it says nothing."""
        until = self.now_s + seconds
        while self.now_s < until:
            self.now_s += 5
            if state:
                self.says(state, waiting)
            self.look()


def test_a_process_that_reports_is_not_silent_and_one_that_stops_is_after_half_a_minute() -> None:
    clock = Clock()
    clock.passes(60, "connected")
    clock.passes(SILENT_AFTER_S)
    assert not clock.watched.status.silent
    clock.passes(5)
    assert clock.watched.status.silent
    clock.says("connected")
    assert not clock.watched.status.silent


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (None, "connection.silent"),
        ("refused", "connection.refused"),
        ("failed", "connection.failed"),
        ("connecting", "connection.unanswered"),
        ("waiting", "connection.unanswered"),
    ],
)
def test_a_connection_that_was_connected_fails_after_ten_minutes_once_until_it_is_connected_again(state: str | None, code: str) -> None:
    clock = Clock()
    clock.passes(5, "connected")
    clock.passes(FAILING_AFTER_S, state)
    assert clock.published == []
    assert clock.watched.status.failing_since is None
    clock.passes(3600, state)
    (failing,) = clock.published
    assert isinstance(failing, ConnectionFailing)
    assert (failing.connection, failing.reason.code) == ("mes", code)
    assert failing.reason.args == {"connection": "mes", "language": "level2", "waiting": 2}
    since = clock.watched.status.failing_since
    assert since
    clock.passes(5, "connected")
    assert clock.published[1:] == [ConnectionBack("mes", (clock.at - since).total_seconds())]
    assert clock.watched.status.failing_since is None
    clock.passes(3600, state)
    assert [p.kind for p in clock.published] == ["connection.failing", "connection.back", "connection.failing"]


def test_a_peer_that_is_away_is_no_fault_while_nothing_waits_for_it() -> None:
    clock = Clock()
    clock.passes(5, "connected")
    clock.passes(3600, "waiting", waiting=0)
    assert clock.published == []
    clock.passes(FAILING_AFTER_S + 5, "waiting", waiting=1)
    assert [p.kind for p in clock.published] == ["connection.failing"]


def test_a_connection_that_never_was_connected_is_being_set_up_and_fails_not() -> None:
    clock = Clock()
    clock.passes(3600, "refused")
    clock.passes(3600)
    assert clock.published == []


def test_faults_of_several_kinds_are_one_time_of_failing() -> None:
    clock = Clock()
    clock.passes(5, "connected")
    for state in ("failed", "connecting", None):
        clock.passes(205, state)
    assert [p.kind for p in clock.published] == ["connection.failing"]


def test_the_ten_minutes_begin_anew_with_the_station_and_what_failed_before_is_told_again_and_ends() -> None:
    before = Clock()
    before.passes(5, "connected")
    before.passes(FAILING_AFTER_S + 60, "refused")
    after = Clock(Watched.of_stored(before.watched.status, 0.0))
    after.passes(FAILING_AFTER_S, "refused")
    assert after.published == []
    after.passes(60, "refused")
    assert [p.kind for p in after.published] == ["connection.failing"]
    assert after.watched.status.failing_since == before.watched.status.failing_since
    back = Clock(Watched.of_stored(before.watched.status, 0.0))
    back.passes(5, "connected")
    assert [p.kind for p in back.published] == ["connection.back"]


def test_a_process_has_half_a_minute_to_report_to_a_station_that_has_started_and_one_that_was_silent_stays_so() -> None:
    clock = Clock(Watched.of_stored(replace(NEW.status, heard_at=NOON - timedelta(days=9)), 0.0))
    clock.passes(SILENT_AFTER_S)
    assert not clock.watched.status.silent
    clock.passes(5)
    assert clock.watched.status.silent
    silent = Clock(Watched.of_stored(clock.watched.status, 0.0))
    silent.passes(5)
    assert silent.watched.status.silent


def test_a_row_is_due_at_once_when_something_changes_and_once_a_minute_when_only_the_time_does() -> None:
    watched = NEW.heard(REPORT, NOON, 0)
    assert watched.is_due(0)
    watched = watched.kept(watched.status, 0)
    assert not watched.is_due(STORED_EVERY_S), "nothing was heard"
    again = watched.heard(REPORT, NOON + timedelta(seconds=5), 5)
    assert not again.is_due(5)
    assert again.is_due(STORED_EVERY_S)
    assert watched.heard(replace(REPORT, sent_seq=3), NOON, 5).is_due(5)
    assert watched.looked_at(SILENT_AFTER_S + 1).is_due(SILENT_AFTER_S + 1)
    assert watched.asked(SendAgain(1, 0, "lee", NOON)).is_due(5)


def test_requests_count_on_although_the_records_were_set_back() -> None:
    status = ConnectionStatus("mes", replace(REPORT, resend_handled=3), NOON)
    assert status.next_request == 4
    assert status.asked(SendAgain(1, 0, "lee", NOON)).next_request == 4
    assert status.asked(SendAgain(7, 0, "lee", NOON)).next_request == 8


SAYS = st.sampled_from([None, *(state.value for state in ConnectionState)])


@given(st.lists(st.tuples(SAYS, st.integers(0, 3), st.integers(1, 200))))
def test_failing_and_back_take_turns_and_the_state_agrees(said: list[tuple[str | None, int, int]]) -> None:
    clock = Clock()
    for state, waiting, looks in said:
        clock.passes(5 * looks, state, waiting)
    kinds = [p.kind.value for p in clock.published]
    assert kinds == ["connection.failing", "connection.back"] * (len(kinds) // 2) + ["connection.failing"] * (len(kinds) % 2)
    assert (clock.watched.status.failing_since is not None) == (len(kinds) % 2 == 1)
    if said and said[-1][0] == "connected":
        assert clock.watched.status.failing_since is None
