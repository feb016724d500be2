"""The live WebSocket: pieces for those who can take them, losses and alarms for everybody."""

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
from skelp.domain.events import AlarmAcknowledged, CameraBack, CameraLost, CoverageLost
from skelp.domain.outcome import Outcome, Picture
from skelp.domain.reasons import CameraNoAnswer, Overrun
from skelp.render.pictures import reduced
from tests.house import V1, House

LIVE = f"{V1}/live"


def show(house: House, first_line: int) -> None:
    pixels = np.full((64, 128), 90, np.uint8)
    found = np.zeros((16, 32), np.uint8)
    found[4:8, 10:14] = 2
    house.live.show(Outcome("K1", "cam", picture=Picture("cam", "K1", first_line, pixels, found, 4, 8.0, 120.0, 0, {2: "patch"}, found)))


def words(socket: WebSocketTestSession, kind: str) -> dict[str, Any]:
    """The next word of a kind; binary ones as their header with the picture under `jpeg`."""
    for _ in range(50):
        message = socket.receive()
        if message["type"] == "websocket.close":
            raise WebSocketDisconnect(message["code"], message["reason"])
        if message.get("bytes"):
            body: bytes = message["bytes"]
            (length,) = struct.unpack("<I", body[:4])
            word = {**json.loads(body[4 : 4 + length]), "jpeg": body[4 + length :]}
        else:
            word = json.loads(message["text"])
        if word["kind"] == kind:
            return dict(word)
    raise AssertionError(f"no word of kind {kind}")


def test_a_piece_has_its_place_its_outlines_and_its_picture(house: House) -> None:
    show(house, 512)
    with house.client.websocket_connect(LIVE, subprotocols=[PROTOCOL]) as socket:
        socket.send_json({"take": 1, "scale": 0.5})
        piece = words(socket, "lines")
    assert (piece["camera"], piece["coil_id"], piece["first_line"], piece["lines"], piece["scale"]) == ("cam", "K1", 512, 64, 0.5)
    (outline,) = piece["outlines"]
    assert outline["class"] == "patch"
    assert np.ptp(np.array(outline["points"]), axis=0).tolist() == [7, 7]  # 16 px at half the size
    picture = cv2.imdecode(np.frombuffer(piece["jpeg"], np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    assert picture.shape == (32, 64)


def test_a_piece_that_is_one_large_defect_has_its_outline() -> None:
    found = np.full((16, 32), 2, np.uint8)
    _, (outline,) = reduced(Picture("cam", "K1", 0, np.full((64, 128), 90, np.uint8), found, 4, 8.0, 120.0, 0, {2: "patch"}, found), 0.5)
    assert outline.class_name == "patch"
    assert np.ptp(np.array(outline.points), axis=0).tolist() == [63, 31]


def test_a_viewer_gets_no_more_than_it_can_take_and_the_rest_is_overwritten(house: House) -> None:
    with house.client.websocket_connect(LIVE, subprotocols=[PROTOCOL]) as socket:
        words(socket, "station")
        for n in range(60):
            show(house, 64 * n)
        socket.send_json({"take": 2, "scale": 0.25})
        first, second = words(socket, "lines"), words(socket, "lines")
        assert second["seq"] == first["seq"] + 1
        assert first["seq"] > 30  # the oldest ones are gone: a slow viewer holds nobody back
        words(socket, "station")
        show(house, 9999)
        words(socket, "station")  # no credit, no picture
        socket.send_json({"take": 30})
        assert words(socket, "lines")["seq"] > second["seq"]


def test_viewers_that_cannot_take_all_are_sent_the_same_pieces(house: House) -> None:
    for n in range(10):
        show(house, 64 * n)
    with (
        house.client.websocket_connect(LIVE, subprotocols=[PROTOCOL]) as one,
        house.client.websocket_connect(LIVE, subprotocols=[PROTOCOL]) as other,
    ):
        one.send_json({"take": 2, "scale": 0.25})
        made = [words(one, "lines")["seq"] for _ in range(2)]
        assert made == [9, 10]  # the newest
        for n in range(10, 13):
            show(house, 64 * n)
        other.send_json({"take": 3, "scale": 0.25})
        assert [words(other, "lines")["seq"] for _ in range(3)] == [*made, 13]


def test_lost_steel_and_alarms_are_told_to_everybody(house: House) -> None:
    house.live.show(Outcome("K1", "cam", (Interval(100, 50, State.LOST, Overrun()), Interval(0, 100, State.INSPECTED))))
    house.publish(CameraLost("cam", CameraNoAnswer()))
    with house.client.websocket_connect(LIVE, subprotocols=[PROTOCOL]) as socket:
        told = words(socket, "station")
        assert [(a["kind"], a["standing"]) for a in told["alarms"]] == [("camera.lost", True)]
        passed = words(socket, "passed")
        assert (passed["first_line"], passed["lines"], passed["state"], passed["reason"]["code"]) == (100, 50, "lost", "line.overrun")
        house.publish(CameraBack("cam", 1.5))
        assert words(socket, "events")["events"][0]["kind"] == "camera.back"


@pytest.mark.parametrize("said", ["hello", '{"take": 99}', '{"take": 1, "scale": 0}', '{"take": 1, "more": 2}'])
def test_nonsense_ends_the_connection_with_what_was_expected(house: House, said: str) -> None:
    with house.client.websocket_connect(LIVE, subprotocols=[PROTOCOL]) as socket:
        socket.send_text(said)
        with pytest.raises(WebSocketDisconnect) as gone:
            words(socket, "nothing that comes")
    assert gone.value.code == 1007
    assert 'expected {"take"' in gone.value.reason


def test_another_protocol_is_refused(house: House) -> None:
    with pytest.raises(WebSocketDisconnect) as gone, house.client.websocket_connect(LIVE, subprotocols=["skelp.live.0"]):
        pass
    assert PROTOCOL in gone.value.reason


def test_an_alarm_is_acknowledged_once_and_by_name(house: House) -> None:
    house.publish(CoverageLost("cam", 0, 0.0, Overrun()), "K1")
    (alarm,) = house.client.get(f"{V1}/alarms").json()["alarms"]
    assert (alarm["cost"], alarm["camera"], alarm["count"]) == (1, "cam", 1)
    assert house.client.post(f"{V1}/alarms/acknowledge", json={"key": alarm["key"]}).status_code == 422
    said = {"key": alarm["key"], "operator": "Kim"}
    assert house.client.post(f"{V1}/alarms/acknowledge", json=said).status_code == 204
    assert house.client.get(f"{V1}/alarms").json()["alarms"] == []
    again = house.client.post(f"{V1}/alarms/acknowledge", json=said)
    assert again.status_code == 404
    assert "acknowledged already" in again.json()["detail"]
    told = house.reader.events(after=0, limit=10)[-1]
    assert isinstance(told.payload, AlarmAcknowledged)
    assert told.payload.operator == "Kim"


def test_when_a_viewer_has_gone_nothing_reads_the_records_for_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a station that stops would read from a database that it has closed."""
    began, ended = threading.Event(), threading.Event()
    asked = house.reader.newest_event

    def slow() -> int:
        began.set()
        time.sleep(0.3)
        newest = asked()
        ended.set()
        return newest

    monkeypatch.setattr(house.reader, "newest_event", slow)
    with house.client.websocket_connect(LIVE, subprotocols=[PROTOCOL]):
        assert began.wait(5)
    assert ended.is_set()
