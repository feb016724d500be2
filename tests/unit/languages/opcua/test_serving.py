"""The feed is followed in a thread, told in the event loop, and what ends one of them ends the other."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any, cast

import pytest
from asyncua import ua

from skelp.domain.errors import SkelpError
from skelp_client import Event, Unreachable
from skelp_languages.following import Told
from skelp_languages.opcua import serving
from skelp_languages.opcua.serving import _first_to_end, _follow_in_a_thread
from skelp_languages.running import Running
from skelp_languages.standing import Standings
from tests.unit.languages.opcua.conftest import System, finished
from tests.unit.languages.opcua.test_states import Heard

FINAL = Event(7, "2026-11-25T08:20:31Z", "K4711", "coil.final", {})


def following(monkeypatch: pytest.MonkeyPatch, follow: Callable[[Callable[[Told], None]], None]) -> tuple[list[str], Standings]:
    """Follow a feed, as `follow` does with what tells. Returns the names of the threads in which it was told."""
    standings = Standings("opcua", "opc.tcp://127.0.0.1:4840")
    monkeypatch.setattr(serving, "follow", lambda _run, _settings, _kinds, tell, **_: follow(tell))
    names: list[str] = []

    async def tell(told: Told) -> None:
        await asyncio.sleep(0)
        names.append(threading.current_thread().name)
        if told.event.seq == 99:
            raise Unreachable("station", "it rests", sent=False)

    async def scene() -> None:
        ending: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        run = Running(cast("Any", None), cast("Any", None), standings, cast("Any", None))
        _follow_in_a_thread(run, cast("Any", None), None, tell, ending)
        await _first_to_end(ending, asyncio.sleep(60))

    with pytest.raises(SkelpError, match="the feed is another"):
        asyncio.run(scene())
    return names, standings


def test_an_event_is_told_in_the_loop_before_the_next_one_and_what_ends_the_feed_ends_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[int] = []

    def follow(tell: Callable[[Told], None]) -> None:
        for seq in (7, 8):
            tell(Told(Event(seq, "t", "K1", "coil.final", {}), False, None))
            order.append(seq)
        raise SkelpError("the feed is another")

    names, standings = following(monkeypatch, follow)
    assert (names, order) == (["MainThread"] * 2, [7, 8])
    assert (standings.now.sent, standings.now.acknowledged) == (8, 8)


def test_a_station_that_goes_away_while_an_event_is_told_is_told_to_the_follower(monkeypatch: pytest.MonkeyPatch) -> None:
    def follow(tell: Callable[[Told], None]) -> None:
        with pytest.raises(Unreachable):
            tell(Told(Event(99, "t", "K1", "coil.final", {}), False, None))
        raise SkelpError("the feed is another")

    _, standings = following(monkeypatch, follow)
    assert standings.now.sent is None


def test_a_result_says_which_event_it_is_about_and_whether_it_may_be_a_repeat(system: System) -> None:
    async def scene() -> list[tuple[int, bool, str]]:
        heard = Heard()
        async with system.client() as client:
            await client.load_data_type_definitions()
            subscription = await client.create_subscription(20, heard)
            fields = [[ua.QualifiedName("ResultContent", 2)], [ua.QualifiedName("Message")]]
            selected = [ua.SimpleAttributeOperand(ua.NodeId(2041), path, ua.AttributeIds.Value) for path in fields]
            of_type = ua.ContentFilterElement(ua.FilterOperator.OfType, [ua.LiteralOperand(ua.Variant(ua.NodeId(1024, 2)))])
            wanted = ua.EventFilter(SelectClauses=selected, WhereClause=ua.ContentFilter([of_type]))
            await subscription._subscribe(client.nodes.server, ua.AttributeIds.EventNotifier, wanted)
            coil = finished().coil
            others = (Event(8, "t", "K9", "coil.final", {}), Event(9, "t", "K4711", "coil.started", {}))  # no such coil; no result
            for told in (Told(FINAL, True, coil), *(Told(event, False, coil) for event in others)):
                await system.vision.telling.tell(told)
            await asyncio.sleep(0.2)
            return [(e.ResultContent[0].FeedSeq, e.ResultContent[0].Repeat, e.Message.Text) for e in heard.events]

    assert system.run(scene()) == [(7, True, "result of coil K4711: hold")]


def test_a_station_that_is_away_is_told_again_later(system: System) -> None:
    system.station.away = True
    with pytest.raises(Unreachable):
        system.run(system.vision.telling.tell(Told(FINAL, False, None)))
