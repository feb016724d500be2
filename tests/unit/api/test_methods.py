"""Another method than those of a path is 405 with all of them in Allow, whether the console was built or not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.websockets import WebSocketDisconnect

from skelp.api import console
from skelp.api.document import document
from tests.station_server import V1, StationServer
from tests.unit.api.test_extreme_values import KNOWN, address

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
PATHS = {path: {method.upper() for method in methods} for path, methods in document()["paths"].items()}


@pytest.fixture(params=["with the console", "without the console"])
def either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[StationServer]:
    folder = tmp_path / "static"
    folder.mkdir()
    if request.param == "with the console":
        (folder / "index.html").write_text("the console")
    monkeypatch.setattr(console, "FOLDER", folder)
    server = StationServer(tmp_path)
    with server.client:
        yield server
    server.close()


def test_another_method_names_those_that_are_served(either: StationServer) -> None:
    for path, served in PATHS.items():
        for method in (m for m in METHODS if m not in served):
            answer = either.client.request(method, address(path, KNOWN))
            assert answer.status_code == 405, f"{method} {path}"
            assert answer.headers["content-type"] == "application/problem+json"
            assert set(answer.headers["allow"].split(", ")) == served, f"{method} {path}"


def test_the_page_of_the_console_is_read_only(either: StationServer) -> None:
    assert either.client.get("/").status_code == 200
    assert either.client.head("/").status_code == 200
    answer = either.client.post("/")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/nowhere", f"{V1}/coils/", f"{V1}//coils", f"{V1}/coils/a/b/c"])
def test_a_path_that_is_not_there_is_404_for_every_method(either: StationServer, path: str) -> None:
    for method in METHODS:
        answer = either.client.request(method, path, follow_redirects=False)
        assert answer.status_code == 404, method
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_socket_that_is_not_the_live_one_is_refused(either: StationServer) -> None:
    for path in ("/", "/index.html", f"{V1}/coils", "/nowhere"):
        with pytest.raises(WebSocketDisconnect), either.client.websocket_connect(path):
            pass
