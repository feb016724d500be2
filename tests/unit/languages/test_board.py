"""The station learns how a connection stands, and a person's request to send again reaches the place once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from skelp.domain.errors import SkelpError
from skelp.domain.events import CoilDecided, CoilStarted
from skelp_client import ConnectionStatus, NotAllowed, Station
from skelp_client.records import Problem
from skelp_languages.board import Board
from skelp_languages.following import Resend
from skelp_languages.place import PlaceFile
from skelp_languages.standing import Standings, State
from tests.station_server import StationServer
from tests.unit.api.conftest import server
from tests.unit.client.conftest import station

__all__ = ["server", "station"]


@pytest.fixture
def place(tmp_path: Path, station: Station) -> Iterator[PlaceFile]:
    with PlaceFile(tmp_path / "p.json") as place:
        place.begin(station.event_page(0, None).feed_id, 0)
        yield place


def board(station: Station, place: PlaceFile, standings: Standings | None = None, resend: Resend | None = None) -> Board:
    return Board("mes", station, place, standings or Standings("level2", "10.0.0.9:2000"), resend or Resend())


def shown(station: Station) -> ConnectionStatus:
    (found,) = station.connections()
    return found


def decide(server: StationServer, times: int) -> None:
    for _ in range(times):
        server.publish(CoilDecided("accept", "hold", "kim", "seen"), "auto")
        server.publish(CoilStarted("auto", automatic=True), "auto")


def test_the_page_shows_what_the_language_knows_and_how_much_waits(server: StationServer, station: Station, place: PlaceFile) -> None:
    standings = Standings("level2", "10.0.0.9:2000")
    one = board(station, place, standings)
    decide(server, 3)
    standings.is_now(State.REFUSED, "x" * 1000, peer="10.0.0.8:1")
    standings.sent(1)
    one.report()
    found = shown(station)
    assert (found.name, found.language, found.peer, found.state, found.detail) == ("mes", "level2", "10.0.0.8:1", "refused", "x" * 300)
    assert (found.sent_seq, found.acknowledged_seq, found.waiting) == (1, None, 3)
    standings.acknowledged(1)
    place.told(1)
    decide(server, 1)
    one.report()
    assert (shown(station).acknowledged_seq, shown(station).waiting) == (1, 3)
    place.told(8)
    one.report()
    assert shown(station).waiting == 0
    place.go_back(4)
    one.report()
    assert shown(station).waiting == 2, "what is told again waits again"


def test_a_request_to_send_again_is_handled_when_the_place_has_gone_back_and_once_only(
    server: StationServer, station: Station, place: PlaceFile
) -> None:
    resend = Resend()
    one = board(station, place, resend=resend)
    decide(server, 3)
    place.told(6)
    one.report()
    assert resend.after is None
    station.send_again("mes", 2, operator="kim")
    one.report()
    one.report()
    request = shown(station).request
    assert request is not None
    assert resend.after == 2
    assert not request.handled
    place.go_back(2)
    resend.done(2)
    one.report()
    request = shown(station).request
    assert request is not None
    assert request.handled
    again = Resend()
    later = board(station, place, resend=again)  # another process of the same connection
    later.report()
    assert again.after is None
    station.send_again("mes", 1, operator="kim")
    later.report()
    assert again.after == 1


def test_a_request_that_a_process_did_not_live_to_handle_is_handled_by_the_next(
    server: StationServer, station: Station, place: PlaceFile
) -> None:
    one = board(station, place)
    decide(server, 1)
    place.told(2)
    one.report()
    station.send_again("mes", 0, operator="kim")
    one.report()  # killed before the place went back
    resend = Resend()
    board(station, place, resend=resend).report()
    assert resend.after == 0


def test_a_token_that_may_not_report_ends_the_process_at_its_start(
    station: Station, place: PlaceFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise NotAllowed("PUT /connections/mes", Problem(status=403, title="Forbidden", detail="the role reader may not"))

    monkeypatch.setattr(station, "report_connection", refuse)
    with pytest.raises(SkelpError, match=r"the role reader may not.*role mes"), board(station, place):
        pass
