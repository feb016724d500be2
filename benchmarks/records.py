"""How fast REST answers from a large database: python -m benchmarks.records --defects 100000 1000000 --out FILE

One coil with 200 defects is stored as a station stores it, and multiplied inside the database until it has so many defects. Then a server
answers over HTTP, one request after another, each for another coil. This is done on SQLite, and on PostgreSQL if its programs are there.
Every round asks all kinds of requests in turn.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from types import SimpleNamespace
from typing import Any, cast

import sqlalchemy as sa

from skelp.api.app import create_app
from skelp.api.guard import Guard
from skelp.api.services import Services
from skelp.domain.coverage import Interval, State
from skelp.domain.errors import SkelpError
from skelp.domain.reasons import FrameDropped
from skelp.domain.recipe import Recipe
from skelp.domain.review import Verdict
from skelp.garbage import leave_what_started
from skelp.server import WebServer
from skelp.settings import Server
from skelp.sinks.lock_file import Owner
from skelp.sinks.sql import Database, sqlite_url
from skelp.terminal import err, print_rows
from tests.fakes import coil, defect
from tests.postgres import WHY_NOT, server

TEMPLATE = "template"
DEFECTS, REVIEWS, INTERVALS = 200, 4, 30
_TIME = "%Y-%m-%dT%H:%M:%SZ"
CHUNK = 500
"""Coils that one transaction adds."""
CLASSES = ("scratch", "inclusion", "patch")


def store_template(database: Database) -> None:
    """One final coil with its defects, reviews and coverage."""
    chosen = random.Random(1)
    with database.writer.transaction() as change:
        change.add_coil(coil(TEMPLATE))
        for n in range(INTERVALS):
            lost = n % 2
            change.record_interval(
                TEMPLATE, "cam", Interval(1000 * n, 1000, State.LOST if lost else State.INSPECTED, FrameDropped() if lost else None)
            )
        found = [
            defect(n, defect_id=f"{TEMPLATE}-{n:06d}", coil_id=TEMPLATE, severity=chosen.randint(1, 5), class_name=chosen.choice(CLASSES))
            for n in range(DEFECTS)
        ]
        change.add_defects(found)
        for n in range(REVIEWS):
            change.add_review(found[n].defect_id, Verdict.CONFIRMED, "kim", None, "")
        change.complete_coil(TEMPLATE)


class Multiplier:
    """Copies the rows of the template inside the database, for coils `coil-1`, `coil-2`, ..."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._tables = {name: sa.Table(name, sa.MetaData(), autoload_with=engine, resolve_fks=False) for name in _OWN_KEY}
        with engine.begin() as connection:
            self._events = int(connection.exec_driver_sql("SELECT max(seq) FROM events").scalar_one())

    def add(self, first: int, last: int) -> None:
        """Add the coils `first` to `last`."""
        with self._engine.begin() as connection:
            for name, table in self._tables.items():
                connection.execute(sa.text(self._copied(name, table)), {"first": first, "last": last})
            connection.execute(sa.text("UPDATE counters SET value = :value WHERE name = 'events'"), {"value": (last + 1) * self._events})

    def _copied(self, name: str, table: sa.Table) -> str:
        numbered = "WITH RECURSIVE many(n) AS (SELECT CAST(:first AS integer) UNION ALL SELECT n + 1 FROM many WHERE n < :last)"
        own = _OWN_KEY[name]
        columns = [c.name for c in table.columns if c.name != own]
        given = ", ".join(f'"{c}"' for c in columns)
        taken = ", ".join(self._value(c) for c in columns)
        order = f"n, t.{own or 'coil_id'}"
        return f"INSERT INTO {name} ({given}) {numbered} SELECT {taken} FROM many, {name} t WHERE {_OF_TEMPLATE[name]} ORDER BY {order}"

    def _value(self, column: str) -> str:
        if column in ("coil_id", "defect_id", "name"):
            return f"replace(t.{column}, '{TEMPLATE}', 'coil-' || n)"
        if column == "started_at":
            return _STARTED_AT[self._engine.dialect.name]
        own = {"seq": f"n * {self._events} + t.seq", "product": "CASE WHEN n % 1000 = 0 THEN 'rare' ELSE 'DC04' END"}
        return own.get(column, f't."{column}"')


FIRST = datetime(2026, 1, 1, tzinfo=UTC)
EVERY = timedelta(minutes=3)
_STARTED_AT = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%S.000Z', '2026-01-01', '+' || (n * 3) || ' minutes')",
    "postgresql": "to_char(timestamp '2026-01-01' + n * interval '3 minutes', 'YYYY-MM-DD\"T\"HH24:MI:SS\".000Z\"')",
}
"""One coil in three minutes."""


