"""The client against a station's server: a process reports its connection, a person has it send again."""

from __future__ import annotations

from dataclasses import replace

import anyio
import httpx2
import pytest

from skelp.api.guard import Guard
from skelp.domain.events import StationStarted
from skelp_client import AsyncStation, ConnectionReport, NotFound, Reported, Station, StationError, Unreachable
from skelp_client.board_calls import report_connection, send_again
from skelp_client.exchange import exchange
from tests.station_server import StationServer
from tests.unit.client.scripted import Script, answer, away

REPORT = ConnectionReport(
    "level2", "10.0.0.9:3000", "connected", "ready", 2, 1, "2026-11-25T08:19:50Z", "2026-11-25T17:12:02+09:00", waiting=1
)


def test_a_process_reports_and_learns_what_to_send_again(server: StationServer, station: Station) -> None:
    server.publish(StationStarted("net", "cpu"))
    server.publish(StationStarted("net", "cpu"))
    assert station.report_connection("mes", REPORT) == Reported(0, None)
    (mes,) = station.connections()
    assert (mes.name, mes.state, mes.sent_seq, mes.acknowledged_seq, mes.silent) == ("mes", "connected", 2, 1, False)
    assert (mes.last_sent_at, mes.last_acknowledged_at) == ("2026-11-25T08:19:50.000Z", "2026-11-25T08:12:02.000Z")
    asked = station.send_again("mes", operator="lee").request
    assert asked
    assert (asked.number, asked.after_seq, asked.by, asked.handled) == (1, 1, "lee", False)
    assert station.report_connection("mes", REPORT) == Reported(1, 1)
    assert station.report_connection("mes", replace(REPORT, resend_handled=1)) == Reported(1, 1)
    (mes,) = station.connections()
    assert mes.request == replace(asked, handled=True)
    with pytest.raises(NotFound):
        station.send_again("sms", operator="lee")
    with pytest.raises(StationError) as found:
        station.send_again("mes", 3, operator="lee")
    assert found.value.conflict == "feed_beyond"


def test_the_same_from_asyncio(server: StationServer) -> None:
    async def use() -> None:
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=Guard(server.app, None)))
        async with AsyncStation("http://localhost", http=http, retry_s=0) as station:
            assert await station.report_connection("mes", REPORT) == Reported(0, None)
            assert [c.name for c in await station.connections()] == ["mes"]
            again = await station.send_again("mes", 0, operator="lee")
            assert again.request
            assert again.request.after_seq == 0

    anyio.run(use)


def test_a_report_is_repeated_and_a_request_to_send_again_is_not() -> None:
    script = Script([away(), answer({"resend_number": 0, "resend_after": None})])
    assert script.run(exchange(report_connection("mes", REPORT), script.patience())) == Reported(0, None)
    script = Script([away()])
    with pytest.raises(Unreachable):
        script.run(exchange(send_again("mes", None, "lee"), script.patience()))
