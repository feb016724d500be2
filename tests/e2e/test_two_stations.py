"""Two station processes on one database. The same station, or one SQLite file, has one process; PostgreSQL may have several stations."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import sqlalchemy as sa

from skelp_client import Event
from tests.e2e.test_station import Running, started, station_file
from tests.postgres import WHY_NOT, server

ON_POSTGRES = pytest.param("postgresql", marks=pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT)))


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with server() as url:
        yield url


def storage(kind: str, request: pytest.FixtureRequest, folder: Path) -> dict[str, str]:
    """Environment of a second process.

    Another station with the first one's folder by another path, or the same station on its PostgreSQL database with another folder.
    """
    if kind == "postgresql":
        url = request.getfixturevalue("postgres")
        return {"SKELP_NAME": "hot mill", "SKELP_STORAGE__FOLDER": str(folder / "second"), "SKELP_STORAGE__DATABASE_URL": url}
    (folder / "another-way").symlink_to(folder / "data")
    return {"SKELP_NAME": "second", "SKELP_STORAGE__FOLDER": str(folder / "another-way")}


def refused(file: Path, environment: dict[str, str]) -> str:
    """Start a station that must fail. Returns its stderr."""
    command = [sys.executable, "-m", "skelp", "run", str(file)]
    names = {**os.environ, "COLUMNS": "1000", **environment}
    done = subprocess.run(command, capture_output=True, text=True, env=names, timeout=60, check=False)
    assert done.returncode == 1, done.stderr
    return done.stderr


def database(kind: str, environment: dict[str, str]) -> dict[str, str]:
    """Environment of the first station."""
    return {"SKELP_STORAGE__DATABASE_URL": environment["SKELP_STORAGE__DATABASE_URL"]} if kind == "postgresql" else {}


def events_of(station: Running, kind: str) -> list[Event]:
    return [e for e in station.client.events(follow=False) if e.kind == kind]


@pytest.mark.parametrize("kind", ["sqlite", ON_POSTGRES])
def test_a_second_station_is_refused_until_the_first_ends_and_the_error_names_it(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    file = station_file(tmp_path)
    second = storage(kind, request, tmp_path)
    with started(file, SKELP_NAME="hot mill", **database(kind, second)) as first:
        first.client.announce("K1")
        first.wait_for_coil("K1", lambda c: c.lines > 500)
        message = refused(file, second)
        assert f"station 'hot mill' (process {first.process.pid} on" in message
        assert "stop that one first" in message
        coil = first.client.coil("K1")
        assert (coil.status, coil.interrupted) == ("running", False)
        first.wait_for_coil("K1", lambda c: c.lines > coil.lines)
        assert len(events_of(first, "station.started")) == 1
        first.process.send_signal(signal.SIGKILL)
        first.process.wait(20)
    with started(file, **second) as station:
        coil = station.client.coil("K1")
        assert (coil.status, coil.interrupted, coil.decision) == ("final", True, "hold")
        assert len(events_of(station, "station.started")) == 2


@pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))
def test_a_station_that_loses_its_lock_stops_with_an_error(postgres: str, tmp_path: Path) -> None:
    engine = sa.create_engine(postgres, isolation_level="AUTOCOMMIT")
    stderr = tmp_path / "stderr.txt"
    with started(station_file(tmp_path), stderr=str(stderr), SKELP_STORAGE__DATABASE_URL=postgres) as station:
        station.wait_for("/api/v1/coils", lambda c: c["coils"])
        with engine.connect() as connection:
            holder = "SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory'"
            holders = f"SELECT pg_terminate_backend(pid, 5000) FROM ({holder}) AS holder"
            assert connection.exec_driver_sql(holders).scalars().all() == [True]
        assert station.process.wait(20) == 1
    engine.dispose()
    assert "lost its lock on the database" in stderr.read_text()
    with started(station_file(tmp_path), SKELP_STORAGE__DATABASE_URL=postgres) as restarted:
        assert restarted.get("/api/v1/coils")["coils"]


@pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))
def test_a_station_that_is_killed_and_started_again_changes_nothing_of_another_on_the_same_database(postgres: str, tmp_path: Path) -> None:
    file = station_file(tmp_path)

    def station(name: str) -> AbstractContextManager[Running]:
        return started(file, SKELP_NAME=name, SKELP_STORAGE__FOLDER=str(tmp_path / name), SKELP_STORAGE__DATABASE_URL=postgres)

    def runs(station: Running, more_than: int) -> int:
        found = station.wait_for("/api/v1/coils/K7", lambda c: c["lines"] > more_than)
        assert (found["status"], found["interrupted"]) == ("running", False)
        return int(found["lines"])

    with station("pickling line") as other:
        other.post("/api/v1/coils", {"coil_id": "K7"})
        lines = runs(other, 500)
        for _ in range(2):
            with station("tandem mill") as killed:
                killed.post("/api/v1/coils", {"coil_id": "K7", "new_pass": True})
                killed.wait_for("/api/v1/coils", lambda c: c["coils"][0]["name"] == "K7" and c["coils"][0]["lines"] > 500)
                lines = runs(other, lines)
                killed.process.send_signal(signal.SIGKILL)
                killed.process.wait(20)
            lines = runs(other, lines)
        with station("tandem mill") as again:
            coils = {c["coil_id"]: c for c in again.get("/api/v1/coils")["coils"]}
            assert [(coils[k]["status"], coils[k]["interrupted"]) for k in ("K7", "K7~2")] == [("final", True)] * 2
            feeds = [s.get("/api/v1/events?limit=1000") for s in (again, other)]
        assert feeds[0]["feed_id"] != feeds[1]["feed_id"]
        for feed in feeds:
            assert [e["seq"] for e in feed["events"]] == list(range(1, len(feed["events"]) + 1))
        assert len(events_of(other, "station.started")) == 1
        assert [c["coil_id"] for c in other.get("/api/v1/coils")["coils"] if not c["coil_id"].startswith("auto-")] == ["K7"]
        runs(other, lines)
