"""A query parameter that a route does not know is refused with the nearest name."""

from __future__ import annotations

import pytest

from tests.station_server import V1, StationServer
from tests.unit.api.test_extreme_values import KNOWN, address, operations


def test_a_query_that_a_route_does_not_know_is_refused_with_the_nearest_name(server: StationServer) -> None:
    server.expose(0, 100)
    for method, path, operation in operations():
        if method != "GET" or not path.startswith(V1):
            continue
        url = address(path, KNOWN)
        assert server.client.get(f"{url}?colour=red").status_code == 422, path
        for p in operation.get("parameters", []):
            if p["in"] == "query":
                misspelt = server.client.get(f"{url}?{p['name']}x=1")
                assert misspelt.status_code == 422
                assert f"did you mean {p['name']}?" in misspelt.text
    assert server.client.get(f"{V1}/events?after=0&after=1").status_code == 422
    assert server.client.get(f"{V1}/coils/auto/defects?class=scratch&limit=5").status_code == 200


def test_the_known_queries_are_there_before_the_first_request(server: StationServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that check requests must never see the table while it is being filled."""

    def asked(*_: object) -> None:
        raise AssertionError("the OpenAPI document was made during a request")

    monkeypatch.setattr(server.app, "openapi", asked)
    assert server.client.get(f"{V1}/coils?limit=5").status_code == 200
    assert server.client.get(f"{V1}/coils?limits=5").status_code == 422
