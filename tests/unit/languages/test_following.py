"""A plant hears of everything in order, and a repeat says that it is one, whatever stops the process between two bytes."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.errors import SkelpError
from skelp.domain.events import CoilDecided, CoilStarted
from skelp_client import Event, EventPage, Station, Unreachable
from skelp_languages import following
from skelp_languages.following import RESULTS, Follower, Resend, Told, defects_of
from skelp_languages.place import PlaceFile
from tests.station_server import StationServer
from tests.unit.api.conftest import server
from tests.unit.client.conftest import station

__all__ = ["server", "station"]


class Stop(BaseException):
    """The process ends here, as by kill -9."""


class Feed:
    """A station of which only the feed is asked. Every event is about no coil; `away`: how often it does not answer."""

    def __init__(self, kinds: list[str], away: int = 0, page: int = 3) -> None:
        self._events = [Event(n, "t", "", kind, {}) for n, kind in enumerate(kinds, 1)]
        self.away, self._page = away, page
        self.asked: list[frozenset[str]] = []

    def event_page(self, after: int, feed_id: str | None, *, wait_s: float = 0.0, kinds: Collection[str] = ()) -> EventPage:
        self.asked.append(frozenset(kinds))
        if self.away:
            self.away -= 1
            raise Unreachable("here", "it rests", sent=False)
        found = self._events[after : after + self._page]
        if not found and wait_s:
            raise Stop
        return EventPage("f", tuple(e for e in found if not kinds or e.kind in kinds), found[-1].seq if found else after)


def follower(feed: Feed, place: PlaceFile, resend: Resend | None = None) -> Follower:
    return Follower(cast("Station", feed), place, frozenset({"told"}), resend or Resend())


@given(
    kinds=st.lists(st.sampled_from(["told", "other"]), max_size=12),
    ends=st.lists(st.integers(0, 30), max_size=4),
    backs=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=3),
)
def test_everything_arrives_in_order_and_what_came_before_is_marked(
    tmp_path_factory: pytest.TempPathFactory, kinds: list[str], ends: list[int], backs: list[tuple[int, int]]
) -> None:
    """The process is stopped before or after the plant has an event; a person asks for repeats."""
    file = tmp_path_factory.mktemp("place") / "place.json"
    heard: list[Told] = []
    resend, asked = Resend(), dict(backs)
    for end in [*ends, None]:
        steps = 0

        def tell(told: Told, end: int | None = end) -> None:
            nonlocal steps
            steps += 1
            if steps == end:
                raise Stop  # before the plant has it
            heard.append(told)
            if (after := asked.pop(told.event.seq, None)) is not None:
                resend.ask(after)
            steps += 1
            if steps == end:
                raise Stop  # the plant has it, and the place does not say so

        with PlaceFile(file) as place:
            one = follower(Feed(kinds), place, resend)
            one.begin(None, at_first=True)
            with pytest.raises(Stop):
                one.run(tell)
    wanted = [n for n, kind in enumerate(kinds, 1) if kind == "told"]
    assert sorted({t.event.seq for t in heard}) == wanted
    first_times = list(dict.fromkeys(t.event.seq for t in heard))
    assert first_times == wanted, "in order"
    seen: set[int] = set()
    for told in heard:
        assert told.repeat or told.event.seq not in seen
        seen.add(told.event.seq)


def test_a_station_that_is_away_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "_AWAY_S", 0.0)
    noted: list[bool] = []
    heard: list[int] = []
    with PlaceFile(tmp_path / "p.json") as place:
        one = Follower(cast("Station", Feed(["told"] * 2, away=3)), place, frozenset({"told"}), Resend(), lambda e: noted.append(e is None))
        one.begin(None, at_first=True)
        with pytest.raises(Stop):
            one.run(lambda told: heard.append(told.event.seq))
    assert heard == [1, 2]
    assert noted == [False, True], "once away, once back"


def test_a_station_that_goes_away_in_the_middle_of_a_coil_is_told_of_it_again_as_a_repeat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "_AWAY_S", 0.0)
    heard: list[tuple[int, bool]] = []

    def tell(told: Told) -> None:
        heard.append((told.event.seq, told.repeat))
        if len(heard) == 1:
            raise Unreachable("here", "it rests", sent=True)

    with PlaceFile(tmp_path / "p.json") as place:
        one = follower(Feed(["told"]), place)
        one.begin(None, at_first=True)
        with pytest.raises(Stop):
            one.run(tell)
    assert heard == [(1, False), (1, True)]


def test_it_begins_with_what_happens_from_now_on_or_with_all_or_where_it_is_told_to(tmp_path: Path) -> None:
    feed = Feed(["told"] * 7)
    for after, at_first, begins in ((None, False, 7), (None, True, 0), (3, False, 3), (0, False, 0)):
        with PlaceFile(tmp_path / f"{after}-{at_first}.json") as place:
            follower(feed, place).begin(after, at_first=at_first)
            assert place.place is not None
            assert place.place.after == begins
    with PlaceFile(tmp_path / "3-False.json") as place:
        follower(feed, place).begin(None, at_first=True)
        assert place.place is not None
        assert place.place.after == 3, "a place that is there stays"


def test_a_person_cannot_skip_what_the_plant_was_not_told(tmp_path: Path) -> None:
    with PlaceFile(tmp_path / "p.json") as place:
        place.begin("f", 5)
        place.go_back(9)
        assert place.place is not None
        assert place.place.after == 5
        place.go_back(2)
        assert (place.place.after, place.place.begun) == (2, 5)


def test_of_several_requests_the_one_that_goes_back_furthest_counts() -> None:
    resend = Resend()
    for after in (7, 3, 5):
        resend.ask(after)
    assert resend.after == 3
    resend.done(5)
    assert resend.after == 3, "that was not far enough"
    resend.done(3)
    assert resend.after is None


def test_a_real_station(tmp_path: Path, server: StationServer, station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """The coil comes with the event; another database is named as such; so are deleted events."""
    server.expose(0, 10)
    server.publish(CoilDecided("accept", "hold", "kim", "seen"), "auto")
    server.publish(CoilStarted("auto", automatic=True), "auto")
    with PlaceFile(tmp_path / "p.json") as place:
        one = Follower(station, place, RESULTS, Resend())
        one.begin(None, at_first=True)
        heard: list[Told] = []

        def tell(told: Told) -> None:
            heard.append(told)
            raise Stop

        with pytest.raises(Stop):
            one.run(tell)
        (told,) = heard
        assert (told.event.kind, told.repeat) == ("coil.decided", False)
        assert told.coil is not None
        assert told.coil.coil_id == "auto"
    assert list(defects_of(station, "auto") or ()) == []
    server.add_defect("auto")
    assert [d.defect_id for d in defects_of(station, "auto") or ()] == ["auto-1"]
    with PlaceFile(tmp_path / "other.json") as place:
        place.begin("00000000-0000-4000-8000-000000000000", 1)
        with pytest.raises(SkelpError, match="--after"):
            Follower(station, place, RESULTS, Resend()).begin(None, at_first=True)
