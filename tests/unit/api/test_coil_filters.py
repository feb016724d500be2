"""GET /coils gives exactly the coils that match all filters, in pages, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from skelp.domain.coverage import Interval, State
from skelp.domain.reasons import FrameDropped
from tests.fakes import coil
from tests.station_server import V1, StationServer
from tests.unit.sinks.conftest import ON_POSTGRES, new_database

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module", params=["sqlite", ON_POSTGRES])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StationServer]:
    """Coils K0 to K5 start hourly from noon; all but K5 finish half an hour later. Odd ones are DC04, every third one is held."""
    folder = tmp_path_factory.mktemp("filters")
    server = StationServer(folder, new_database(request.param, request, folder))
    with server.writer.transaction() as change:
        for n in range(6):
            name = f"K{n}" if n else "100%_Ä\\x"
            known: dict[str, Any] = {"name": name, "product": "DC04" if n % 2 else "S235", "started_at": NOON + n * HOUR}
            if n < 5:
                known["finished_at"] = NOON + n * HOUR + HOUR / 2
            change.add_coil(replace(coil(f"K{n}"), **known))
            change.record_interval(f"K{n}", "cam", Interval(0, 1000, State.INSPECTED))
            if n % 3 == 0:
                change.record_interval(f"K{n}", "cam", Interval(1000, 10, State.LOST, FrameDropped()))
            if n < 5:
                change.complete_coil(f"K{n}")
    with server.client:
        yield server
    server.close()


def listed(server: StationServer, **filters: Any) -> list[str]:
    """The ids of the coils that match, oldest first, read in pages of two."""
    found: list[str] = []
    cursor = None
    while True:
        page = server.client.get(f"{V1}/coils", params={**filters, "limit": 2} | ({"cursor": cursor} if cursor else {})).raise_for_status()
        found += [c["coil_id"] for c in page.json()["coils"]]
        cursor = page.json()["next"]
        if cursor is None:
            return found[::-1]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, "012345"),
        ({"started_from": "2026-11-25T14:00:00Z"}, "2345"),
        ({"started_to": "2026-11-25T14:00:00Z"}, "01"),
        ({"started_from": "2026-11-25T23:00:00.000+09:00", "started_to": "2026-11-25T16:00Z"}, "23"),
        ({"finished_from": "2026-11-25T14:30:00Z"}, "234"),
        ({"finished_to": "2026-11-25T14:30:00Z"}, "01"),
        ({"finished_from": "2026-11-25T12:30:00.001Z", "started_to": "2026-11-25T14:00:00.001Z"}, "12"),
        ({"product": "DC04"}, "135"),
        ({"product": "DC0"}, ""),
        ({"decision": "accept"}, "124"),
        ({"decision": "hold"}, "035"),
        ({"name": "k"}, "12345"),
        ({"name": "K3"}, "3"),
        ({"name": "%"}, "0"),
        ({"name": "0%_"}, "0"),
        ({"name": "\\X"}, "0"),
        ({"name": "Ä"}, "0"),
        ({"name": "_"}, "0"),
        ({"name": "K4", "decision": "hold"}, ""),
        ({"product": "DC04", "decision": "accept", "started_from": "2026-11-25T12:00:00Z"}, "1"),
    ],
)
def test_exactly_the_coils_that_match_are_listed(filled: StationServer, filters: dict[str, str], expected: str) -> None:
    assert listed(filled, **filters) == [f"K{n}" for n in expected]


def test_a_filter_by_decision_agrees_with_the_records(filled: StationServer) -> None:
    for decision in ("accept", "hold"):
        found = filled.client.get(f"{V1}/coils", params={"decision": decision}).json()["coils"]
        assert {c["decision"] for c in found} == {decision}


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-25",
        "2026-11-25T12:00:00",
        "2026-02-31T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "2026-11-25T12:00:00+99:99",
        "now",
        "",
    ],
)
def test_a_time_that_is_none_is_refused(server: StationServer, moment: str) -> None:
    for name in ("started_from", "started_to", "finished_from", "finished_to"):
        answer = server.client.get(f"{V1}/coils", params={name: moment})
        assert answer.status_code == 422
        assert [f["where"] for f in answer.json()["faults"]] == [f"query.{name}"]
