"""Below its name, a station's records are what it answers itself; and what a plant's server refuses."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import jsonschema_rs
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from skelp.api.audit import Audited
from skelp.api.callers import Callers, People
from skelp.api.guard import Guard
from skelp.api.plant.app import create_plant_app, plant_document_app
from skelp.api.plant.calls import PLANT, STATION
from skelp.domain.access import Right, Role
from skelp.domain.coilmap import Tally
from skelp.domain.decision import Decision
from skelp.domain.errors import SkelpError
from skelp.domain.events import StationStarted
from skelp.domain.recipe import Recipe
from skelp.domain.shadow import ModelVerdict, ShadowResult
from skelp.domain.status import ModelId
from skelp.sinks.sql import Database, open_plant, sqlite_url
from tests.fakes import coil, defect
from tests.unit.api.works import ODD, V1, Works, at, below, of_plant, owner, start_coil
from tests.unit.domain.test_common_codes import CODES
from tests.unit.sinks.conftest import needs_postgres

pytestmark = needs_postgres


def test_below_its_name_a_station_answers_as_it_does_itself(works: Works) -> None:
    coil_id = works.pickling.expose(0, 32)
    with works.pickling.writer.transaction() as change:
        change.change_coil(coil_id, name="K1")
        change.add_defects([defect(1, coil_id=coil_id, defect_id="K1-1")])
        said = ModelVerdict(ModelId("net", "1", "0" * 64), Tally(), Decision.ACCEPT, ())
        change.add_shadow(ShadowResult(coil_id, 32, 32, said, said))
        change.add_recipe(Recipe())
        change.add_codes(CODES)
        change.complete_coil(coil_id)
    works.pickling.client.put(f"{V1}/connections/mes", json={"language": "level2", "peer": "10.0.0.9:3000", "state": "connected"})
    works.pickling.connections.look()
    values = {"{coil_id}": "K1", "{defect_id}": "K1-1", "{number}": "1", "{sha256}": Recipe().sha256}
    paths = {re.sub(r"\{\w+\}", lambda key: values.get(key[0], key[0]), path) for _, path in STATION.rights}
    paths = {path.replace(Recipe().sha256, CODES.sha256) if "/kept-codes/" in path else path for path in paths}
    picture = f"{V1}/coils/K1/map.png"
    for path in sorted(paths - {"/openapi.json", picture}):
        own, read = works.pickling.client.get(path), works.client.get(below("test", path))
        assert own.status_code == 200, own.text
        assert (read.status_code, read.content) == (own.status_code, own.content), path
        assert read.headers.get("etag") == own.headers.get("etag")
    untold = works.client.get(below("test", picture))
    assert (untold.status_code, "has not told its cameras" in untold.text) == (404, True)


def test_a_station_is_found_by_a_name_with_a_slash_and_in_korean_and_draws_the_sides_that_it_told(works: Works) -> None:
    start_coil(works.mill, "K1", at(0))
    assert works.get(below(ODD, f"{V1}/coils/K1"))["coil_id"] == "K1"
    assert works.client.get(below(ODD, f"{V1}/coils/K1/map.png")).headers["content-type"] == "image/png"
    assert works.get(below("no line", f"{V1}/coils"), 404)["detail"].startswith("there is no station 'no line'; there are ")


def test_a_name_that_no_station_can_have_is_not_there(works: Works) -> None:
    for name in ("%00", "a" * 9000, "..%2F..", "%ff", "hot%0Amill", "%E0%A4%A"):
        answer = works.client.get(f"/stations/{name}{V1}/coils")
        assert answer.status_code == 404, answer.text
        assert len(answer.text) < 500


def test_a_name_that_looks_like_a_path_is_still_one_name(works: Works) -> None:
    odd = f"test{V1}/coils?x"
    with Database(works.url, Recipe(), owner(odd)) as line:
        start_coil(line, "Z9", at(0))
        assert [c["coil_id"] for c in works.get(below(odd, f"{V1}/coils"))["coils"]] == ["Z9"]
        assert works.get(below("test", f"{V1}/coils"))["coils"] == []


def test_a_station_that_gets_another_name_is_found_by_it_at_once_and_no_more_by_the_old_one(works: Works) -> None:
    start_coil(works.mill, "K1", at(0))
    assert works.get(below("test", f"{V1}/coils"))["coils"] == []
    engine = sa.create_engine(works.url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE stations SET name = 'x' WHERE name = 'test'"))
        connection.execute(sa.text("UPDATE stations SET name = 'test' WHERE name = :odd"), {"odd": ODD})
    engine.dispose()
    assert [c["coil_id"] for c in works.get(below("test", f"{V1}/coils"))["coils"]] == ["K1"]
    works.get(below(ODD, f"{V1}/coils"), 404)


def test_a_database_that_lost_its_tables_or_its_rights_is_named_and_is_no_bug(works: Works) -> None:
    engine = sa.create_engine(works.url)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE coils RENAME TO elsewhere")
    refused = works.get(f"{V1}/coils", 503)
    assert (refused["reason"]["code"], "coils" in refused["detail"]) == ("records.refused", True)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE alembic_version RENAME TO nowhere")
    assert works.get("/health/ready", 503)["reason"]["code"] == "records.refused"
    engine.dispose()


def test_a_coil_that_still_runs_is_judged_by_the_recipe_that_its_station_stored(works: Works) -> None:
    strict = Recipe("strict", hold_from_severity=1)
    with Database(works.url, strict, owner("strict line")) as line:
        with line.writer.transaction() as change:
            change.start_coil(replace(coil("K1"), recipe_name=strict.name, recipe_sha256=strict.sha256), {}, new_pass=False)
            change.add_defects([defect(1, coil_id="K1", defect_id="K1-1")])
        own = [r.code for r in line.reader.summary(line.reader.coil("K1")).reasons]
        read = [r["code"] for r in works.get(below("strict line", f"{V1}/coils/K1"))["reasons"]]
    assert read == own
    assert "coil.severe_defects" in read


def test_nothing_is_changed_below_a_station(works: Works) -> None:
    for path in {p for _, p in STATION.rights} - {"/openapi.json"}:
        for method in ("POST", "PATCH", "DELETE", "PUT"):
            answer = works.client.request(method, below("test", path.replace("{coil_id}", "K1").replace("{defect_id}", "D1")), json={})
            assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


def test_answers_are_as_the_documents_say(works: Works) -> None:
    start_coil(works.mill, "K1", at(0))
    works.publish(StationStarted("m", "cpu"))
    document = plant_document_app(of_plant(works.records)).openapi()
    for path in ("plant", "coils", "events"):
        schema = document["paths"][f"{V1}/{path}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        validator = jsonschema_rs.validator_for({**schema, "components": document["components"]})
        assert list(validator.iter_errors(works.get(f"{V1}/{path}"))) == []
    assert set(works.get(below(ODD, "/openapi.json"))["paths"]) == {p for _, p in STATION.rights} - {"/openapi.json"}


def test_every_call_has_a_right_and_only_an_admin_reads_the_audit(works: Works) -> None:
    tokens = works.records.access.tokens
    secrets: dict[Role | None, str | None] = {role: tokens.new(f"t-{role}", role, timedelta(days=1)) for role in Role} | {None: None}
    services = of_plant(works.records)
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


GRANTS = """
GRANT SELECT ON ALL TABLES IN SCHEMA public TO wall;
GRANT INSERT ON audit, log_ins TO wall;
GRANT UPDATE ON tokens, log_ins, people TO wall;
GRANT DELETE ON log_ins TO wall;
GRANT USAGE ON SEQUENCE audit_number_seq TO wall;
"""


def test_the_rights_that_the_page_lists_are_enough_and_without_them_the_cause_is_named(works: Works) -> None:
    works.records.access.people.new("kim", Role.OPERATOR, "a sentence that only Kim knows")
    token = works.records.access.tokens.new("wall", Role.READER, timedelta(days=1))
    engine = sa.create_engine(works.url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP ROLE IF EXISTS wall")
        connection.exec_driver_sql("CREATE ROLE wall LOGIN")
        connection.exec_driver_sql("GRANT USAGE ON SCHEMA public TO wall; GRANT SELECT ON ALL TABLES IN SCHEMA public TO wall")
    with open_plant(works.url.replace("skelp@", "wall@"), "plant") as records:
        people = People(records.access.people)
        services = replace(of_plant(records), people=people)
        guarded = Guard(create_plant_app(services), Callers(records.access.tokens), people, PLANT)
        client = TestClient(Audited(guarded, records.access.audit), raise_server_exceptions=False)
        asked = {"name": "kim", "password": "a sentence that only Kim knows"}
        refused = client.post(f"{V1}/session", json=asked)
        assert refused.json()["reason"]["args"] == {"answer": "permission denied for table people"}
        with engine.begin() as connection:
            connection.exec_driver_sql(GRANTS)
        assert client.post(f"{V1}/session", json=asked).status_code == 200
        client.cookies.clear()
        assert client.get(f"{V1}/plant", headers={"authorization": f"Bearer {token}"}).status_code == 200
        assert client.get(f"{V1}/plant").status_code == 401
        assert {e.status for _, e in records.access.audit.entries(before=None, limit=9)} >= {401, 200}
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP OWNED BY wall; DROP ROLE wall")
    engine.dispose()
