"""Follows a station's feed and tells a plant what it must know: in order, nothing left out, and marked where it may be a repeat."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import chain
from typing import TypeVar

import structlog

from skelp.domain.errors import SkelpError
from skelp_client import ClientError, Coil, Defect, Deleted, Event, EventPage, FeedChanged, Station, StationError, Unreachable
from skelp_languages.place import PlaceFile

WAIT_S = 5.0
"""How long the station waits for the next event: as long as a request to send again may take to be noticed."""
_AWAY_S = 1.0
RESULTS = frozenset({"coil.final", "coil.changed", "coil.decided", "coil.revised"})
"""After these a plant must hear of a coil (again): its result, another identity, a person's decision, one by another recipe."""

_PASSING = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
_RARE = {"station.started"}
"""Asked for these, a station answers with its last number and nearly no events."""
T = TypeVar("T")

log = structlog.get_logger()


def is_result(event: Event) -> bool:
    """Whether an event says that there is a result, or another one. A change of a coil that was not final is none: coil.final follows."""
    return event.kind in RESULTS and (event.kind != "coil.changed" or bool(event.data.get("corrected")))


@dataclass(frozen=True, slots=True)
class Told:
    """An event to be told. `repeat`: the plant may have heard of it before. `coil`: as it is now, None if the event is about no coil."""

    event: Event
    repeat: bool
    coil: Coil | None

    @property
    def result(self) -> Coil | None:
        """The final coil whose result the event says; None if it says none."""
        return self.coil if self.coil is not None and self.coil.status == "final" and is_result(self.event) else None


class Resend:
    """A person's request to tell again what came after an event. Any thread may make one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._after: int | None = None

    def ask(self, after: int) -> None:
        with self._lock:
            self._after = after if self._after is None else min(self._after, after)

    @property
    def after(self) -> int | None:
        """What is asked for and not done yet; None if nothing is."""
        return self._after

    def done(self, after: int) -> None:
        """The place has gone back to `after`. A request to go back further, which came meanwhile, stays."""
        with self._lock:
            if self._after is not None and self._after >= after:
                self._after = None


class Follower:
    """Follows the feed from the stored place on. `kinds`: of the events that are told; the others only move the place.

    `away` is called with the error when the station does not answer, and with None when it is back.
    """

    def __init__(
        self,
        station: Station,
        place: PlaceFile,
        kinds: frozenset[str],
        resend: Resend,
        away: Callable[[ClientError | None], None] = lambda _: None,
    ) -> None:
        self._station, self._place, self._kinds, self._resend = station, place, kinds, resend
        self._away, self._is_away = away, False

    def begin(self, after: int | None, *, at_first: bool) -> None:
        """Settle where to begin: after event `after`, else where the place is, else at the feed's first event or after its last one.

        Raises SkelpError if the place is of another feed, or if events that were not told are deleted.
        """
        stored = self._place.place
        if after is None and stored is not None:
            self._answered(lambda: self._page(0.0))  # refuses a place that is no place of this feed
            return
        feed_id, oldest, last = self._answered(self._ends)
        self._place.begin(feed_id, after if after is not None else oldest - 1 if at_first else last)

    def run(self, tell: Callable[[Told], None]) -> None:
        """Tell what happens, for ever. `tell` returns when the plant has it for certain; what it raises ends the following.

        If the station goes away while `tell` reads from it (Unreachable), the event is told again, as a repeat.
        """
        while True:
            page = self._answered(lambda: self._page(WAIT_S))
            for event in page.events:
                if event.kind in self._kinds:
                    self._tell(event, tell)
                    self._place.told(event.seq)
                if self._goes_back():
                    break
            else:
                self._place.told(page.last)
                self._goes_back()

    def _goes_back(self) -> bool:
        """Whether a person asked to tell again what came after an event before the present place."""
        after = self._resend.after
        if after is None:
            return False
        log.info("a person asked to tell again what came after an event", after=after)
        self._place.go_back(after)
        self._resend.done(after)
        return True

    def _tell(self, event: Event, tell: Callable[[Told], None]) -> None:
        def once() -> None:
            coil = self._station.coil(event.coil_id) if event.coil_id else None
            tell(Told(event, self._place.begun(event.seq), coil))

        self._answered(once)

    def _page(self, wait_s: float) -> EventPage:
        place = self._place.place
        if place is None:
            raise SkelpError("there is no place in the feed yet")
        try:
            return self._station.event_page(place.after, place.feed_id, wait_s=wait_s, kinds=self._kinds)
        except FeedChanged as error:
            raise SkelpError(
                f"{error}. The station's database was exchanged or restored, so what the plant was told is of another feed; "
                "tell the plant, then begin anew with --after NUMBER (0: everything)"
            ) from error
        except Deleted as error:
            last_gone = (error.oldest or 1) - 1
            raise SkelpError(
                f"{error}. The plant was not told of coils that ended in events {place.after + 1} to {last_gone}; give it their results "
                f"another way (GET /coils), then begin with --after {last_gone}"
            ) from error

    def _ends(self) -> tuple[str, int, int]:
        """The feed's id, its oldest event that is still there, and its last one."""
        oldest = 1
        try:
            page = self._station.event_page(0, None, wait_s=0)
        except Deleted as error:
            oldest = error.oldest or 1
            page = self._station.event_page(oldest - 1, None, wait_s=0)
        last, after = page.last, -1
        while last > after:
            after, last = last, self._station.event_page(last, page.feed_id, kinds=_RARE).last
        return page.feed_id, oldest, last

    def _answered(self, ask: Callable[[], T]) -> T:
        """What the station answers, however long it is away."""
        while True:
            try:
                found = ask()
            except (Unreachable, StationError) as error:
                if isinstance(error, StationError) and error.status not in _PASSING:
                    raise
                self._note(error)
                time.sleep(_AWAY_S)
            else:
                self._note(None)
                return found

    def _note(self, error: ClientError | None) -> None:
        if (error is not None) != self._is_away:
            self._is_away = error is not None
            if error is None:
                log.info("the station is back")
            else:
                log.warning("the station is away", why=str(error))
            self._away(error)


def defects_of(station: Station, coil_id: str) -> Iterator[Defect] | None:
    """A coil's defects in order, without marks; None if they are too old and were deleted: the coil says how many there were."""
    found = station.defects(coil_id)
    try:
        first = next(found, None)
    except Deleted:
        return None
    return iter(()) if first is None else chain([first], found)
