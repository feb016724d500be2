"""The live WebSocket: pictures for viewers that request them, losses and alarms for all viewers."""

from __future__ import annotations

import json
import struct
import threading
import time
from typing import Any

import cv2
import numpy as np
import pytest
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from skelp.api.live import PROTOCOL
from skelp.domain.coverage import Interval, State
from skelp.domain.errors import RecordsError
from skelp.domain.events import AlarmAcknowledged, CameraBack, CameraLost, CoverageLost
from skelp.domain.outcome import Outcome, Picture
from skelp.domain.reasons import CameraNoAnswer, Overrun, RecordsDamaged
from skelp.render.pictures import reduced
from tests.station_server import V1, StationServer

LIVE = f"{V1}/live"


def show_picture(server: StationServer, first_line: int) -> None:
    pixels = np.full((64, 128), 90, np.uint8)
    found = np.zeros((16, 32), np.uint8)
    found[4:8, 10:14] = 2
    server.live.show(Outcome("K1", "cam", picture=Picture("cam", "K1", first_line, pixels, found, 4, 8.0, 120.0, 0, {2: "patch"}, found)))


def next_message(socket: WebSocketTestSession, kind: str) -> dict[str, Any]:
    """The next message of a kind. A picture is its header, with the JPEG under `jpeg`."""
    for _ in range(50):
        message = socket.receive()
        if message["type"] == "websocket.close":
            raise WebSocketDisconnect(message["code"], message["reason"])
        if message.get("bytes"):
            body: bytes = message["bytes"]
            (length,) = struct.unpack("<I", body[:4])
            received = {**json.loads(body[4 : 4 + length]), "jpeg": body[4 + length :]}
        else:
            received = json.loads(message["text"])
        if received["kind"] == kind:
            return dict(received)
    raise AssertionError(f"no message of kind {kind}")


