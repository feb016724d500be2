"""Events to alarms: one line for the same thing, the costliest first, gone when seen and over."""

from __future__ import annotations

from typing import Any

import pytest

from skelp.domain.alarms import ACKNOWLEDGED, Alarm, Board, Cost

CLASS: dict[str, Any] = {"class": "scratch"}


class Told:
    def __init__(self) -> None:
        self.board = Board()
        self.seq = 0

    def __call__(self, kind: str, coil_id: str = "K1", **data: Any) -> int:
        self.seq += 1
        self.board.tell(self.seq, f"t{self.seq}", kind, coil_id, data)
        return self.seq

    def acknowledge(self, alarm: Alarm, operator: str = "Kim") -> None:
        self(ACKNOWLEDGED, key=alarm.key, through_seq=alarm.last_seq, operator=operator)

    @property
    def kinds(self) -> list[tuple[str, int]]:
        return [(a.kind, a.count) for a in self.board.alarms]


def test_a_flood_of_the_same_is_one_line_with_a_count() -> None:
    told = Told()
    for n in range(500):
        told("defect.found", severity=3, along_mm=1000.0 * n, **CLASS)
    (alarm,) = told.board.alarms
    assert (alarm.count, alarm.what, alarm.from_mm, alarm.last_mm) == (500, "scratch severity 3", 0, 499_000)
    assert (alarm.first_time, alarm.last_time) == ("t1", "t500")


def test_an_alarm_says_from_which_metre_of_the_coil_it_happened_on_last() -> None:
    told = Told()
    told("camera.lost", camera="cam", reason="gone")
    told("coverage.lost", camera="cam", reason="overrun", along_mm=3200.0)
    told("coverage.lost", camera="cam", reason="overrun", along_mm=9000.0)
    assert [(a.from_mm, a.last_mm) for a in told.board.alarms] == [(3200, 9000), (None, None)]
    told("coverage.lost", "K2", camera="cam", reason="overrun", along_mm=40.0)
    alarm = told.board.alarms[0]
    assert (alarm.coil_id, alarm.count, alarm.from_mm, alarm.last_mm) == ("K2", 3, 40, 40)


def test_what_costs_most_comes_first() -> None:
    told = Told()
    told("crops.deleted", reason="quota")
    told("optics.focus", camera="cam", reason="soft")
    told("coil.final", decision="hold", reasons=["too many defects"])
    told("coverage.lost", camera="cam", reason="overrun")
    told("camera.lost", camera="cam", reason="gone")
    assert [a.cost for a in told.board.alarms] == [Cost.NOT_INSPECTED, Cost.NOT_INSPECTED, Cost.QUALITY, Cost.DRIFT, Cost.RECORDS]
    assert told.board.alarms[0].kind == "camera.lost"  # the newer of the two


def test_what_needs_nobody_is_no_alarm() -> None:
    told = Told()
    told("defect.found", severity=2, along_mm=5.0, **CLASS)
    told("coil.final", decision="accept", reasons=[])
    told("coil.started", name="K1")
    assert told.board.alarms == []
    assert told.board.last_seq == 3


def test_an_acknowledged_alarm_that_is_over_goes_and_one_that_lasts_stays_until_it_ends() -> None:
    told = Told()
    told("coverage.lost", camera="cam", reason="overrun")
    told("camera.lost", camera="cam", reason="gone")
    for alarm in told.board.alarms:
        told.acknowledge(alarm)
    (left,) = told.board.alarms
    assert (left.kind, left.standing, left.acknowledged_by) == ("camera.lost", True, "Kim")
    told("camera.back", camera="cam")
    assert told.board.alarms == []


def test_a_camera_that_came_back_is_still_to_be_seen() -> None:
    told = Told()
    told("camera.lost", camera="cam", reason="gone")
    told("camera.back", camera="cam")
    (alarm,) = told.board.alarms
    assert not alarm.standing
    told.acknowledge(alarm)
    assert told.board.alarms == []


def test_what_happens_again_after_it_was_seen_is_new() -> None:
    told = Told()
    told("camera.lost", camera="cam", reason="gone")
    seen = told.board.alarms[0]
    told("camera.lost", camera="cam", reason="gone again")
    told.acknowledge(seen)  # of what the operator had before them
    assert told.board.alarms[0].acknowledged_by == ""
    told.acknowledge(told.board.alarms[0])
    assert told.board.alarms[0].acknowledged_by == "Kim"
    told("camera.lost", camera="cam", reason="and again")
    assert (told.board.alarms[0].acknowledged_by, told.board.alarms[0].count) == ("", 3)


def test_the_same_events_give_the_same_alarms_and_memory_is_bounded() -> None:
    one, two = Told(), Told()
    for told in (one, two):
        for n in range(1000):
            told("coil.final", f"K{n}", decision="hold", reasons=["r"])
            told("camera.lost", camera=f"cam{n % 3}", reason="gone")
    assert one.board.alarms == two.board.alarms
    assert len(one.board.alarms) <= 200
    assert {a.what for a in one.board.alarms[:3]} == {"cam0", "cam1", "cam2"}
    with pytest.raises(LookupError, match="no alarm nothing"):
        one.board.get("nothing")
