"""The OpenAPI document, from which the console's types are generated, is the one that a station serves."""

from __future__ import annotations

from skelp.api.document import document
from tests.station_server import StationServer


def test_the_document_made_without_a_station_is_the_served_one(server: StationServer) -> None:
    assert document() == server.client.get("/openapi.json").json()
