"""Sends the events of one webhook, in order, and again until they arrive. A thread of its own, so that no receiver holds up the line."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

import structlog

from skelp.domain.errors import SkelpError
from skelp.domain.events import WebhookFailing
from skelp.domain.webhooks import KNOCKS, LONGEST_WAIT_S, Failure, WebhookStatus, headers, wait_s
from skelp.ports import Event, LetterRecords, RecordWriter
from skelp.render.records import event_record
from skelp.render.words import in_words

Post = Callable[[bytes, Mapping[str, str]], Failure | None]
"""Sends a body with headers. Returns why it did not arrive, or None."""
GIVE_UP = timedelta(days=3)
"""An event that is older than this is tried once more and then given up."""
_ALARM_AFTER = timedelta(minutes=10)
_POLL_S = 0.5
_AT_ONCE = 200
_NOTE_EVERY = 1000
"""So many events that nobody asked for are passed over before it is noted."""
_RECORDS_S = 5.0
_DELETED = "it was deleted by storage.retention.events_years before it was sent"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook: its name, its address as it may be shown, the kinds of events that it wants, its key, and how a letter is posted."""

    name: str
    url: str
    events: frozenset[str]
    key: bytes
    post: Post


class Courier:
    """Sends letters between `__enter__` and `__exit__`. It begins with what happens after a webhook was first configured.

    A letter is one event. Letters go in order, each until the receiver has taken it: a receiver that does not answer holds up what comes
    later, so that it gets everything in order when it is back. A letter that it refuses for what it says is given up after KNOCKS tries,
    and one that is older than GIVE_UP after one more. Letters that were given up are kept and shown, and can be sent again.
    """

    def __init__(self, hook: Hook, station: str, records: LetterRecords, writer: RecordWriter) -> None:
        self._hook, self._station, self._records, self._writer = hook, station, records, writer
        self._feed_id = records.feed_id()
        self._stop, self._skip, self._wake = threading.Event(), threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"webhook {hook.name}", daemon=True)
        self._sent, self._noted = 0, 0
        self._failures, self._since = 0, datetime.now(UTC)
        self._failure: Failure | None = None
        self._next_try: datetime | None = None
        self._alarmed = False

    def __enter__(self) -> Self:
        found = self._records.letters_sent(self._hook.name)
        newest = self._records.newest_event()
        self._sent = self._noted = newest if found is None or found > newest else found
        if found != self._sent:
            self._note()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._wake.set()
        self._thread.join(timeout=1)  # it may be posting a letter, which comes again at the next start

    @property
    def name(self) -> str:
        return self._hook.name

    def status(self) -> WebhookStatus:
        """What it does now. Any thread may ask. Raises RecordsError if the database cannot be read."""
        failure = self._failure
        return WebhookStatus(
            self._hook.name,
            self._hook.url,
            tuple(sorted(self._hook.events)),
            self._sent,
            max(0, self._records.newest_event() - self._sent),
            self._since if failure else None,
            failure,
            self._next_try if failure else None,
            tuple(self._records.dead_letters(self._hook.name)),
        )

    def send_again(self) -> int:
        """Send all letters again that were given up, and try what waits now. Returns the number of those that were given up."""
        with self._writer.transaction() as change:
            found = change.revive_letters(self._hook.name)
        self._wake.set()
        return found

    def give_up(self) -> None:
        """Give up the letter that is being tried, and go on with the next one. Raises LookupError if none is."""
        if self._failure is None:
            raise LookupError(f"webhook {self._hook.name} has no letter that fails")
        self._skip.set()
        self._wake.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                if not self._work():
                    self._pause(_POLL_S)
            except SkelpError as error:
                log.warning("a webhook waits for the records", webhook=self._hook.name, why=in_words(error))
                self._pause(_RECORDS_S)
            except Exception:  # the thread boundary: a bug must not end the webhook for good
                log.exception("a webhook failed by a bug; please report it", webhook=self._hook.name)
                self._pause(LONGEST_WAIT_S)

    def _work(self) -> bool:
        """Send what is next. Returns False if nothing is."""
        for letter in self._records.dead_letters(self._hook.name, again=True):
            event = next(iter(self._records.events(after=letter.seq - 1, limit=1)), None)
            if event is None or event.seq != letter.seq:
                self._bury(letter.seq, _DELETED, in_feed=False)
            else:
                self._deliver(event, in_feed=False)
            return True
        found = self._records.events(after=self._sent, limit=_AT_ONCE)
        if found and found[0].seq > self._sent + 1:
            self._bury(found[0].seq - 1, f"events {self._sent + 1} to {found[0].seq - 1}: {_DELETED}", in_feed=True)
        for event in found:
            if self._stop.is_set():
                break
            if event.payload.kind in self._hook.events:
                self._deliver(event, in_feed=True)
                return True
            self._sent = event.seq
        if self._sent - self._noted >= _NOTE_EVERY or (self._sent > self._noted and not found):
            self._note()
        return bool(found)

    def _deliver(self, event: Event, *, in_feed: bool) -> None:
        """Send a letter until it has arrived or is given up. `in_feed`: it is the feed's next one, not one that was given up."""
        tries = 0
        self._skip.clear()  # it was meant for the letter before
        while not self._stop.is_set():
            failure = self._hook.post(*self._letter(event))
            if failure is None:
                self._well(event, in_feed=in_feed)
                return
            tries += 1
            refused = failure.is_about_the_letter and tries >= KNOCKS
            self._ill(failure)
            is_old = datetime.now(UTC) - datetime.fromisoformat(event.time) > GIVE_UP
            if refused or is_old or not in_feed:
                self._bury(event.seq, failure.detail, in_feed=in_feed)
                return
            pause = max(wait_s(self._failures), failure.retry_after_s or 0)
            self._next_try = datetime.now(UTC) + timedelta(seconds=pause)
            self._pause(pause)
            if self._skip.is_set():
                self._skip.clear()
                self._bury(event.seq, f"given up by a person; last: {failure.detail}", in_feed=in_feed)
                return

    def _letter(self, event: Event) -> tuple[bytes, dict[str, str]]:
        """The body and the headers of a letter."""
        data = {"station": self._station, "feed_id": self._feed_id, "event": event_record(event)}
        body = json.dumps({"type": event.payload.kind.value, "timestamp": event.time, "data": data}, ensure_ascii=False).encode()
        return body, headers(self._hook.key, f"{self._feed_id}-{event.seq}", body)

    def _well(self, event: Event, *, in_feed: bool) -> None:
        with self._writer.transaction() as change:
            if in_feed:
                change.letters_sent(self._hook.name, event.seq)
            else:
                change.letter_arrived(self._hook.name, event.seq)
        if in_feed:
            self._sent = self._noted = event.seq
        self._failures, self._failure, self._alarmed = 0, None, False

    def _ill(self, failure: Failure) -> None:
        now = datetime.now(UTC)
        if self._failure is None:
            self._since = now
            log.warning("a webhook does not arrive", webhook=self._hook.name, why=failure.detail)
        self._failures, self._failure = self._failures + 1, failure
        if not self._alarmed and (now - self._since >= _ALARM_AFTER or failure.is_about_the_letter):
            with self._writer.transaction() as change:
                change.publish(WebhookFailing(self._hook.name, failure.reason))
            self._alarmed = True

    def _bury(self, seq: int, error: str, *, in_feed: bool) -> None:
        log.warning("a webhook gave up an event", webhook=self._hook.name, seq=seq, why=error)
        with self._writer.transaction() as change:
            change.bury_letter(self._hook.name, seq, error)
            if in_feed:
                change.letters_sent(self._hook.name, seq)
        if in_feed:
            self._sent = self._noted = seq
        self._failure = None

    def _note(self) -> None:
        with self._writer.transaction() as change:
            change.letters_sent(self._hook.name, self._sent)
        self._noted = self._sent

    def _pause(self, seconds: float) -> None:
        self._wake.wait(seconds)
        self._wake.clear()
