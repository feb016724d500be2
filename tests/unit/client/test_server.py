"""The client against a station's server: each call gives what the station has, and each refusal its cause."""

from __future__ import annotations

import inspect
from typing import Any

import anyio
import httpx2
import pytest

from skelp.domain.coverage import Interval as Stored
from skelp.domain.coverage import State
from skelp.domain.events import OpticsReference
from skelp.domain.reasons import FrameShort
from skelp.domain.review import Verdict
from skelp_client import AsyncStation, Deleted, FeedChanged, NotFound, Station, StationError
from tests.fakes import coil, defect
from tests.station_server import StationServer


def test_a_coil_is_announced_corrected_ended_and_passes_again(server: StationServer, station: Station) -> None:
    assert station.announce("K1", heat="H1").status == "running"
    assert station.announce("K1", heat="H1").coil_id == "K1", "again, as after a timeout"
    with pytest.raises(StationError) as found:
        station.announce("K1", heat="H2")
    assert (found.value.status, found.value.conflict) == (409, "coil_differs")
    assert station.correct("K1", heat="H2", name="alias").heat == "H2"
    assert station.coil("alias").coil_id == "K1"
    server.expose(0, 10)
    station.finish("K1")
    assert station.finish("K1").coil_id == "K1"
    server.expose(10, 10)
    again = station.new_pass("K1", product="DC04")
    assert (again.coil_id, again.pass_number, again.product, again.heat) == ("K1~2", 2, "DC04", "H2")
    with pytest.raises(StationError) as found:
        station.announce("K1")
    assert found.value.conflict == "coil_over"


def test_lists_are_read_to_their_end(server: StationServer, station: Station) -> None:
    with server.writer.transaction() as change:
        for n in range(450):
            change.add_coil(coil(f"K{n}"))
        change.add_defects([defect(n, coil_id="K7", defect_id=f"K7-{n}", severity=1 + n % 4) for n in range(1, 2502)])
        for n in range(1, 1003):
            change.add_review(f"K7-{n}", Verdict.CONFIRMED, "kim", None, "")
    assert {c.coil_id for c in station.coils()} >= {f"K{n}" for n in range(450)}
    assert [d.defect_id for d in station.defects("K7")] == [f"K7-{n}" for n in range(1, 2502)]
    assert {d.severity for d in station.defects("K7", severity_min=3, side="top", from_m=0, to_m=1e6, class_name="scratch")} <= {3, 4}
    assert len(list(station.defects("K7", severity_min=4))) == 625
    assert len(list(station.reviews("K7"))) == len(list(station.reviews())) == len(list(station.standing_reviews("K7"))) == 1002
    assert [r.verdict for r in station.reviews_of("K7-1")] == ["confirmed"]
    assert list(station.defects("K8")) == []


def test_coverage_has_its_reasons(server: StationServer, station: Station) -> None:
    with server.writer.transaction() as change:
        change.add_coil(coil("K1"))
        change.record_interval("K1", "cam", Stored(0, 100, State.LOST, FrameShort(512)))
        change.complete_coil("K1")
    found = station.coverage("K1")
    (lost,) = found.intervals
    assert lost.reason is not None
    assert (lost.state, lost.reason.code, lost.reason.args) == ("lost", "line.frame_short", {"frame_lines": 512})
    assert found.uninspected_m == pytest.approx(0.1)
    assert station.coil("K1").decision == "hold"


def test_pictures_come_as_they_are_and_what_is_gone_is_not_found(server: StationServer, station: Station) -> None:
    server.expose(0, 10)
    assert station.coil_map("auto").startswith(b"\x89PNG")
    server.add_defect("auto")
    assert station.defect("auto-1").coil_id == "auto"
    for picture in (station.crop, station.mask):
        with pytest.raises(NotFound):
            picture("auto-1")
    with pytest.raises(NotFound):
        station.sample_png("none")
    assert station.samples() == ()


def test_the_station_says_how_it_is(server: StationServer, station: Station) -> None:
    found = station.status()
    assert found.feed_id == server.reader.feed_id()
    assert (found.ready, found.reason) == (True, None)
    assert station.alarms() == ()


def test_the_feed_is_read_to_its_end_and_another_feed_is_refused(server: StationServer, station: Station) -> None:
    for _ in range(700):
        server.publish(OpticsReference())
    events = station.events(follow=False)
    assert [e.seq for e in events] == list(range(1, 701))
    assert (events.after, events.feed_id) == (700, server.reader.feed_id())
    assert list(station.events(events.after, events.feed_id, follow=False)) == []
    server.publish(OpticsReference())
    assert next(station.events(events.after, events.feed_id)).kind == "optics.reference"
    for after, feed_id, conflict in ((0, "11111111-2222-4333-8444-555555555555", "feed_other"), (900, None, "feed_beyond")):
        with pytest.raises(FeedChanged) as found:
            next(station.events(after, feed_id))
        assert found.value.conflict == conflict


def test_values_that_are_not_valid_are_named(station: Station) -> None:
    with pytest.raises(StationError) as found:
        station.announce("K 1", strip_width_mm=-1)
    assert found.value.status == 422
    assert {f.where for f in found.value.faults} == {"body.coil_id", "body.strip_width_mm"}


def test_both_clients_have_the_same_calls() -> None:
    def face(kind: type) -> dict[str, Any]:
        found = {n: inspect.signature(f) for n, f in inspect.getmembers(kind, inspect.isfunction) if not n.startswith("_")}
        return {n: [(p.name, p.kind, p.default, p.annotation) for p in s.parameters.values()] for n, s in found.items()}

    assert face(Station) == face(AsyncStation)


def test_both_clients_say_the_same_of_a_call() -> None:
    said = [{n: inspect.getdoc(f) for n, f in inspect.getmembers(k, inspect.isfunction) if n[0] != "_"} for k in (Station, AsyncStation)]
    assert said[0] == said[1]


def test_the_client_for_asyncio_does_the_same(server: StationServer) -> None:
    async def first_day() -> tuple[Any, ...]:
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=server.app))
        async with AsyncStation("http://localhost", http=http, retry_s=0) as station:
            coil = await station.announce("K1", heat="H1")
            with pytest.raises(NotFound):
                await station.coil("K2")
            coils = [c.coil_id async for c in station.coils()]
            events = station.events(follow=False)
            kinds = [e.kind async for e in events]
            return coil.heat, coils, kinds, events.after, events.feed_id

    heat, coils, kinds, after, feed_id = anyio.run(first_day)
    assert (heat, coils, kinds, after, feed_id) == ("H1", ["K1"], ["coil.started"], 1, server.reader.feed_id())


def test_what_was_deleted_is_gone_and_the_feed_goes_on_where_the_error_says(server: StationServer, station: Station) -> None:
    with server.writer.transaction() as change:
        change.add_coil(coil("K1"))
    server.add_defect("K1")
    with server.writer.transaction() as change:
        change.complete_coil("K1")
        change.delete_defects("K1", 9, "2021-01-01T00:00:00Z")
        change.delete_events(2, 9, "2021-01-01T00:00:00Z", publish=False)
    with pytest.raises(Deleted) as gone:
        list(station.defects("K1"))
    assert gone.value.reason is not None
    assert (gone.value.reason.code, gone.value.oldest) == ("coil.defects_deleted", None)
    with pytest.raises(Deleted) as gone:
        list(station.events(follow=False))
    assert gone.value.oldest == 3
    assert next(e.seq for e in station.events(gone.value.oldest - 1, follow=False)) == 3
