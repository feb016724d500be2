"""Alarms: conditions that need a person."""

from __future__ import annotations

import threading
from typing import Any

from fastapi import APIRouter, Request

from skelp.api.schema.station import Acknowledge, AlarmList
from skelp.api.signature import signed
from skelp.domain.alarms import Alarm, Board
from skelp.domain.events import AlarmAcknowledged
from skelp.ports import RecordReader, RecordWriter
from skelp.render.records import alarm_record

_EVENTS_AFTER_RESTART = 20_000
"""Number of events that are read again after a restart. Older alarms are no longer listed."""


class Alarms:
    """The alarms of a station. Each call first reads the new events of the feed. Any thread may call it."""

    def __init__(self, records: RecordReader) -> None:
        self._records, self._lock = records, threading.Lock()
        self._board: Board | None = None

    def now(self) -> list[Alarm]:
        """The current alarms, the costliest first."""
        with self._lock:
            return self._current().alarms

    def acknowledge(self, key: str, operator: str, writer: RecordWriter) -> None:
        """Publish that an operator has seen an alarm. Raises LookupError if there is no such alarm."""
        with self._lock:
            alarm = self._current().get(key)
            with writer.transaction() as change:
                change.publish(AlarmAcknowledged(key, alarm.last_seq, operator), alarm.coil_id)
            self._current()

    def _current(self) -> Board:
        if self._board is None:
            self._board = Board()
            self._board.last_seq = max(0, self._records.newest_event() - _EVENTS_AFTER_RESTART)
        while new := self._records.events(after=self._board.last_seq, limit=1000):
            for e in new:
                self._board.add(e.seq, e.time, e.coil_id, e.payload)
        return self._board


def router(alarms: Alarms) -> APIRouter:
    """The route that lists alarms."""
    api = APIRouter(prefix="/alarms", tags=["alarms"])

    @api.get("", response_model=AlarmList)
    def list_alarms() -> Any:
        """Alarms, the costliest first. An alarm that happens again is listed once, with a count."""
        return {"alarms": [alarm_record(a) for a in alarms.now()]}

    return api


def changes(alarms: Alarms, writer: RecordWriter) -> APIRouter:
    """The route that acknowledges one."""
    api = APIRouter(prefix="/alarms", tags=["alarms"])

    @api.post("/acknowledge", status_code=204)
    def acknowledge_alarm(body: Acknowledge, request: Request) -> None:
        """Record that an operator has seen the alarm. It stays in the list while its condition lasts. If it happens again, it is new."""
        alarms.acknowledge(body.key, signed(request, body.operator), writer)

    return api
