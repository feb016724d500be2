"""A server without cameras shows all stations of one database, and the coils of all of them."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from skelp.api.plant.lines import Lines
from skelp.domain.events import DefectFound, StationStarted
from skelp.domain.recipe import Recipe
from skelp.sinks.sql import Database
from tests.fakes import coil
from tests.unit.api.works import ODD, V1, Works, at, below, owner, start_coil
from tests.unit.sinks.conftest import needs_postgres

pytestmark = needs_postgres


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
    works.until_stopped("test")
    assert [s["runs"] for s in works.get(f"{V1}/plant")["stations"]] == [True, False, False]


def test_coils_of_all_stations_come_by_their_start_and_each_once_however_small_the_pages(works: Works) -> None:
    times = [at(0), at(0), at(1), at(1), at(3)]
    for n, start in enumerate(times):
        start_coil(works.mill, f"K{n}", start)
        with works.pickling.writer.transaction() as change:
            change.start_coil(replace(coil(f"K{n}"), started_at=start), {}, new_pass=False)
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
    assert {c["runs"] for c in whole["coils"]} == {True}
    assert works.get(f"{V1}/coils", name="k3", station="test")["coils"][0]["coil"]["coil_id"] == "K3"


def test_a_place_that_no_station_has_is_refused_because_an_empty_list_would_say_that_nothing_was_made_there(works: Works) -> None:
    faults = works.get(f"{V1}/coils", 422, line="HSM 3")["faults"]
    assert faults == [{"where": "query.line", "fault": "no station has the line 'HSM 3'; did you mean HSM 2?"}]
    both = works.get(f"{V1}/coils", 422, line="HSM 2", plant="Gwangyang")["faults"]
    assert both == [{"where": "query", "fault": "no station has this plant, line and station together"}]
    assert works.get(f"{V1}/coils", 422, cursor="K4")["faults"][0]["where"] == "query.cursor"
    assert works.get(f"{V1}/coils", 422, lines="HSM 2")["faults"][0]["where"] == "query.lines"


def test_a_coil_whose_station_died_says_so_wherever_it_is_shown(works: Works) -> None:
    path = below("dead line", f"{V1}/coils/K1")
    with Database(works.url, Recipe(), owner("dead line")) as line:
        start_coil(line, "K1", at(0))
        assert works.get(path)["reasons"][0]["code"] == "coil.running"
        known = {"if-none-match": works.client.get(path).headers["etag"]}
        assert works.client.get(path, headers=known).status_code == 304
    works.until_stopped("dead line")
    assert works.client.get(path, headers=known).json()["reasons"][0]["code"] == "coil.station_stopped"
    line_entry = next(s for s in works.get(f"{V1}/plant")["stations"] if s["name"] == "dead line")
    listed = works.get(f"{V1}/coils", station="dead line")["coils"][0]
    shown = [line_entry["coil"], listed["coil"], works.get(below("dead line", f"{V1}/coils/K1"))]
    assert (line_entry["runs"], listed["runs"]) == (False, False)
    for coil_shown in shown:
        assert (coil_shown["status"], coil_shown["decision"]) == ("running", "hold")
        assert coil_shown["reasons"][0]["code"] == "coil.station_stopped"
        assert coil_shown["reasons"][0]["args"] == {"since": line_entry["stored_at"]}


def test_the_newest_coil_is_the_one_that_was_added_last_whatever_the_clocks_said(works: Works) -> None:
    start_coil(works.mill, "K1", datetime(2027, 1, 1, tzinfo=UTC))
    start_coil(works.mill, "K2", at(0))
    mill = next(s for s in works.get(f"{V1}/plant")["stations"] if s["name"] == ODD)
    assert mill["coil"]["coil_id"] == "K2"


def test_how_long_a_line_is_quiet_is_counted_by_the_server_and_not_by_the_stations_clock(works: Works) -> None:
    def quiet_s() -> float:
        return next(float(s["quiet_s"]) for s in works.get(f"{V1}/plant")["stations"] if s["name"] == ODD)

    assert quiet_s() < 0.3
    time.sleep(0.4)
    assert quiet_s() >= 0.4
    works.publish(StationStarted("m", "cpu"))
    assert quiet_s() < 0.3


def test_alarms_begin_anew_when_an_older_copy_of_the_feed_was_restored(works: Works) -> None:
    def alarms() -> list[str]:
        return [a["kind"] for s in works.get(f"{V1}/plant")["stations"] if s["name"] == ODD for a in s["alarms"]]

    works.publish(DefectFound("K2-1", "scratch", 4, "top", 0.0))
    assert alarms() == ["defect.found"]
    engine = sa.create_engine(works.url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM events")
        connection.exec_driver_sql("UPDATE counters SET value = 0")
    engine.dispose()
    assert alarms() == []


def test_a_line_that_nobody_waits_for_is_named_by_a_person_only(works: Works) -> None:
    found = Lines("plant", works.records.reader, ("old line",)).record()["stations"]
    assert {s["name"]: s["in_use"] for s in found} == {ODD: True, "old line": False, "test": True}
