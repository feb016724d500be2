"""A plant reads coils by SQL alone: the view coil_result says what REST says, and docs/plant/interface-table.md reads it exactly once."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from skelp.domain.decision import Decision
from skelp.domain.recipe import Recipe
from tests.conftest import ROOT
from tests.fakes import defect
from tests.station_server import V1, StationServer
from tests.unit.sinks.conftest import needs_postgres, new_database, postgres

__all__ = ["postgres"]

PAGE = (ROOT / "docs" / "plant" / "interface-table.md").read_text(encoding="utf-8")
EVENTS = {"coil.final", "coil.changed", "coil.decided", "coil.revised"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgres)])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[StationServer, str]]:
    """A station with coils of every kind, and the URL of its database."""
    url = new_database(request.param, request, tmp_path)
    server = StationServer(tmp_path, url)
    with server.client:
        server.expose(0, 10)
        roll(server, "K1", 10, defects=7)
        roll(server, "K2", 1020, defects=0)
        server.client.post(f"{V1}/coils", json={"coil_id": "RUNS"})
        with server.writer.transaction() as change:
            change.add_override("K1", Decision.SCRAP, "kim", "broken edge")
            change.decide_again("K2", Recipe(name="strict"), "kim", "")
            change.change_coil("K2", heat="H9")
            change.change_coil("RUNS", heat="H9")
        yield server, url
    server.close()


def roll(server: StationServer, coil_id: str, first: int, defects: int) -> None:
    body = {"coil_id": coil_id, "name": f"코일 {coil_id}", "heat": "H1", "product": "DC04", "customer": "현대"}
    server.client.post(f"{V1}/coils", json=body).raise_for_status()
    server.expose(first, 1000)
    found = [replace(defect(n, coil_id=coil_id, defect_id=f"{coil_id}-{n:06d}"), severity=n % 4) for n in range(1, defects + 1)]
    with server.writer.transaction() as change:
        change.add_defects(found)
    server.client.post(f"{V1}/coils/{coil_id}/finish").raise_for_status()
    server.expose(first + 1000, 10)


@contextmanager
def by_sql(url: str) -> Iterator[Any]:
    """A connection of the plant's own program, which knows nothing of skelp."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(f"file:{url.removeprefix('sqlite:///')}?mode=ro", uri=True)) as connection:
            yield connection
    else:
        import psycopg  # noqa: PLC0415 - an extra

        with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as connection:
            yield connection


def rows(connection: Any, query: str, *values: object) -> list[dict[str, Any]]:
    cursor = connection.cursor()
    marked = query if isinstance(connection, sqlite3.Connection) else query.replace("?", "%s")
    cursor.execute(marked, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def query_of_the_page() -> str:
    """The statement that the page gives, with a mark for the station and the last number."""
    (found,) = re.findall(r"```sql\n(SELECT.*?)```", PAGE, re.DOTALL)
    return str(found).replace("'line1'", "?").replace("4711", "?")


def test_each_event_is_a_row_with_what_rest_says(server: tuple[StationServer, str]) -> None:
    station, url = server
    with by_sql(url) as connection:
        found = rows(connection, query_of_the_page(), "test", 0)
        everything = rows(connection, "SELECT * FROM coil_result ORDER BY seq")
    assert found == everything
    events = station.client.get(f"{V1}/events?after=0&limit=1000").json()["events"]
    wanted = [e["seq"] for e in events if e["kind"] in EVENTS and (e["kind"] != "coil.changed" or e["data"].get("corrected"))]
    assert [row["seq"] for row in found] == wanted
    assert {row["event"] for row in found} == EVENTS
    assert "RUNS" not in {row["coil_id"] for row in found}
    for row in found:
        coil = station.client.get(f"{V1}/coils/{row['coil_id']}").json()
        newest = coil["revised"] or coil
        expected = {name: coil[name] for name in ("name", "heat", "product", "customer", "pass_number", "revision", "defects")} | {
            "decision": (coil["override"] or newest)["decision"],
            "decision_of_skelp": newest["decision"],
            "decided_by_person": int(coil["override"] is not None),
            "reason": newest["reasons"][0]["code"],
            "recipe": newest["recipe"]["name"],
            "marks": sum(coil["marks"].values()),
            "interrupted": int(coil["interrupted"]),
            **{f"severity_{n}": coil["by_severity"].get(str(n), 0) for n in range(1, 6)},
        }
        assert {name: row[name] for name in expected} == expected
        for metres in ("length_m", "inspected_m", "degraded_m", "lost_m"):
            assert row[metres] == pytest.approx(coil[metres])
    documented = set(re.findall(r"^\| `(\w+)`", PAGE, re.MULTILINE))
    more = {
        n for a, b in re.findall(r"^\| `(\w+)_1` to `(\w+)_5`", PAGE, re.MULTILINE) for n in (f"{a}_{k}" for k in range(1, 6)) if a == b
    }
    assert documented | more == set(found[0])


def test_a_reader_that_stores_its_number_with_the_rows_has_each_once(server: tuple[StationServer, str], tmp_path: Path) -> None:
    """It is stopped after each row in turn, before and after its own transaction is stored."""
    _, url = server
    query = query_of_the_page()
    with by_sql(url) as connection:
        wanted = [row["seq"] for row in rows(connection, query, "test", 0)]
        own = sqlite3.connect(tmp_path / "plant.db")
        own.executescript("CREATE TABLE place (after_seq INTEGER NOT NULL); INSERT INTO place VALUES (0); CREATE TABLE taken (seq INTEGER)")
        for stop in range(2 * len(wanted) + 2):
            (after,) = own.execute("SELECT after_seq FROM place").fetchone()
            for row in rows(connection, query, "test", after)[:1]:
                own.execute("INSERT INTO taken VALUES (?)", (row["seq"],))
                own.execute("UPDATE place SET after_seq = ?", (row["seq"],))
            own.commit() if stop % 2 else own.rollback()
        taken = [seq for (seq,) in own.execute("SELECT seq FROM taken")]
        own.close()
    assert taken == wanted
