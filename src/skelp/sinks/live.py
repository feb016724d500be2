"""The last lines of the strip, for those who watch. Whoever writes overwrites, so a slow viewer never holds the inspection back."""

from __future__ import annotations

from collections import deque

from skelp.domain.coverage import State
from skelp.domain.outcome import Outcome, Picture
from skelp.ports import Passed, Shown

_KEPT = 24


class LiveStrip:
    """Satisfies ports.LiveSlot. Appending to a deque is atomic; pictures are encoded by whoever asks, when asked."""

    def __init__(self) -> None:
        self._shown: deque[Shown] = deque(maxlen=_KEPT)
        self._picture: Picture | None = None
        self._seq = 0

    def show(self, outcome: Outcome) -> None:
        """Called by the one thread that keeps results."""
        if outcome.picture is not None:
            self._picture = outcome.picture
            self._append(outcome.picture)
        for i in outcome.intervals:
            if i.state is not State.INSPECTED:
                self._append(Passed(outcome.camera, outcome.coil_id, i))

    def latest(self) -> Picture | None:
        return self._picture

    def after(self, seq: int) -> list[Shown]:
        return [s for s in list(self._shown) if s.seq > seq]

    def _append(self, what: Picture | Passed) -> None:
        self._seq += 1
        self._shown.append(Shown(self._seq, what))
