"""Lists that are read piece by piece: pages of coils, defects and reviews, and the event feed. It does no input or output."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Generic, Protocol, TypeVar

from skelp_client.call import V1, Call, decoded
from skelp_client.errors import FeedHole, NotUnderstood
from skelp_client.exchange import Backoff, Patience, Steps, Wait, exchange
from skelp_client.reading import read
from skelp_client.records import Coil, Defect, Event, Review, StandingReview

T = TypeVar("T")
FOR_EVER_S = float("inf")


class Pieces(Protocol[T]):
    """A list that is read piece by piece. `ready`: the items that were read and not taken."""

    ready: deque[T]

    def more(self) -> Steps[None]:
        """Read the next piece into `ready`, which stays empty at the end of the list. Raises ClientError."""
        ...

    def take(self) -> T:
        """The next item that is ready."""
        ...


@dataclass(frozen=True)
class _Page(Generic[T]):
    items: tuple[T, ...]
    next: str | int | None


class Pages(Generic[T]):
    """The pages of a list. `page`: the call of the next page, None at the end."""

    def __init__(self, page: Call[_Page[T]], patience: Patience) -> None:
        self.page: Call[_Page[T]] | None = page
        self.ready: deque[T] = deque()
        self._patience = patience

    def more(self) -> Steps[None]:
        while self.page is not None and not self.ready:
            found = yield from exchange(self.page, self._patience)
            self.ready.extend(found.items)
            self.page = None if found.next is None else self.page.asking(cursor=found.next)

    def take(self) -> T:
        return self.ready.popleft()


def _page(name: str, kind: type[T], body: bytes) -> _Page[T]:
    found = decoded(body)
    if not isinstance(found, dict) or not isinstance(found.get(name), list) or not isinstance(found.get("next"), str | int | None):
        raise NotUnderstood(f"the answer is no page of {name}; is a skelp station at this address?")
    return _Page(tuple(read(kind, item) for item in found[name]), found.get("next"))


def _pages(name: str, kind: type[T]) -> Callable[[bytes], _Page[T]]:
    return partial(_page, name, kind)


def coils() -> Call[_Page[Coil]]:
    return Call("GET", f"{V1}/coils", _pages("coils", Coil), query={"limit": 200})


Filters = Mapping[str, str | float | None]


def filters(
    marks: bool, class_name: str | None, severity_min: int | None, side: str | None, from_m: float | None, to_m: float | None
) -> Filters:
    """The query of a list of defects."""
    shown = "true" if marks else None
    return {"marks": shown, "class": class_name, "severity_min": severity_min, "side": side, "from_m": from_m, "to_m": to_m}


def defects(coil_id: str, wanted: Filters) -> Call[_Page[Defect]]:
    call = Call("GET", f"{V1}/coils/{{coil_id}}/defects", _pages("defects", Defect), {"coil_id": coil_id}, {"limit": 1000})
    return call.asking(**wanted)


def reviews(coil_id: str | None) -> Call[_Page[Review]]:
    return Call("GET", f"{V1}/reviews", _pages("reviews", Review), query={"limit": 1000}).asking(coil_id=coil_id)


def standing_reviews(coil_id: str) -> Call[_Page[StandingReview]]:
    given = {"coil_id": coil_id}
    return Call("GET", f"{V1}/coils/{{coil_id}}/reviews/standing", _pages("standing", StandingReview), given, {"limit": 1000})


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events, and the identity of the feed that numbered them."""

    feed_id: str
    events: tuple[Event, ...]
    last: int


Kinds = Collection[str]
"""Kinds of events; none: all."""


def events(after: int, feed_id: str | None, wait_s: float, kinds: Kinds = ()) -> Call[EventPage]:
    """The events after a number, of these kinds if any are given. The station waits up to `wait_s` for the first one."""
    call = Call("GET", f"{V1}/events", lambda body: read(EventPage, decoded(body)), waits_s=wait_s)
    return call.asking(after=after, feed_id=feed_id, limit=500, wait_s=wait_s, kinds=",".join(sorted(kinds)) or None)


def event_page(after: int, feed_id: str | None, wait_s: float, patience: Patience, kinds: Kinds = ()) -> Steps[EventPage]:
    """The next events after a number. Raises FeedHole if they do not follow each other, and NotUnderstood if they are of another feed.

    Events of some kinds may have others between them. An older station, which knows no kinds, gives all.
    """
    page = yield from exchange(events(after, feed_id, wait_s, kinds), patience)
    if feed_id is not None and page.feed_id.lower() != feed_id.lower():
        raise NotUnderstood(f"events of the feed {page.feed_id} came, those of {feed_id} were asked for")
    expected = after + 1
    for event in page.events:
        if event.seq != expected and not (kinds and event.seq > expected):
            raise FeedHole(expected, event.seq)
        expected = event.seq + 1
    wanted = [event for event in page.events if not kinds or event.kind in kinds]
    return replace(page, events=tuple(wanted), last=max(after, page.last))


class Feed:
    """The event feed from a number on. `after` and `feed_id` are what to store: those of the last event that was taken.

    It outlives restarts of the station. Each event is handed out once and in order; a hole raises FeedHole.
    """

    def __init__(self, after: int, feed_id: str | None, patience: Patience, *, follow: bool, wait_s: float, kinds: Kinds = ()) -> None:
        if not 1 <= wait_s <= 60:
            raise ValueError(f"wait_s is {wait_s:g}; a station waits 1 to 60 s")
        self.after, self.feed_id = after, feed_id
        self.ready: deque[Event] = deque()
        self._follow, self._wait_s, self._kinds = follow, wait_s, kinds
        self._patience = replace(patience, retry_s=FOR_EVER_S) if follow else patience

    def more(self) -> Steps[None]:
        backoff = Backoff()
        while not self.ready:
            asked_at = self._patience.clock()
            wait_s = self._wait_s if self._follow else 0
            page = yield from event_page(self.after, self.feed_id, wait_s, self._patience, self._kinds)
            self.feed_id = page.feed_id
            self.ready.extend(page.events)
            if not self.ready:
                self.after = page.last
            if not self._follow:
                return
            if not self.ready and self._patience.clock() - asked_at < self._wait_s / 2:
                yield Wait(backoff.next_s(0))  # it did not wait, so it is not asked at once again

    def take(self) -> Event:
        event = self.ready.popleft()
        self.after = event.seq
        return event
