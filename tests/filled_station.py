"""A station's web server on loopback that has something to say: coils, defects, reviews, samples, alarms, a picture.

Its ids are those of the examples in the OpenAPI document, so that a reader of the examples finds what they name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from skelp.api.audit import Audited
from skelp.api.buckets import Buckets
from skelp.api.callers import Callers
from skelp.api.guard import Guard
from skelp.domain.access import Role
from skelp.domain.optics import Optics
from skelp.domain.outcome import Outcome, Picture
from skelp.domain.review import Verdict
from skelp.server import WebServer
from skelp.settings import Server
from tests.fakes import defect
from tests.station_server import V1, StationServer
from tests.unit.domain.test_coded import EVENTS

PASSWORD = "correct horse battery"
DAY = timedelta(days=1)
NO_LIMIT = 1e9


@dataclass
class Served:
    """A station that answers at `address`. `tokens`: one of each role, empty if it asks nobody who they are."""

    address: str
    server: StationServer
    guard: Guard
    tokens: dict[Role, str]


@contextmanager
def served(folder: Path, *, asks: bool) -> Iterator[Served]:
    """Serve a filled station. It takes any number of requests, so that no test is refused for what another one did."""
    server = StationServer(folder, asks=asks)
    fill(server, folder)
    tokens = {role: server.access.tokens.new(role, role, DAY) for role in Role} if asks else {}
    if asks:
        server.access.people.new("kim", Role.OPERATOR, PASSWORD)
    guard = Guard(server.app, Callers(server.access.tokens) if asks else None, server.people if asks else None)
    guard._requests, guard._failures = Buckets(NO_LIMIT, NO_LIMIT), Buckets(NO_LIMIT, NO_LIMIT)
    web = WebServer(Audited(guard, server.access.audit) if asks else guard, Server(port=0, tokens=asks), None)
    web.start()
    try:
        yield Served(web.address, server, guard, tokens)
    finally:
        web.stop()
        server.close()


def fill(server: StationServer, folder: Path) -> None:
    """Two coils, the second K4711 with two passes; a reviewed defect, a sample, alarms of every kind, optics and a live picture."""
    with server.client as client:
        server.expose(0, 10_000)
        _pictures(server)
        for n, body in enumerate(({"coil_id": "K4711", "heat": "H290", "product": "DC04"}, {"coil_id": "K4711", "new_pass": True})):
            started = client.post(f"{V1}/coils", json=body).raise_for_status().json()["coil_id"]
            server.expose(10_000 + 1000 * n, 1000)
            defects = tuple(defect(k, coil_id=started, defect_id=f"{started}-{k:06d}") for k in (1, 2, 3))
            server.sink.write([Outcome(started, "cam", defects=defects, optics=Optics("cam", (100.0,) * 8, 0.8))])
            server.sink.close()
            client.post(f"{V1}/coils/{started}/finish").raise_for_status()
        with server.writer.transaction() as change:
            change.add_review("K4711-000001", Verdict.CONFIRMED, "kim", None, "begins under the surface")
        for payload in EVENTS:
            server.publish(payload, "K4711")


def _pictures(server: StationServer) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (512, 2048), dtype=np.uint8)
    classes = np.zeros((128, 512), np.uint8)
    picture = Picture("cam", "auto", 0, pixels, classes, 4, 10.0, 2000.0, 0, {1: "scratch"}, classes)
    server.sink.write([Outcome("auto", "cam", picture=picture)])
    server.live.show(Outcome("auto", "cam", picture=picture))
