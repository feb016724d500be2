"""A client of a station's server in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from skelp_client import Station
from tests.station_server import StationServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StationServer]:
    server = StationServer(tmp_path)
    with server.client:
        yield server
    server.close()


@pytest.fixture
def station(server: StationServer) -> Station:
    return Station("http://localhost", http=server.http(), retry_s=0)
