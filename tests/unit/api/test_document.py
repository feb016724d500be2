"""The OpenAPI document that the console's types come from is the one that a station serves."""

from __future__ import annotations

from skelp.api.document import document
from tests.house import House


def test_without_a_station_the_document_is_the_same(house: House) -> None:
    assert document() == house.client.get("/openapi.json").json()