def test_a_picture_has_its_place_on_the_coil_and_outlines(server: StationServer) -> None:
    show_picture(server, 512)
    with server.client.websocket_connect(LIVE, subprotocols=[PROTOCOL]) as socket:
        socket.send_json({"take": 1, "scale": 0.5})
        picture_message = next_message(socket, "lines")
    assert (
        picture_message["camera"],
        picture_message["coil_id"],
        picture_message["first_line"],
        picture_message["lines"],
        picture_message["scale"],
    ) == ("cam", "K1", 512, 64, 0.5)
    (outline,) = picture_message["outlines"]
    assert outline["class"] == "patch"
    assert np.ptp(np.array(outline["points"]), axis=0).tolist() == [7, 7]  # 16 px at half the size
    picture = cv2.imdecode(np.frombuffer(picture_message["jpeg"], np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    assert picture.shape == (32, 64)


def test_a_picture_covered_by_one_defect_has_an_outline() -> None:
    found = np.full((16, 32), 2, np.uint8)
    _, (outline,) = reduced(Picture("cam", "K1", 0, np.full((64, 128), 90, np.uint8), found, 4, 8.0, 120.0, 0, {2: "patch"}, found), 0.5)
    assert outline.class_name == "patch"
    assert np.ptp(np.array(outline.points), axis=0).tolist() == [63, 31]


def test_a_viewer_gets_only_the_pictures_it_requests_and_others_are_overwritten(server: StationServer) -> None:
    with server.client.websocket_connect(LIVE, subprotocols=[PROTOCOL]) as socket:
        next_message(socket, "station")
        for n in range(60):
            show_picture(server, 64 * n)
        socket.send_json({"take": 2, "scale": 0.25})
        first, second = next_message(socket, "lines"), next_message(socket, "lines")
        assert second["seq"] == first["seq"] + 1
        assert first["seq"] > 30  # the oldest ones are overwritten: a slow viewer delays nobody
        next_message(socket, "station")
        show_picture(server, 9999)
        next_message(socket, "station")  # nothing was requested, so no picture comes
        socket.send_json({"take": 30})
        assert next_message(socket, "lines")["seq"] > second["seq"]


def test_viewers_that_request_few_pictures_get_the_same_ones(server: StationServer) -> None:
    for n in range(10):
        show_picture(server, 64 * n)
    with (
        server.client.websocket_connect(LIVE, subprotocols=[PROTOCOL]) as one,
        server.client.websocket_connect(LIVE, subprotocols=[PROTOCOL]) as other,
    ):
        one.send_json({"take": 2, "scale": 0.25})
        encoded = [next_message(one, "lines")["seq"] for _ in range(2)]
        assert encoded == [9, 10]  # the newest
        for n in range(10, 13):
            show_picture(server, 64 * n)
        other.send_json({"take": 3, "scale": 0.25})
        assert [next_message(other, "lines")["seq"] for _ in range(3)] == [*encoded, 13]


def test_lost_lines_and_alarms_are_sent_to_all_viewers(server: StationServer) -> None:
    server.live.show(Outcome("K1", "cam", (Interval(100, 50, State.LOST, Overrun()), Interval(0, 100, State.INSPECTED))))
    server.publish(CameraLost("cam", CameraNoAnswer()))
    with server.client.websocket_connect(LIVE, subprotocols=[PROTOCOL]) as socket:
        status = next_message(socket, "station")
        assert [(a["kind"], a["standing"]) for a in status["alarms"]] == [("camera.lost", True)]
        lost = next_message(socket, "passed")
        assert (lost["first_line"], lost["lines"], lost["state"], lost["reason"]["code"]) == (100, 50, "lost", "line.overrun")
        server.publish(CameraBack("cam", 1.5))
        assert next_message(socket, "events")["events"][0]["kind"] == "camera.back"


@pytest.mark.parametrize("sent", ["hello", '{"take": 99}', '{"take": 1, "scale": 0}', '{"take": 1, "more": 2}'])
def test_a_wrong_message_closes_the_connection_with_what_was_expected(server: StationServer, sent: str) -> None:
    with server.client.websocket_connect(LIVE, subprotocols=[PROTOCOL]) as socket:
        socket.send_text(sent)
        with pytest.raises(WebSocketDisconnect) as closed:
            next_message(socket, "no such kind")
    assert closed.value.code == 1007
    assert 'expected {"take"' in closed.value.reason


def test_a_binary_message_closes_the_connection_as_a_wrong_one(server: StationServer) -> None:
    with server.client.websocket_connect(LIVE, subprotocols=[PROTOCOL]) as socket:
        socket.send_bytes(b"\x00\xff")
        with pytest.raises(WebSocketDisconnect) as closed:
            next_message(socket, "no such kind")
    assert closed.value.code == 1007


def test_another_version_of_the_protocol_is_refused(server: StationServer) -> None:
    with pytest.raises(WebSocketDisconnect) as closed, server.client.websocket_connect(LIVE, subprotocols=["skelp.live.0"]):
        pass
    assert PROTOCOL in closed.value.reason


def test_an_alarm_is_acknowledged_once_and_only_with_an_operator(server: StationServer) -> None:
    server.publish(CoverageLost("cam", 0, 0.0, Overrun()), "K1")
    (alarm,) = server.client.get(f"{V1}/alarms").json()["alarms"]
    assert (alarm["cost"], alarm["camera"], alarm["count"]) == (1, "cam", 1)
    assert server.client.post(f"{V1}/alarms/acknowledge", json={"key": alarm["key"]}).status_code == 422
    body = {"key": alarm["key"], "operator": "Kim"}
    assert server.client.post(f"{V1}/alarms/acknowledge", json=body).status_code == 204
    assert server.client.get(f"{V1}/alarms").json()["alarms"] == []
    again = server.client.post(f"{V1}/alarms/acknowledge", json=body)
    assert again.status_code == 404
    assert "acknowledged already" in again.json()["detail"]
    newest = server.reader.events(after=0, limit=10)[-1]
    assert isinstance(newest.payload, AlarmAcknowledged)
    assert newest.payload.operator == "Kim"


def test_a_read_for_a_viewer_ends_before_its_connection_does(server: StationServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a station that stops would read from a database that is already closed."""
    started, ended = threading.Event(), threading.Event()
    original = server.reader.newest_event

    def slow() -> int:
        started.set()
        time.sleep(0.3)
        newest = original()
        ended.set()
        return newest

    monkeypatch.setattr(server.reader, "newest_event", slow)
    with server.client.websocket_connect(LIVE, subprotocols=[PROTOCOL]):
        assert started.wait(5)
    assert ended.is_set()


def test_a_viewer_is_told_that_the_database_cannot_be_read(server: StationServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged() -> int:
        raise RecordsError("records cannot be read", RecordsDamaged())

    monkeypatch.setattr(server.reader, "newest_event", damaged)
    with server.client.websocket_connect(LIVE, subprotocols=[PROTOCOL]) as socket, pytest.raises(WebSocketDisconnect) as closed:
        next_message(socket, "no such kind")
    assert closed.value.code == 1011
    assert "database" in closed.value.reason
