"""JSON becomes records; what does not fit is refused with its place, and what is new is left out."""

from __future__ import annotations

from typing import Any

import pytest

from skelp_client import NotUnderstood
from skelp_client.reading import read
from skelp_client.records import Coverage, Interval, Reason, Review

REASON: dict[str, Any] = {"code": "line.frame_short", "args": {"frame_lines": 512, "share": 0.5, "by": "x"}, "text": "t"}
INTERVAL: dict[str, Any] = {"first_line": 0, "lines": 10, "from_m": 0, "to_m": 1.5, "state": "lost", "reason": REASON}


def test_records_are_read_with_those_in_them() -> None:
    found = read(
        Coverage,
        {
            "coil_id": "K1",
            "width_mm": 1250,
            "intervals": [INTERVAL, INTERVAL | {"state": "inspected", "reason": None}],
            "cameras": {"c": [INTERVAL]},
        },
    )
    assert found.intervals[0] == Interval(0, 10, 0.0, 1.5, "lost", Reason("line.frame_short", REASON["args"], "t"))
    assert found.intervals[1].reason is None
    assert found.cameras["c"] == found.intervals[:1]
    assert found.uninspected_m == 1.5


def test_numbers_keep_their_kind() -> None:
    found = read(Reason, REASON)
    assert [type(v) for v in found.args.values()] == [int, float, str]
    assert type(read(Interval, INTERVAL).from_m) is float


def test_a_field_has_another_name_on_the_wire_where_python_has_that_word() -> None:
    body = {"review_id": 1, "defect_id": "d", "verdict": "relabelled", "class": "patch", "operator": "kim", "note": "", "at": "t"}
    assert read(Review, body).class_name == "patch"


def test_fields_and_codes_that_a_newer_station_adds_do_no_harm() -> None:
    found = read(Interval, INTERVAL | {"colour": "red", "reason": REASON | {"code": "line.never_seen", "more": []}})
    assert found.reason is not None
    assert found.reason.code == "line.never_seen"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"first_line": "0"}, "Interval.first_line"),
        ({"first_line": True}, "Interval.first_line"),
        ({"first_line": 0.5}, "Interval.first_line"),
        ({"to_m": None}, "Interval.to_m"),
        ({"state": "skipped"}, "Interval.state"),
        ({"reason": []}, "Interval.reason"),
        ({"reason": REASON | {"args": {"a": [1]}}}, "Interval.reason.args.a"),
        ({"reason": REASON | {"args": {"a": True}}}, "Interval.reason.args.a"),
        ({"reason": {"code": "c", "args": {}}}, "Interval.reason has no text"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(NotUnderstood, match=place):
        read(Interval, INTERVAL | change)


@pytest.mark.parametrize("body", [None, [], "x", 3, {}])
def test_what_is_no_record_is_refused(body: Any) -> None:
    with pytest.raises(NotUnderstood):
        read(Coverage, body)
