"""A client of a station's server in this process."""

from __future__ import annotations

import pytest

from skelp_client import Station
from tests.station_server import StationServer
from tests.unit.api.conftest import server

__all__ = ["server"]


@pytest.fixture
def station(server: StationServer) -> Station:
    return Station("http://localhost", http=server.http(), retry_s=0)
