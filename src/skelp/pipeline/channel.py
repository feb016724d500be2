"""A bounded queue between threads that can be closed, with or without an error."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class ClosedError(Exception):
    """The channel is closed: nothing more can be put, or everything that was put has been taken."""


class Channel(Generic[T]):
    """`put` waits for room, `offer` does not; `get` gives items in order until the channel is closed and empty."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._items: deque[T] = deque()
        self._closed = False
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: T) -> None:
        """Add an item, waiting for room. Raises ClosedError."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._items) < self._capacity)
            self._add(item)

    def offer(self, item: T) -> bool:
        """Add an item if there is room. Raises ClosedError."""
        with self._changed:
            if len(self._items) >= self._capacity and not self._closed:
                return False
            self._add(item)
            return True

    def get(self, timeout_s: float | None = None) -> T | None:
        """The next item; None if `timeout_s` passed without one. Raises ClosedError at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._items, timeout_s)
            if self._items:
                item = self._items.popleft()
                self._changed.notify_all()
                return item
            if self._closed:
                raise ClosedError
            return None

    def close(self) -> None:
        """No more items. Those inside can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def abort(self) -> None:
        """Close and forget what is inside: an error has made it worthless."""
        with self._changed:
            self._items.clear()
            self._closed = True
            self._changed.notify_all()

    def _add(self, item: T) -> None:
        if self._closed:
            raise ClosedError
        self._items.append(item)
        self._changed.notify_all()
