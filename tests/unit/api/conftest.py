"""Fixture: a station's server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.station_server import StationServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StationServer]:
    server = StationServer(tmp_path)
    with server.client:
        yield server
    server.close()
