"""Events to alarms: one line for the same thing, the costliest first, gone when seen and over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.alarms import Alarm, Board, Cost
from skelp.domain.events import (
    AlarmAcknowledged,
    CameraBack,
    CameraLost,
    CoilDecided,
    CoilFinal,
    CoilRevised,
    CoilStarted,
    ConnectionBack,
    ConnectionFailing,
    ConnectionRemoved,
    CoverageLost,
    CropsDeleted,
    DefectFound,
    Kind,
    ModelDrift,
    OpticsFocus,
    Payload,
    PeriodicFound,
)
from skelp.domain.reasons import (
    CameraNoAnswer,
    CameraProcessEnded,
    CoilManyDefects,
    ConnectionRefused,
    ConnectionSilent,
    Counted,
    FocusLost,
    ModelClassRate,
    ModelClassScore,
    Overrun,
    PicturesDeleted,
    Reason,
    RollMarks,
)

GONE = CameraNoAnswer()


def found(severity: int, along_mm: float = 0.0) -> DefectFound:
    return DefectFound("D1", "scratch", severity, "top", along_mm)


def lost(reason: Reason, along_mm: float = 0.0) -> CoverageLost:
    return CoverageLost("cam", 0, along_mm, reason)


def held(reason: Reason) -> CoilFinal:
    return CoilFinal("hold", (reason,), 10.0)


class Feed:
    def __init__(self) -> None:
        self.board = Board()
        self.seq = 0

    def __call__(self, payload: Payload, coil_id: str = "K1") -> int:
        self.seq += 1
        self.board.add(self.seq, f"t{self.seq}", coil_id, payload)
        return self.seq

    def acknowledge(self, alarm: Alarm, operator: str = "Kim") -> None:
        self(AlarmAcknowledged(alarm.key, alarm.last_seq, operator))


def test_a_flood_of_the_same_is_one_line_with_a_count() -> None:
    feed = Feed()
    for n in range(500):
        feed(found(3, 1000.0 * n))
    (alarm,) = feed.board.alarms
    assert (alarm.count, alarm.class_name, alarm.severity, alarm.from_mm, alarm.last_mm) == (500, "scratch", 3, 0, 499_000)
    assert (alarm.first_time, alarm.last_time) == ("t1", "t500")


@given(st.lists(st.floats(1, 1e5), min_size=2, max_size=9, unique=True))
def test_a_measured_number_never_makes_another_alarm(rates: list[float]) -> None:
    """One camera that fails three times at slightly different rates, and a coil's figures that change."""
    feed = Feed()
    for rate in rates:
        feed(lost(CameraProcessEnded(Counted.SPEED, rate, ended_by="signal 9")))
        feed(OpticsFocus("cam", FocusLost(rate / 1e6), 1.0, rate / 1e6))
        feed(held(CoilManyDefects(rate, 50)))
    assert {(a.kind, a.count) for a in feed.board.alarms} == {
        (kind, len(rates)) for kind in (Kind.COVERAGE_LOST, Kind.OPTICS_FOCUS, Kind.COIL_FINAL)
    }


def test_another_reason_code_or_another_camera_is_another_alarm() -> None:
    feed = Feed()
    feed(lost(Overrun()))
    feed(lost(CameraProcessEnded(ended_by="signal 9")))
    feed(CoverageLost("cam-2", 0, 0.0, Overrun()))
    assert [a.count for a in feed.board.alarms] == [1, 1, 1]


def test_an_alarm_says_from_which_metre_of_the_coil_it_happened_on_last() -> None:
    feed = Feed()
    feed(CameraLost("cam", GONE))
    feed(lost(Overrun(), 3200.0))
    feed(lost(Overrun(), 9000.0))
    assert [(a.from_mm, a.last_mm) for a in feed.board.alarms] == [(3200, 9000), (None, None)]
    feed(lost(Overrun(), 40.0), "K2")
    alarm = feed.board.alarms[0]
    assert (alarm.coil_id, alarm.count, alarm.from_mm, alarm.last_mm) == ("K2", 3, 40, 40)


def test_a_series_is_one_alarm_on_all_coils_and_each_side_and_series_has_its_own() -> None:
    feed = Feed()
    for coil, side, series in (("K1", "top", 1), ("K2", "top", 1), ("K2", "bottom", 1), ("K2", "top", 2)):
        feed(PeriodicFound(f"{coil}-{side}-P{series}", side, RollMarks(402.5 + feed.seq, 2287.0 + feed.seq, "F5"), 8, 16_000.0), coil)
    assert {a.key: a.count for a in feed.board.alarms} == {
        "periodic.found/top/P1": 2,
        "periodic.found/bottom/P1": 1,
        "periodic.found/top/P2": 1,
    }
    assert {a.cost for a in feed.board.alarms} == {Cost.QUALITY}


def test_what_costs_most_comes_first() -> None:
    feed = Feed()
    feed(CropsDeleted(4, PicturesDeleted(4)))
    feed(OpticsFocus("cam", FocusLost(0.5), 1.0, 0.5))
    feed(held(CoilManyDefects(51, 50)))
    feed(lost(Overrun()))
    feed(CameraLost("cam", GONE))
    assert [a.cost for a in feed.board.alarms] == [Cost.NOT_INSPECTED, Cost.NOT_INSPECTED, Cost.QUALITY, Cost.DRIFT, Cost.RECORDS]
    assert feed.board.alarms[0].kind is Kind.CAMERA_LOST  # the newer of the two


