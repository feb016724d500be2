"""Opens transactions that change the records."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

import sqlalchemy as sa

from skelp.domain.reasons import Reason, RecordsLocked, RecordsSlow, RecordsUnreachable
from skelp.domain.recipe import Recipe
from skelp.sinks.sql.changes import Changes
from skelp.sinks.sql.claim import Claim
from skelp.sinks.sql.faults import told
from skelp.sinks.sql.session import Session


class _Phase(Enum):
    CONNECTING = "connecting"
    LOCKED = "waiting for the write lock"
    WRITING = "writing"


class _Timed:
    """The phases of one transaction, each with the time when it began, in s."""

    def __init__(self, first: _Phase) -> None:
        self._began = [(first, time.monotonic())]
        self._ended: float | None = None

    def begin(self, phase: _Phase) -> None:
        self._began.append((phase, time.monotonic()))

    def end(self) -> None:
        self._ended = time.monotonic()

    def longest(self) -> tuple[float, _Phase]:
        """The time of the longest phase until now or until the end, in s, and that phase."""
        began = list(self._began)
        ends = [at for _, at in began[1:]] + [self._ended or time.monotonic()]
        return max(((end - at, phase) for (phase, at), end in zip(began, ends, strict=True)), key=lambda timed: timed[0])


class Writer:
    """Satisfies ports.RecordWriter."""

    def __init__(self, engine: sa.Engine, recipe: Recipe, claim: Claim, station: int) -> None:
        self._engine, self._recipe, self._claim, self._station = engine, recipe, claim, station
        # SQLite takes the write lock when a transaction begins, PostgreSQL when the claim is checked
        self._first = _Phase.LOCKED if engine.dialect.name == "sqlite" else _Phase.CONNECTING
        self._open: dict[int, _Timed] = {}
        self._last = _Timed(_Phase.WRITING)
        self._last.end()

    @contextmanager
    def transaction(self) -> Iterator[Changes]:
        """Open a transaction. All its changes are stored, or none.

        Raises SkelpError with the reason if the database refuses, for example because of a full disk, or if this station has lost its
        claim on it.
        """
        timed = self._open[threading.get_ident()] = _Timed(self._first)
        try:
            with told("results cannot be stored"), self._engine.begin() as connection:
                timed.begin(_Phase.LOCKED)
                self._claim.check(connection, self._station)
                timed.begin(_Phase.WRITING)
                yield Changes(Session(connection, self._station), self._recipe)
        finally:
            timed.end()
            self._last = timed
            del self._open[threading.get_ident()]

    def why_slow(self, write_s: float) -> Reason:
        """Why a write takes long, at this moment, or why it took long when it has just ended: its longest phase.

        `write_s`: seconds that it took until now. A write also stores files; if they took the time, the reason is RecordsSlow.
        """
        timed = list(self._open.copy().values()) or [self._last]
        phase_s, phase = max((t.longest() for t in timed), key=lambda found: found[0])
        if phase_s < write_s / 2:
            return RecordsSlow(round(write_s, 1))
        if phase is _Phase.CONNECTING:
            return RecordsUnreachable()
        return RecordsLocked(round(write_s, 1)) if phase is _Phase.LOCKED else RecordsSlow(round(write_s, 1))
