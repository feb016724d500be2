"""Fixtures: a station's server, on SQLite or on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.station_server import StationServer
from tests.unit.sinks.conftest import postgres, url

__all__ = ["postgres", "url"]


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
