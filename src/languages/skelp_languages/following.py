"""Follows a station's feed and tells a plant what it must know: in order, nothing left out, and marked where it may be a repeat."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import chain
from typing import TypeVar

import structlog

from skelp.domain.errors import SkelpError
from skelp_client import ClientError, Coil, Defect, Deleted, Event, EventPage, FeedChanged, Station, StationError, Unreachable
from skelp_languages.place import Place, PlaceFile

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

        Raises SkelpError, and leaves the place as it is, if the place is of another feed or lost, if events that were not told are deleted,
        or if the plant would not be told of events that are there.
        """
        stored = self._place.place
        if after is None and stored is not None:
            self._answered(lambda: self._page(0.0))  # refuses a place that is no place of this feed
            return
        if after is None and self._place.is_lost:
            raise SkelpError(
                "the file of the place is gone, so nobody knows up to which event the plant was told; bring it back from a backup, or give "
                "--after NUMBER (0: everything that the station's feed has; what the plant has already is then not marked as a repeat)"
            )
        feed_id, oldest, last = self._answered(self._ends)
        if after is not None:
            self._check(after, stored, feed_id, oldest, last)
        begin = after if after is not None else oldest - 1 if at_first else last
        self._place.begin(feed_id, begin)
        log.info("the plant is told what comes after an event", after=begin, last=last)

    @staticmethod
    def _check(after: int, stored: Place | None, feed_id: str, oldest: int, last: int) -> None:
        """Raise SkelpError if the plant would miss events, or wait for ever, by beginning after event `after`."""
        if after > last:
            raise SkelpError(f"--after {after}: the last event of the station's feed is {last}; give that or an earlier one")
        if after < oldest - 1:
            raise SkelpError(
                f"--after {after}: events up to {oldest - 1} are deleted; give the plant their results another way (GET /coils), then "
                f"begin with --after {oldest - 1}"
            )
        if stored is not None and stored.feed_id == feed_id and after > max(stored.after, oldest - 1):
            raise SkelpError(
                f"--after {after}: the plant was told of events up to {stored.after}, so it would never hear of those that follow up to "
                f"{after}; --after goes back only"
            )

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
            coil = self._coil_of(event)
            tell(Told(event, self._place.begun(event.seq), coil))

        self._answered(once)

    def _coil_of(self, event: Event) -> Coil | None:
        """An event's coil as it is now. Raises SkelpError if the station has got another database since the event was read."""
        if not event.coil_id:
            return None
        try:
            return self._station.coil(event.coil_id)
        finally:
            self._page(0.0, after=event.seq, kinds=_RARE)

    def _page(self, wait_s: float, *, after: int | None = None, kinds: Collection[str] | None = None) -> EventPage:
        """The events after the place, or after another one, of the kinds that are told, or of other ones."""
        place = self._place.place
        if place is None:
            raise SkelpError("there is no place in the feed yet")
        after, kinds = place.after if after is None else after, self._kinds if kinds is None else kinds
        try:
            return self._station.event_page(after, place.feed_id, wait_s=wait_s, kinds=kinds)
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
