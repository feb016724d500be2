"""Stores the newest items of the live picture. New items overwrite old ones, so a slow viewer never delays the inspection."""

from __future__ import annotations

from collections import deque

from skelp.domain.coverage import State
from skelp.domain.outcome import Outcome, Picture
from skelp.ports import LiveItem, NotInspected

_ITEMS = 24


class LiveStrip:
    """Satisfies ports.LiveItems. It needs no lock, because appending to a deque is atomic. The reader encodes the pictures."""

    def __init__(self) -> None:
        self._items: deque[LiveItem] = deque(maxlen=_ITEMS)
        self._picture: Picture | None = None
        self._seq = 0

    def show(self, outcome: Outcome) -> None:
        """Add an outcome. Only the thread that stores results calls this."""
        if outcome.picture is not None:
            self._picture = outcome.picture
            self._append(outcome.picture)
        for i in outcome.intervals:
            if i.state is not State.INSPECTED:
                self._append(NotInspected(outcome.camera, outcome.coil_id, i))

    def latest(self) -> Picture | None:
        return self._picture

    def after(self, seq: int) -> list[LiveItem]:
        return [i for i in list(self._items) if i.seq > seq]

    def _append(self, content: Picture | NotInspected) -> None:
        self._seq += 1
        self._items.append(LiveItem(self._seq, content))
