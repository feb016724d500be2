"""A bounded queue between threads. It can be closed, at the end or after an error."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")
_FILLING = 0.75


class ClosedError(Exception):
    """The channel is closed: `put` and `offer` refuse items, and `get` has no more."""


class Channel(Generic[T]):
    """A first-in, first-out queue of at most `capacity` items. `put` waits for room, `offer` does not. `get` works until it is empty."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._items: deque[T] = deque()
        self._closed = False
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return len(self._items)

    @property
    def is_full(self) -> bool:
        """Whether `put` would wait now."""
        return len(self._items) >= self._capacity

    @property
    def is_filling(self) -> bool:
        """Whether three quarters of it, or more, are taken."""
        return len(self._items) >= _FILLING * self._capacity

    @property
    def is_nearly_empty(self) -> bool:
        """Whether a quarter of it, or less, is taken."""
        return len(self._items) <= (1 - _FILLING) * self._capacity

    def put(self, item: T) -> None:
        """Wait for room and add an item. Raises ClosedError if the channel is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._items) < self._capacity)
            self._add(item)

    def offer(self, item: T) -> bool:
        """Add an item if there is room; False if there is none. Raises ClosedError if the channel is closed."""
        with self._changed:
            if len(self._items) >= self._capacity and not self._closed:
                return False
            self._add(item)
            return True

    def get(self, timeout_s: float | None = None) -> T | None:
        """The next item; None if none came within `timeout_s` seconds. Raises ClosedError if the channel is closed and empty."""
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
        """Refuse new items. Items in the channel can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def abort(self) -> None:
        """Close the channel and discard its items, after an error."""
        with self._changed:
            self._items.clear()
            self._closed = True
            self._changed.notify_all()

    def _add(self, item: T) -> None:
        if self._closed:
            raise ClosedError
        self._items.append(item)
        self._changed.notify_all()
