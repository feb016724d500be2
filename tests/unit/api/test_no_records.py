"""REST answers 503 with the cause while the database cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from skelp.domain.reasons import Code
from tests.station_server import StationServer
from tests.unit.sinks.test_database_faults import locked


def test_a_request_to_a_locked_database_is_answered_with_the_cause(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skelp.sinks.sql.engines.BUSY_S", 0.1)
    server = StationServer(tmp_path, url)
    with server.client as client, locked(url):
        answer = client.post("/api/v1/coils", json={"coil_id": "K1"})
        assert client.get("/api/v1/coils").status_code == 200  # reading goes on
    server.close()
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["reason"]["code"] == Code.RECORDS_LOCKED
