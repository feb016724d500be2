"""Alarms: what needs a person now."""

from __future__ import annotations

import threading
from typing import Any

from fastapi import APIRouter

from skelp.api.schema.station import Acknowledge, AlarmList
from skelp.domain.alarms import Alarm, Board
from skelp.domain.events import AlarmAcknowledged
from skelp.ports import RecordReader, RecordWriter
from skelp.render.records import alarm_record

_LOOK_BACK = 20_000
"""Events that are read again after a restart. Alarms from before them are not shown any more."""


class Alarms:
    """The board, kept up to date with the feed by whoever asks."""

    def __init__(self, records: RecordReader, writer: RecordWriter) -> None:
        self._records, self._writer, self._lock = records, writer, threading.Lock()
        self._board: Board | None = None

    def now(self) -> list[Alarm]:
        with self._lock:
            return self._current().alarms

    def acknowledge(self, key: str, operator: str) -> None:
        """LookupError if there is no such alarm."""
        with self._lock:
            alarm = self._current().get(key)
            with self._writer.transaction() as change:
                change.publish(AlarmAcknowledged(key, alarm.last_seq, operator), alarm.coil_id)
            self._current()

    def _current(self) -> Board:
        if self._board is None:
            self._board = Board()
            self._board.last_seq = max(0, self._records.newest_event() - _LOOK_BACK)
        while news := self._records.events(after=self._board.last_seq, limit=1000):
            for e in news:
                self._board.add(e.seq, e.time, e.coil_id, e.payload)
        return self._board


def router(alarms: Alarms) -> APIRouter:
    """Routes under /alarms."""
    api = APIRouter(prefix="/alarms", tags=["alarms"])

    @api.get("", response_model=AlarmList)
    def listed() -> Any:
        """What needs a person, the costliest first, the same thing again as one line with a count."""
        return {"alarms": [alarm_record(a) for a in alarms.now()]}

    @api.post("/acknowledge", status_code=204)
    def acknowledge(seen: Acknowledge) -> None:
        """An operator has seen the alarm. While its condition lasts it stays in the list. If it happens again, it is new."""
        alarms.acknowledge(seen.key, seen.operator)

    return api
