"""Logs what somebody else may cause many times a second: a peer must not be able to fill the disk with it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog

EVERY_S = 60.0
_FIRST = 5

log = structlog.get_logger()


class Seldom:
    """Logs the first five of a kind, and then one a minute. `left_out` says how many were not logged since. Any thread may call it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._kinds: dict[str, _Kind] = {}

    def warning(self, event: str, **facts: Any) -> None:
        """Log a warning, if it is time. `event` is the kind."""
        self._say(log.warning, event, facts)

    def info(self, event: str, **facts: Any) -> None:
        """The same for what is no fault."""
        self._say(log.info, event, facts)

    def _say(self, logged: Callable[..., object], event: str, facts: dict[str, Any]) -> None:
        with self._lock:
            left_out = self._kinds.setdefault(event, _Kind()).next(self._clock())
        if left_out is not None:
            logged(event, **facts, **({"left_out": left_out} if left_out else {}))


class SeldomRecords(logging.Filter):
    """The same for a library that logs by itself: a kind is what one line of its code logs."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._kinds: dict[tuple[str, int], _Kind] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        left_out = self._kinds.setdefault((record.pathname, record.lineno), _Kind()).next(self._clock())
        if left_out:
            record.msg = f"{record.msg} (and {left_out} more since the last one that was logged)"
        return left_out is not None


class _Kind:
    def __init__(self) -> None:
        self._at, self._logged, self._left_out = 0.0, 0, 0

    def next(self, now: float) -> int | None:
        """How many were left out before one that is logged now; None: this one is left out too."""
        if self._logged >= _FIRST and now - self._at < EVERY_S:
            self._left_out += 1
            return None
        found, self._left_out = self._left_out, 0
        self._at, self._logged = now, self._logged + 1
        return found
