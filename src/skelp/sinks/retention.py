"""Deletes records that are older than the station file's rules, once a day, a few at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

import structlog

from skelp.domain.errors import SkelpError
from skelp.ports import OldRecords, RecordChanges, RecordWriter
from skelp.render.words import in_words

log = structlog.get_logger()

AT_ONCE = 500
"""Rows that one transaction deletes. It takes some milliseconds, in which the sink waits."""
PAUSE_S = 0.2
"""Time between two transactions, so that the sink writes in between."""
EVERY_S = 24 * 3600.0
_YEAR = timedelta(days=365.25)


@dataclass(frozen=True, slots=True)
class Rules:
    """After how many years records are deleted; None: never."""

    defects_years: float | None = None
    events_years: float | None = None


class Retention:
    """A thread from `__enter__` to `__exit__` that deletes old records at once and then every day. Without rules there is no thread.

    A database that fails is reported in the log, and the next day is another try: the line goes on, and the sink finds the same fault.
    """

    def __init__(self, records: OldRecords, writer: RecordWriter, rules: Rules) -> None:
        self._records, self._writer, self._rules = records, writer, rules
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="retention")

    def __enter__(self) -> Self:
        if self._rules != Rules():
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.apply(datetime.now(UTC))
            except SkelpError as error:
                log.warning("old records were not deleted; the next try is in a day", why=in_words(error))
            self._stop.wait(EVERY_S)

    def apply(self, now: datetime) -> None:
        """Delete what is too old at this time. What is deleted is published with it. Raises SkelpError if the database fails."""
        if self._rules.defects_years is not None:
            self._delete_defects(now - self._rules.defects_years * _YEAR)
        if self._rules.events_years is not None:
            self._delete_events(now - self._rules.events_years * _YEAR)

    def _delete_defects(self, before: datetime) -> None:
        for coil_id in self._records.coils_with_defects(before):
            self._delete_defects_of(coil_id, _iso(before))

    def _delete_defects_of(self, coil_id: str, before: str) -> None:
        self._in_parts(lambda change, _first: change.delete_defects(coil_id, AT_ONCE, before))

    def _delete_events(self, before: datetime) -> None:
        through = self._records.last_event_before(before)
        self._in_parts(lambda change, first: change.delete_events(through, AT_ONCE, _iso(before), publish=first))

    def _in_parts(self, delete: Callable[[RecordChanges, bool], int]) -> None:
        """Delete in transactions of their own, until less is found than one of them deletes. `delete` is told which is the first."""
        found, first = AT_ONCE, True
        while found == AT_ONCE and not self._stop.is_set():
            with self._writer.transaction() as change:
                found = delete(change, first)
            first = False
            self._stop.wait(PAUSE_S)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
