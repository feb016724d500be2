"""An MES written only from docs/rest.md and docs/reasons.md handles every reason by its code."""

from __future__ import annotations

from typing import Any

import pytest

from skelp.domain.coverage import Interval, State
from skelp.domain.events import OpticsReference
from skelp.domain.outcome import Outcome
from skelp.domain.reasons import Code
from tests.conftest import ROOT
from tests.fakes import coil
from tests.mes import Mes, documented_codes
from tests.station_server import V1, StationServer
from tests.unit.domain.test_coded import EVENTS, REASONS


def mes_of(server: StationServer) -> Mes:
    def get(path: str) -> Any:
        answer = server.client.get(V1 + path)
        assert answer.status_code in {200, 409, 410}
        return answer.json()

    return Mes(get, documented_codes(ROOT / "docs" / "reasons.md"))


def test_every_reason_is_handled_by_its_code(server: StationServer) -> None:
    mes = mes_of(server)
    with server.writer.transaction() as change:
        change.add_coil(coil("K1"))
        for line, reason in enumerate(REASONS):
            change.record_interval("K1", "cam", Interval(100 * line, 100, State.LOST, reason))
        change.complete_coil("K1")
    while mes.poll():
        pass
    assert mes.blocked == ["K1"]
    assert {code for _, code, _ in mes.tickets} == {c.value for c in Code}
    assert mes.uninspected_m["K1"] == pytest.approx(0.1 * len(REASONS))


def test_every_event_is_read_once_also_after_a_restart_of_the_mes(server: StationServer) -> None:
    mes = mes_of(server)
    for payload in EVENTS:
        if payload.kind != "coil.final":  # its coil does not exist in this station
            server.publish(payload)
    assert mes.poll() == len(EVENTS) - 1
    assert mes.poll() == 0
    restarted = mes_of(server)
    restarted.seq = mes.seq
    server.sink.write([Outcome(server.expose(0, 100), "cam", ended=True, coil_complete=True)])
    assert restarted.poll() == 2  # coil.started, coil.final
    assert restarted.accepted == ["auto"]
    assert restarted.tickets[0][:2] == ("quality", "coil.sound")


@pytest.mark.parametrize("seq", [0, 3])
def test_an_mes_that_asks_for_deleted_events_learns_which_it_missed_and_goes_on(server: StationServer, seq: int) -> None:
    for _ in range(9):
        server.publish(OpticsReference())
    mes, kept = mes_of(server), mes_of(server)
    mes.seq, kept.seq = seq, 5
    with server.writer.transaction() as change:
        change.delete_events(5, 100, "2021-01-01T00:00:00Z", publish=False)
    assert (mes.poll(), mes.seq, mes.missed, mes.restarts) == (4, 9, [(seq + 1, 5)], [])
    assert (kept.poll(), kept.missed) == (4, [])
    assert mes.poll() == 0


@pytest.mark.parametrize(("feed_id", "conflict"), [("11111111-2222-4333-8444-555555555555", "feed_other"), ("", "feed_beyond")])
def test_an_mes_whose_station_got_another_database_reads_every_event_of_it(server: StationServer, feed_id: str, conflict: str) -> None:
    mes = mes_of(server)
    mes.seq, mes.feed_id = 900, feed_id
    server.sink.write([Outcome(server.expose(0, 100), "cam", ended=True, coil_complete=True)])
    assert mes.poll() == 2
    assert (mes.accepted, mes.restarts) == (["auto"], [conflict])
    assert mes.poll() == 0
