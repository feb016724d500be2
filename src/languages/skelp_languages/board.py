"""Tells the station how a connection stands, so that one page of the console shows all of them, and takes requests to send again."""

from __future__ import annotations

import threading
from collections import deque
from types import TracebackType
from typing import Self

import structlog

from skelp.domain.errors import SkelpError
from skelp_client import ClientError, ConnectionReport, NotAllowed, Station
from skelp_languages.following import RESULTS, Resend, is_result
from skelp_languages.place import PlaceFile
from skelp_languages.standing import Standing, Standings

EVERY_S = 5.0
_DETAIL, _PEER = 300, 200
"""Most characters that the station takes."""

log = structlog.get_logger()


class Board:
    """Reports every five seconds and after each change of state, from `__enter__` to `__exit__`, in a thread of its own.

    A station that is away or refuses the report does not disturb the connection: the results go their way, and only the page does not
    show it. What waits are the results that lie behind the place.
    """

    def __init__(self, name: str, station: Station, place: PlaceFile, standings: Standings, resend: Resend) -> None:
        self._name, self._station, self._place = name, station, place
        self._standings, self._resend = standings, resend
        self._wake, self._ended = threading.Event(), False
        self._waiting: deque[int] = deque()
        self._counted = self._told = 0
        self._handled: int | None = None
        self._asked = 0
        self._failed = False
        self._thread = threading.Thread(target=self._run, name="board", daemon=True)

    def __enter__(self) -> Self:
        """Raises SkelpError if the token's role may not report: then nobody would see this connection, nor be warned of it."""
        try:
            self.report()
        except NotAllowed as error:
            raise SkelpError(f"{error}; give this connection a token of the role mes (skelp token new)") from error
        except ClientError:
            pass  # the thread tries again, and tells
        self._standings.when_changed(self._wake.set)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ended = True
        self._wake.set()
        self._thread.join(EVERY_S)

    def _run(self) -> None:
        while not self._ended:
            try:
                self.report()
                self._failed = False
            except ClientError as error:
                if not self._failed:
                    log.warning("the station does not take how this connection stands", why=str(error))
                self._failed = True
            except Exception:  # the thread boundary: a bug of the board must not end a connection that works
                log.exception("the board failed by a bug; please report it")
            self._wake.wait(EVERY_S)
            self._wake.clear()

    def report(self) -> None:
        """Report once, and pass on a request to send again. Raises ClientError."""
        if self._handled is None:
            self._handled = self._asked = self._handled_before()
        if self._asked > self._handled and self._resend.after is None:
            self._handled = self._asked  # the place has gone back, and is on the disk
        answer = self._station.report_connection(self._name, report_of(self._standings.now, self._count(), self._handled))
        if answer.resend_number > self._asked and answer.resend_after is not None:
            self._asked = answer.resend_number
            self._resend.ask(answer.resend_after)

    def _handled_before(self) -> int:
        """The newest request that an earlier process has handled, as the station remembers it."""
        known = next((c for c in self._station.connections() if c.name == self._name), None)
        request = known.request if known else None
        return 0 if request is None else request.number if request.handled else request.number - 1

    def _count(self) -> int:
        """How many results wait that the plant must hear of."""
        place = self._place.place
        if place is None:
            return 0
        if place.after < self._told:  # it has gone back
            self._waiting.clear()
            self._counted = place.after
        self._told, self._counted = place.after, max(self._counted, place.after)
        while (page := self._station.event_page(self._counted, place.feed_id, kinds=RESULTS)).last > self._counted:
            self._waiting.extend(e.seq for e in page.events if is_result(e))
            self._counted = page.last
        while self._waiting and self._waiting[0] <= place.after:
            self._waiting.popleft()
        return len(self._waiting)


def report_of(now: Standing, waiting: int, handled: int) -> ConnectionReport:
    """A standing as the station takes it."""
    return ConnectionReport(
        now.language,
        now.peer[:_PEER],
        now.state.value,
        now.detail[:_DETAIL],
        now.sent,
        now.acknowledged,
        now.last_sent_at,
        now.last_acknowledged_at,
        waiting,
        handled,
    )
