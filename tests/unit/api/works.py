"""Two stations that run and one that does not, on one database, and a plant's server over them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from skelp.api.guard import Guard
from skelp.api.plant import lines as lines_of_plant
from skelp.api.plant.app import create_plant_app
from skelp.api.plant.calls import PLANT
from skelp.api.plant.lines import Lines
from skelp.api.plant.services import PlantServices
from skelp.domain.events import Payload
from skelp.domain.recipe import Recipe
from skelp.domain.strip import Side
from skelp.sinks.lock_file import Owner
from skelp.sinks.sql import Database, Place, PlantRecords, open_plant
from tests.fakes import coil, defect
from tests.station_server import StationServer

V1 = "/api/v1"
ODD = "Pohang/열연 2"
"""A station's name with a slash, a space and Korean."""


@dataclass
class Works:
    """Two stations that run and one that does not, on one database; the plant's server over them. `mill` is the odd one."""

    url: str
    pickling: StationServer
    mill: Database
    records: PlantRecords
    client: TestClient

    def get(self, path: str, status: int = 200, /, **query: Any) -> Any:
        answer = self.client.get(path, params=query)
        assert answer.status_code == status, answer.text
        return answer.json()

    def until_stopped(self, station: str) -> None:
        """Wait until PostgreSQL has ended the session of a station that was closed, and so freed its lock."""
        end = time.monotonic() + 20
        while next(s for s in self.get(f"{V1}/plant")["stations"] if s["name"] == station)["runs"] and time.monotonic() < end:
            time.sleep(0.01)

    def publish(self, payload: Payload) -> None:
        with self.mill.writer.transaction() as change:
            change.publish(payload)


def of_plant(records: PlantRecords, not_in_use: tuple[str, ...] = ()) -> PlantServices:
    lines = Lines("plant", records.reader, not_in_use)
    return PlantServices(records.reader, lines, records.access.audit, threading.Event())


def owner(name: str) -> Owner:
    return replace(Owner.this_process(name), pid=4711)


def start_coil(database: Database, coil_id: str, at: datetime) -> None:
    with database.writer.transaction() as change:
        change.start_coil(replace(coil(coil_id), started_at=at), {}, new_pass=False)
        change.add_defects([defect(1, coil_id=coil_id, defect_id=f"{coil_id}-1")])


@pytest.fixture(autouse=True)
def made_for_each_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_of_plant, "_FOR_S", -1.0)


@pytest.fixture
def works(postgres: str, tmp_path: Path) -> Iterator[Works]:
    engine = sa.create_engine(postgres)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    engine.dispose()
    with ExitStack() as opened:
        pickling = StationServer(tmp_path, postgres)
        opened.callback(pickling.close)
        with Database(postgres, Recipe(), owner("old line"), Place("Gwangyang", "HSM 1", {"top": Side.TOP})):
            pass
        place = Place("Pohang", "HSM 2", {"top-1": Side.TOP, "low": Side.BOTTOM})
        mill = opened.enter_context(Database(postgres, Recipe(), owner(ODD), place))
        records = opened.enter_context(open_plant(postgres, "plant"))
        services = of_plant(records)
        guard = Guard(create_plant_app(services), None, None, PLANT)
        client = opened.enter_context(TestClient(guard, base_url="http://localhost", headers={"host": "localhost"}))
        works = Works(postgres, pickling, mill, records, client)
        works.until_stopped("old line")
        yield works


def at(minute: int) -> datetime:
    return datetime(2026, 11, 25, 8, minute, tzinfo=UTC)


def below(station: str, path: str) -> str:
    return f"/stations/{quote(station, safe='')}{path}"
