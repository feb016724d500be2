"""A server without cameras shows all stations of one database: what each of them would answer, and all of them together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema_rs
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from skelp.api.callers import Callers
from skelp.api.guard import Guard
from skelp.api.plant.app import create_plant_app, plant_document_app
from skelp.api.plant.calls import PLANT, STATION
from skelp.api.plant.services import PlantServices
from skelp.domain.access import Right, Role
from skelp.domain.errors import SkelpError
from skelp.domain.events import DefectFound, Payload, StationStarted
from skelp.domain.recipe import Recipe
from skelp.domain.strip import Side
from skelp.sinks.lock_file import Owner
from skelp.sinks.sql import Database, Place, PlantRecords, open_plant, sqlite_url
from tests.fakes import coil, defect
from tests.station_server import StationServer
from tests.unit.sinks.conftest import needs_postgres

pytestmark = needs_postgres
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

    def publish(self, payload: Payload) -> None:
        with self.mill.writer.transaction() as change:
            change.publish(payload)


def owner(name: str) -> Owner:
    return replace(Owner.this_process(name), pid=4711)


def start_coil(database: Database, coil_id: str, at: datetime) -> None:
    with database.writer.transaction() as change:
        change.start_coil(replace(coil(coil_id), started_at=at), {}, new_pass=False)
        change.add_defects([defect(1, coil_id=coil_id, defect_id=f"{coil_id}-1")])


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
        services = PlantServices("plant", records.reader, records.access.audit)
        guard = Guard(create_plant_app(services), None, None, PLANT)
        client = opened.enter_context(TestClient(guard, base_url="http://localhost", headers={"host": "localhost"}))
        yield Works(postgres, pickling, mill, records, client)


def at(minute: int) -> datetime:
    return datetime(2026, 11, 25, 8, minute, tzinfo=UTC)


def below(station: str, path: str) -> str:
    return f"/stations/{quote(station, safe='')}{path}"


def test_the_plant_lists_its_stations_whether_they_run_their_newest_coil_and_what_needs_a_person(works: Works) -> None:
    start_coil(works.mill, "K1", at(0))
    start_coil(works.mill, "K2", at(1))
    works.publish(DefectFound("K2-1", "scratch", 4, "top", 0.0))
    found = {s["name"]: s for s in works.get(f"{V1}/plant")["stations"]}
    assert list(found) == [ODD, "old line", "test"]
    mill, old = found[ODD], found["old line"]
    assert (mill["plant"], mill["line"], mill["runs"]) == ("Pohang", "HSM 2", True)
    assert mill["cameras"] == [{"name": "top-1", "side": "top"}, {"name": "low", "side": "bottom"}]
    assert (mill["coil"]["coil_id"], mill["coil"]["defects"]) == ("K2", 1)
    assert [a["kind"] for a in mill["alarms"]] == ["defect.found"]
    assert datetime.fromisoformat(mill["stored_at"]) > datetime.now(UTC) - timedelta(minutes=5)
    assert (old["runs"], old["coil"], old["stored_at"], old["alarms"]) == (False, None, None, [])
    works.pickling.close()
    assert [s["runs"] for s in works.get(f"{V1}/plant")["stations"]] == [True, False, False]


def test_coils_of_all_stations_come_by_their_start_and_each_once_however_small_the_pages(works: Works) -> None:
    times = [at(0), at(0), at(1), at(1), at(3)]
    for n, time in enumerate(times):
        start_coil(works.mill, f"K{n}", time)
        with works.pickling.writer.transaction() as change:
            change.start_coil(replace(coil(f"K{n}"), started_at=time), {}, new_pass=False)
    whole = works.get(f"{V1}/coils", limit=500)
    assert whole["next"] is None
    order = [(c["coil"]["started_at"], c["station"], c["coil"]["coil_id"]) for c in whole["coils"]]
    assert len(set(order)) == 10
    assert [t for t, _, _ in order] == sorted((t for t, _, _ in order), reverse=True)
    for limit in (1, 3):
        paged: list[Any] = []
        cursor: dict[str, Any] = {}
        while True:
            page = works.get(f"{V1}/coils", limit=limit, **cursor)
            paged += page["coils"]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert paged == whole["coils"]
    assert {c["station"] for c in works.get(f"{V1}/coils", line="HSM 2")["coils"]} == {ODD}
    assert works.get(f"{V1}/coils", plant="Gwangyang") == {"coils": [], "next": None}
    assert works.get(f"{V1}/coils", name="k3", station="test")["coils"][0]["coil"]["coil_id"] == "K3"


def test_a_place_that_no_station_has_is_refused_because_an_empty_list_would_say_that_nothing_was_made_there(works: Works) -> None:
    faults = works.get(f"{V1}/coils", 422, line="HSM 3")["faults"]
    assert faults == [{"where": "query.line", "fault": "no station has the line 'HSM 3'; did you mean HSM 2?"}]
    assert works.get(f"{V1}/coils", 422, cursor="K4")["faults"][0]["where"] == "query.cursor"
    assert works.get(f"{V1}/coils", 422, lines="HSM 2")["faults"][0]["where"] == "query.lines"


def read_feed(works: Works, limit: int, after: str = "") -> tuple[list[Any], str]:
    found: list[Any] = []
    while page := works.get(f"{V1}/events", after=after, limit=limit):
        if not page["events"]:
            break
        found, after = [*found, *page["events"]], page["last"]
    return found, after


def numbers(found: list[Any], station: str) -> list[int]:
    return [e["event"]["seq"] for e in found if e["station"] == station]


def test_the_feed_has_every_event_of_every_station_once_and_in_the_order_of_each(works: Works) -> None:
    for n in range(7):
        works.publish(StationStarted(f"a{n}", "cpu"))
        works.pickling.publish(StationStarted(f"b{n}", "cpu"))
    found, after = read_feed(works, limit=3)
    assert numbers(found, ODD) == list(range(1, 8))
    assert numbers(found, "test") == list(range(1, 8))
    own = works.pickling.client.get(f"{V1}/events").json()["events"]
    assert [e["event"] for e in found if e["station"] == "test"] == own
    with Database(works.url, Recipe(), owner("new line")) as newcomer:
        with newcomer.writer.transaction() as change:
            change.publish(StationStarted("c", "cpu"))
        works.publish(StationStarted("a7", "cpu"))
        more, _ = read_feed(works, 100, after)
    assert sorted((e["station"], e["event"]["seq"]) for e in more) == [(ODD, 8), ("new line", 1)]


def test_a_cursor_of_another_database_and_a_hole_are_refused_and_never_skipped(works: Works) -> None:
    for n in range(4):
        works.publish(StationStarted(str(n), "cpu"))
    feed = works.mill.reader.feed_id()
    assert works.get(f"{V1}/events", 409, after="0d9f5cc0:3")["conflict"] == "feed_other"
    assert works.get(f"{V1}/events", 409, after=f"{feed}:5")["conflict"] == "feed_beyond"
    for odd in (feed, f"{feed}:1,", f"{feed}:1,{feed}:2", f"{feed}:99999999999999999999", "x:-1"):
        assert works.get(f"{V1}/events", 422, after=odd)["faults"][0]["where"] == "query.after"
    with works.mill.writer.transaction() as change:
        change.delete_events(2, 100, "2026-01-01T00:00:00Z", publish=False)
    assert works.get(f"{V1}/events", 410)["oldest"] == 3
    assert numbers(read_feed(works, 100, f"{feed}:2")[0], ODD) == [3, 4]


def test_the_feed_answers_as_soon_as_any_station_has_something(works: Works) -> None:
    _, after = read_feed(works, 100)
    assert works.get(f"{V1}/events", after=after, wait_s=0.3) == {"events": [], "last": after}


@pytest.mark.parametrize(
    "path",
    [p.replace("{coil_id}", "K1").replace("{defect_id}", "K1-1") for _, p in STATION.rights if p != "/openapi.json"],
)
def test_below_its_name_a_station_answers_as_it_does_itself(works: Works, path: str) -> None:
    coil_id = works.pickling.expose(0, 32)
    with works.pickling.writer.transaction() as change:
        change.change_coil(coil_id, name="K1")
        change.add_defects([defect(1, coil_id=coil_id, defect_id="K1-1")])
    own, read = works.pickling.client.get(path), works.client.get(below("test", path))
    if path.endswith("map.png"):  # the test's server did not tell its cameras
        assert (read.status_code, "has not told its cameras" in read.text) == (404, True)
        assert works.client.get(below(ODD, path)).status_code == 404
        return
    assert own.status_code == 200, own.text
    assert (read.status_code, read.content) == (own.status_code, own.content)
    assert read.headers.get("etag") == own.headers.get("etag")


def test_a_station_is_found_by_a_name_with_a_slash_and_in_korean_and_draws_the_sides_that_it_told(works: Works) -> None:
    start_coil(works.mill, "K1", at(0))
    assert works.get(below(ODD, f"{V1}/coils/K1"))["coil_id"] == "K1"
    assert works.client.get(below(ODD, f"{V1}/coils/K1/map.png")).headers["content-type"] == "image/png"
    assert works.get(below("no line", f"{V1}/coils"), 404)["detail"].startswith("the database has no records of station 'no line'")


def test_a_coil_that_still_runs_is_judged_by_the_recipe_that_its_station_stored(works: Works) -> None:
    strict = Recipe("strict", hold_from_severity=1)
    with Database(works.url, strict, owner("strict line")) as line:
        with line.writer.transaction() as change:
            change.start_coil(replace(coil("K1"), recipe_name=strict.name, recipe_sha256=strict.sha256), {}, new_pass=False)
            change.add_defects([defect(1, coil_id="K1", defect_id="K1-1")])
        own = [r.code for r in line.reader.summary(line.reader.coil("K1")).reasons]
        read = [r["code"] for r in works.get(below("strict line", f"{V1}/coils/K1"))["reasons"]]
    assert read == own
    assert "coil.severe_defects" in read or len(read) > 1


@pytest.mark.parametrize("path", sorted({p for _, p in STATION.rights} - {"/openapi.json"}))
def test_nothing_is_changed_below_a_station(works: Works, path: str) -> None:
    for method in ("POST", "PATCH", "DELETE", "PUT"):
        answer = works.client.request(method, below("test", path.replace("{coil_id}", "K1").replace("{defect_id}", "D1")), json={})
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


def test_answers_are_as_the_documents_say(works: Works) -> None:
    start_coil(works.mill, "K1", at(0))
    works.publish(StationStarted("m", "cpu"))
    document = plant_document_app(PlantServices("p", works.records.reader, works.records.access.audit)).openapi()
    for path in ("plant", "coils", "events"):
        schema = document["paths"][f"{V1}/{path}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        validator = jsonschema_rs.validator_for({**schema, "components": document["components"]})
        assert list(validator.iter_errors(works.get(f"{V1}/{path}"))) == []
    assert set(works.get(below(ODD, "/openapi.json"))["paths"]) == {p for _, p in STATION.rights} - {"/openapi.json"}


def test_every_call_has_a_right_and_only_an_admin_reads_the_audit(works: Works) -> None:
    tokens = works.records.access.tokens
    secrets: dict[Role | None, str | None] = {role: tokens.new(f"t-{role}", role, timedelta(days=1)) for role in Role} | {None: None}
    services = PlantServices("plant", works.records.reader, works.records.access.audit)
    client = TestClient(Guard(create_plant_app(services), Callers(tokens), None, PLANT))
    for (method, path), right in PLANT.rights.items():
        asked = path.replace("{station}", "test").replace("{coil_id}", "K1").replace("{defect_id}", "D1")
        for role, secret in secrets.items():
            headers = {} if secret is None else {"authorization": f"Bearer {secret}"}
            status = client.request(method, asked, headers=headers).status_code
            may = role is not None and (right is Right.READ or role is Role.ADMIN)
            assert (status in (401, 403)) is not may, (method, path, role, status)
    assert client.get("/stations/test/api/v1/new", headers={"authorization": f"Bearer {secrets[Role.MES]}"}).status_code == 403


def test_tables_of_another_version_stop_the_answers_and_say_what_to_do(works: Works) -> None:
    engine = sa.create_engine(works.url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    detail = works.get(f"{V1}/plant", 503)["detail"]
    assert "another version of skelp now (9999" in detail
    assert works.get(below("test", f"{V1}/coils"), 503)["detail"] == detail
    assert works.get("/health/ready", 503)["detail"] == detail
    with pytest.raises(SkelpError, match="newer version"), open_plant(works.url, "plant"):
        pass
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    engine.dispose()
    with pytest.raises(SkelpError, match="start a station with it first"), open_plant(works.url, "plant"):
        pass


def test_a_station_on_sqlite_answers_for_itself(tmp_path: Path) -> None:
    with pytest.raises(SkelpError, match="only PostgreSQL has several stations"), open_plant(sqlite_url(tmp_path / "s.db"), "plant"):
        pass
