"""Fixtures: a station's server, on SQLite or on both databases, and one that asks who calls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from skelp.api.callers import Callers
from skelp.api.guard import Guard
from skelp.domain.access import Role
from tests.sockets import DIALLED, Slow
from tests.station_server import StationServer
from tests.unit.api.house import DAY, House
from tests.unit.api.works import made_for_each_question, works
from tests.unit.sinks.conftest import postgres, url

__all__ = ["made_for_each_question", "postgres", "url", "works"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StationServer]:
    server = StationServer(tmp_path)
    with server.client:
        yield server
    server.close()


@pytest.fixture
def each_server(tmp_path: Path, url: str) -> Iterator[StationServer]:
    """A station's server on SQLite, and on PostgreSQL where its programs are installed."""
    server = StationServer(tmp_path, url)
    with server.client:
        yield server
    server.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    server = StationServer(folder, asks=True)
    guard = Guard(server.app, Callers(server.access.tokens), server.people)
    secrets = {role: server.access.tokens.new(role, role, DAY) for role in Role}
    passwords = {f"p-{role}": f"a long password of {role}" for role in Role}
    for role in Role:
        server.access.people.new(f"p-{role}", role, passwords[f"p-{role}"])
    with TestClient(guard, client=("10.0.0.9", 5)) as client:
        server.expose(0, 10)
        yield House(server, client, guard, secrets, passwords, folder)
    server.close()


@pytest.fixture(autouse=True)
def patient(request: pytest.FixtureRequest) -> None:
    """No test is refused for what another one did."""
    house = request.getfixturevalue("house") if "house" in request.fixturenames else None
    if isinstance(house, House):
        house.be_patient()


@pytest.fixture
def hang_up() -> Iterator[None]:
    """Close all connections of a test."""
    yield
    while DIALLED:
        DIALLED.pop().close()


@pytest.fixture
def slow() -> Iterator[Slow]:
    application = Slow()
    yield application
    application.may_answer.set()
