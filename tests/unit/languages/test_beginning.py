"""Where a language begins, and that it tells nothing of another feed: what a person gives wrongly, or a restored station, loses nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from skelp.domain.errors import SkelpError
from skelp_client import Deleted, Event, EventPage, FeedChanged, NotFound, Station
from skelp_client.records import Problem
from skelp_languages.following import Follower, Resend, Told
from skelp_languages.place import Place, PlaceFile
from tests.unit.languages.test_following import Feed, Stop, follower

KEPT = Place("f", 3, 5)


def problem(status: int, **more: Any) -> Problem:
    return Problem(status=status, title="", detail="", **more)


def _begin(folder: Path, feed: Feed, after: int | None) -> None:
    with PlaceFile(folder / "p.json") as place:
        follower(feed, place).begin(after, at_first=False)


def _place(folder: Path) -> Place | None:
    with PlaceFile(folder / "p.json") as place:
        return place.place


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """A folder with a place: the plant has events 1 to 3, and may have heard of 4 and 5."""
    with PlaceFile(tmp_path / "p.json") as place:
        place.begin("f", 0)
        place.begun(5)
        place.told(3)
    return tmp_path


class Shortened(Feed):
    """A feed whose first events are deleted."""

    def __init__(self, kinds: list[str], oldest: int) -> None:
        super().__init__(kinds)
        self._oldest = oldest

    def event_page(self, after: int, feed_id: str | None, *, wait_s: float = 0.0, kinds: Collection[str] = ()) -> EventPage:
        if after < self._oldest - 1:
            raise Deleted("events", problem(410, oldest=self._oldest))
        return super().event_page(after, feed_id, wait_s=wait_s, kinds=kinds)


@pytest.mark.parametrize(("after", "why"), [(8, "last event of the station's feed is 7"), (10**23, "is 7"), (4, "up to 3.*goes back only")])
def test_a_number_with_which_the_plant_would_miss_something_is_refused_and_the_place_stays(told: Path, after: int, why: str) -> None:
    with pytest.raises(SkelpError, match=why):
        _begin(told, Feed(["told"] * 7), after)
    assert _place(told) == KEPT


def test_a_number_before_deleted_events_is_refused_and_the_place_stays(told: Path) -> None:
    feed = Shortened(["told"] * 9, oldest=6)
    with pytest.raises(SkelpError, match="--after 5"):
        _begin(told, feed, 2)
    assert _place(told) == KEPT
    _begin(told, feed, 5)  # what is deleted can be left out only
    assert _place(told) == Place("f", 5, 5)


def test_what_the_plant_heard_before_comes_again_as_a_repeat(told: Path) -> None:
    heard: list[tuple[int, bool]] = []
    with PlaceFile(told / "p.json") as place:
        one = follower(Feed(["told"] * 7), place)
        one.begin(1, at_first=False)
        with pytest.raises(Stop):
            one.run(lambda it: heard.append((it.event.seq, it.repeat)))
    assert heard == [(2, True), (3, True), (4, True), (5, True), (6, False), (7, False)]


def test_of_another_feed_nothing_was_heard(told: Path) -> None:
    with PlaceFile(told / "p.json") as place:
        place.begin("another", 2)
        assert place.place == Place("another", 2, 2)


def test_a_lost_place_is_no_first_start(told: Path) -> None:
    (told / "p.json").unlink()
    for _ in range(2):
        with pytest.raises(SkelpError, match=r"gone.*--after"):
            _begin(told, Feed(["told"] * 7), None)
    _begin(told, Feed(["told"] * 7), 3)
    assert _place(told) == Place("f", 3, 3)


def test_a_place_of_an_older_version_is_missed_too(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text('{"feed_id": "f", "after": 3, "begun": 5}')
    assert _place(tmp_path) == KEPT
    (tmp_path / "p.json").unlink()
    with pytest.raises(SkelpError, match="gone"):
        _begin(tmp_path, Feed(["told"] * 7), None)


class Exchanged(Feed):
    """A station that gets another database after its first page. Its coils are another feed's then."""

    def __init__(self, *, has_the_coil: bool) -> None:
        super().__init__(["told"] * 3)
        self._events = [replace(event, coil_id="K1") for event in self._events]
        self._has_the_coil, self._is_other = has_the_coil, False

    def event_page(self, after: int, feed_id: str | None, *, wait_s: float = 0.0, kinds: Collection[str] = ()) -> EventPage:
        if self._is_other:
            raise FeedChanged("events", problem(409, conflict="feed_other"))
        page = super().event_page(after, feed_id, wait_s=wait_s, kinds=kinds)
        self._is_other = wait_s > 0
        return page

    def coil(self, coil_id: str) -> Event:
        if self._is_other and not self._has_the_coil:
            raise NotFound(coil_id, problem(404))
        return self._events[0]  # any object will do: it must not be told


@pytest.mark.parametrize("has_the_coil", [True, False])
def test_nothing_is_told_of_a_station_that_got_another_database_meanwhile(told: Path, has_the_coil: bool) -> None:
    heard: list[Told] = []
    with PlaceFile(told / "p.json") as place:
        one = Follower(cast("Station", Exchanged(has_the_coil=has_the_coil)), place, frozenset({"told"}), Resend())
        place.go_back(0)
        with pytest.raises(SkelpError, match="exchanged or restored"):
            one.run(heard.append)
        assert place.place == Place("f", 0, 5), "nothing was begun"
    assert not heard