def test_what_needs_nobody_is_no_alarm() -> None:
    feed = Feed()
    feed(found(2))
    feed(CoilFinal("accept", (), 10.0))
    feed(CoilStarted("K1", automatic=False))
    assert feed.board.alarms == []
    assert feed.board.last_seq == 3


def test_an_acknowledged_alarm_that_is_over_goes_and_one_that_lasts_stays_until_it_ends() -> None:
    feed = Feed()
    feed(lost(Overrun()))
    feed(CameraLost("cam", GONE))
    for alarm in feed.board.alarms:
        feed.acknowledge(alarm)
    (left,) = feed.board.alarms
    assert (left.kind, left.standing, left.acknowledged_by) == (Kind.CAMERA_LOST, True, "Kim")
    feed(CameraBack("cam", 1.0))
    assert feed.board.alarms == []


def test_a_connection_that_fails_stays_until_it_is_back_or_removed_and_each_is_an_alarm_of_its_own() -> None:
    feed = Feed()
    feed(ConnectionFailing("mes", ConnectionSilent("mes", "level2", 3)))
    feed(ConnectionFailing("scada", ConnectionRefused("scada", "opcua", 0)))
    for alarm in feed.board.alarms:
        feed.acknowledge(alarm)
    assert [(a.key, a.cost, a.standing) for a in feed.board.alarms] == [
        ("connection.failing/scada", Cost.RECORDS, True),
        ("connection.failing/mes", Cost.RECORDS, True),
    ]
    feed(ConnectionBack("mes", 700.0))
    feed(ConnectionRemoved("scada"))
    assert feed.board.alarms == []


def test_a_camera_that_came_back_is_still_to_be_seen() -> None:
    feed = Feed()
    feed(CameraLost("cam", GONE))
    feed(CameraBack("cam", 1.0))
    (alarm,) = feed.board.alarms
    assert not alarm.standing
    feed.acknowledge(alarm)
    assert feed.board.alarms == []


def test_what_happens_again_after_it_was_seen_is_new() -> None:
    feed = Feed()
    feed(CameraLost("cam", GONE))
    seen = feed.board.alarms[0]
    feed(CameraLost("cam", CameraProcessEnded(ended_by="signal 9")))
    feed.acknowledge(seen)  # of what the operator had before them
    assert feed.board.alarms[0].acknowledged_by == ""
    feed.acknowledge(feed.board.alarms[0])
    assert feed.board.alarms[0].acknowledged_by == "Kim"
    feed(CameraLost("cam", GONE))
    assert (feed.board.alarms[0].acknowledged_by, feed.board.alarms[0].count) == ("", 3)


def test_the_same_events_give_the_same_alarms_and_memory_is_bounded() -> None:
    one, two = Feed(), Feed()
    for feed in (one, two):
        for n in range(1000):
            feed(held(CoilManyDefects(51, 50)), f"K{n}")
            feed(CameraLost(f"cam{n % 3}", GONE))
    assert one.board.alarms == two.board.alarms
    assert len(one.board.alarms) <= 200
    assert {a.camera for a in one.board.alarms[:3]} == {"cam0", "cam1", "cam2"}
    with pytest.raises(LookupError, match="no alarm nothing"):
        one.board.get("nothing")


def test_the_alarm_of_a_coil_goes_when_a_person_decides_or_another_recipe_accepts_it() -> None:
    held = CoilFinal("hold", (CoilManyDefects(90.0, 50.0),), 100.0)

    def open_after(*payloads: Payload) -> list[str]:
        board = Board()
        for seq, payload in enumerate((held, *payloads), 1):
            board.add(seq, "2026-11-27T10:00:00Z", "K1", payload)
        return [a.key for a in board.alarms]

    def revised(decision: str) -> CoilRevised:
        return CoilRevised(2, decision, (), "hold", "other", "lee", "")

    assert open_after() == ["coil.final/K1"]
    assert open_after(CoilDecided("hold", "hold", "kim", "looked at it")) == []
    assert open_after(revised("accept")) == []
    assert open_after(revised("downgrade")) == ["coil.final/K1"]


def test_drift_of_one_class_is_one_alarm_whatever_its_numbers() -> None:
    board = Board()
    for seq, reason in enumerate((ModelClassRate("pit", 9.0, 2.0, 20, 200), ModelClassRate("pit", 9.5, 2.1, 20, 200)), 1):
        board.add(seq, "2026-11-27T10:00:00Z", f"K{seq}", ModelDrift("DC04", reason))
    board.add(3, "2026-11-27T10:00:00Z", "K3", ModelDrift("DC04", ModelClassScore("pit", 0.6, 0.8, 20, 200)))
    assert sorted((a.key, a.count, a.cost) for a in board.alarms) == [
        ("model.drift/model.class_rate/pit", 2, Cost.DRIFT),
        ("model.drift/model.class_score/pit", 1, Cost.DRIFT),
    ]
