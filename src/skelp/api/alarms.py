"""What needs a person now."""

from __future__ import annotations

import threading
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from skelp.api.schema import Acknowledge, AlarmList
from skelp.domain.alarms import ACKNOWLEDGED, Alarm, Board
from skelp.ports import RecordReader, RecordWriter

_LOOK_BACK = 20_000
"""Events that are read again after a restart: alarms older than that are history."""


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
            data = {"key": key, "through_seq": alarm.last_seq, "operator": operator}
            with self._writer.transaction() as change:
                change.publish(ACKNOWLEDGED, alarm.coil_id, data)
            self._current()

    def _current(self) -> Board:
        if self._board is None:
            self._board = Board()
            self._board.last_seq = max(0, self._records.newest_event() - _LOOK_BACK)
        while news := self._records.events(after=self._board.last_seq, limit=1000):
            for e in news:
                self._board.tell(e.seq, e.time, e.kind, e.coil_id, e.data)
        return self._board


def router(alarms: Alarms) -> APIRouter:
    """Routes under /alarms."""
    api = APIRouter(prefix="/alarms", tags=["alarms"])

    @api.get("", response_model=AlarmList)
    def listed() -> Any:
        """What needs a person, the costliest first, the same thing again as one line with a count."""
        return {"alarms": [asdict(a) for a in alarms.now()]}

    @api.post("/acknowledge", status_code=204)
    def acknowledge(said: Acknowledge) -> None:
        """An operator has seen it. One that stands stays in the list until its condition ends; one that comes again is new."""
        alarms.acknowledge(said.key, said.operator)

    return api