_OWN_KEY = {"coils": "number", "intervals": "", "defects": "number", "reviews": "review_id", "events": ""}
"""The tables that are multiplied, and the key that the database gives to a new row."""
_OF_TEMPLATE = dict.fromkeys(_OWN_KEY, f"t.coil_id = '{TEMPLATE}'") | {"reviews": f"t.defect_id LIKE '{TEMPLATE}-%'"}


@contextmanager
def answering(database: Database) -> Iterator[str]:
    """The address of a server on the database, without cameras."""
    parts = SimpleNamespace(records=database.reader, writer=database.writer, people=None, audit=None, classes=set, metrics=bytes)
    parts.webhooks, parts.stopping = (), threading.Event()
    for name in ("crops", "samples", "live", "control", "new_coil", "status", "not_ready", "models", "connections"):
        setattr(parts, name, None)
    web = WebServer(Guard(create_app(cast(Services, parts)), None), Server(port=0), None)
    web.start()
    try:
        yield web.address
    finally:
        web.stop()


def requests(coils: int, events: int, chosen: random.Random) -> dict[str, str]:
    """One request of each kind, for coils that are chosen at random."""
    one, other = (f"coil-{chosen.randint(1, coils)}" for _ in range(2))
    hour = FIRST + EVERY * chosen.randint(0, coils)
    return {
        "coil summary": f"/coils/{one}",
        "500 defects": f"/coils/{one}/defects?limit=500",
        "severe scratches": f"/coils/{one}/defects?class=scratch&severity_min=4",
        "coverage": f"/coils/{one}/coverage",
        "standing reviews": f"/coils/{one}/reviews/standing",
        "50 newest coils": "/coils",
        "500 coils": f"/coils?limit=500&cursor={other}",
        "coils of a rare product": "/coils?product=rare",
        "coils of an hour": f"/coils?started_from={hour:{_TIME}}&started_to={hour + timedelta(hours=1):{_TIME}}",
        "100 events": f"/events?after={chosen.randint(0, events)}",
    }


def measured(address: str, coils: int, events: int, rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds of each kind of request: p50 and p99."""
    chosen = random.Random(2)
    taken: dict[str, list[float]] = {}
    client = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    for n in range(rounds + 3):
        for kind, path in requests(coils, events, chosen).items():
            began = time.perf_counter()
            client.request("GET", f"/api/v1{path}")
            answer = client.getresponse()
            body = answer.read()
            spent = time.perf_counter() - began
            if answer.status != 200:
                raise SkelpError(f"{path} is answered with {answer.status}: {body.decode()}")
            if n >= 3:
                taken.setdefault(kind, []).append(spent * 1000)
    client.close()
    cuts = {kind: quantiles(times, n=100) for kind, times in taken.items()}
    return {kind: {"p50_ms": round(cut[49], 2), "p99_ms": round(cut[98], 2)} for kind, cut in cuts.items()}


def run(kind: str, url: str, sizes: list[int], rounds: int) -> Iterator[dict[str, Any]]:
    """The figures of one engine at each size."""
    with Database(url, Recipe(), Owner.this_process("benchmark")) as database:
        store_template(database)
        engine = sa.create_engine(url)
        multiplier, coils = Multiplier(engine), 0
        for size in sizes:
            began = time.perf_counter()
            while coils * DEFECTS < size:
                more = min(CHUNK, -(-size // DEFECTS) - coils)
                multiplier.add(coils + 1, coils + more)
                coils += more
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")
            err.print(f"{kind}: {coils * DEFECTS:,} defects after {time.perf_counter() - began:.0f} s")
            with answering(database) as address:
                leave_what_started()
                found = measured(address, coils, database.reader.newest_event(), rounds)
            yield {"engine": kind, "defects": coils * DEFECTS, "coils": coils, "requests": found}
        engine.dispose()


def main() -> None:
    """Fill, ask and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--defects", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    found: list[dict[str, Any]] = []
    folder = Path(tempfile.mkdtemp(prefix="skelp-records-"))
    with ExitStack() as opened:
        opened.callback(shutil.rmtree, folder)
        urls = {"sqlite": sqlite_url(folder / "s.db")}
        if WHY_NOT is None:
            urls["postgresql"] = opened.enter_context(server())
        for kind, url in urls.items():
            found += run(kind, url, sorted(arguments.defects), arguments.rounds)
    print_rows(_table(found))
    if arguments.out:
        arguments.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _table(found: list[dict[str, Any]]) -> Iterator[list[str]]:
    yield ["p50 / p99 in ms", *(f"{f['engine']}, {f['defects']:,} defects" for f in found)]
    for kind in found[0]["requests"]:
        yield [kind, *(f"{f['requests'][kind]['p50_ms']} / {f['requests'][kind]['p99_ms']}" for f in found)]


if __name__ == "__main__":
    main()
