"""The OpenAPI document, from which clients and the console's types are generated, is the one that a station serves."""

from __future__ import annotations

import re

from skelp.api.document import document
from tests.station_server import StationServer

OPERATIONS = [operation for methods in document()["paths"].values() for operation in methods.values()]
IDS = {
    "acknowledge_alarm", "add_review", "begin_optics_reference", "correct_coil", "finish_coil", "get_coil", "get_coverage", "get_crop",
    "get_defect", "get_live_picture", "get_liveness", "get_map", "get_map_picture", "get_mask", "get_metrics", "get_readiness",
    "get_sample_picture", "get_session", "get_station", "list_alarms", "list_coils", "list_defects", "list_events", "list_optics",
    "list_reviews", "list_reviews_of_defect", "list_samples", "list_standing_reviews", "log_in", "log_out", "start_coil",
}  # fmt: skip
"""A contract: clients are generated from these names. They may be added, but never changed or removed."""


def test_the_document_made_without_a_station_is_the_served_one(server: StationServer) -> None:
    assert document() == server.client.get("/openapi.json").json()


def test_calls_have_the_names_that_clients_know() -> None:
    found = [operation["operationId"] for operation in OPERATIONS]
    assert len(found) == len(set(found))
    assert set(found) == IDS
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in found)
