"""Events of threads that must not wait for the database: camera threads and the network's thread."""

from __future__ import annotations

import threading

from skelp.domain.events import Payload


class Outbox:
    """Keeps events until the sink stores them. Any thread may call its methods.

    A camera thread that waited for a locked database would lose frames, and would give the camera or the inspection as the reason.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Payload] = []

    def put(self, payload: Payload) -> None:
        """Add an event. Never waits."""
        with self._lock:
            self._waiting.append(payload)

    def take(self) -> list[Payload]:
        """Remove all events and return them, oldest first."""
        with self._lock:
            taken, self._waiting = self._waiting, []
        return taken

    @property
    def is_empty(self) -> bool:
        return not self._waiting
