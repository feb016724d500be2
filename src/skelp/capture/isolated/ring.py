"""Frames side by side in memory that two processes share. The parent owns it; nothing is left of it when both are gone."""

from __future__ import annotations

import mmap
import os
from multiprocessing.reduction import DupFd
from typing import Any

import numpy as np

from skelp.domain.errors import SkelpError
from skelp.domain.strip import Pixels

Frames = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
"""The memory of a ring: uint8 [slots, lines, width]."""


class Ring:
    """`slots` places of at most `lines` x `width` px. Given to a process that is being started, it arrives there as `Frames`."""

    def __init__(self, slots: int, lines: int, width: int) -> None:
        self.slots, self.lines, self._width = slots, lines, width
        size = slots * lines * width
        available = _available_memory()
        if available is not None and size > available:
            raise SkelpError(
                f"a ring of {slots} frames of {lines} x {width} px needs {size / 2**20:.0f} MB of shared memory, "
                f"{available / 2**20:.0f} MB are free: set fewer ring_frames, or fewer lines a frame"
            )
        self._fd = os.memfd_create("skelp-ring")
        try:
            os.posix_fallocate(self._fd, 0, size)  # now, and not when a frame comes: a write beyond memory kills a process
            self._frames = _frames(self._fd, slots, lines, width)
        except OSError as error:
            os.close(self._fd)
            raise SkelpError(
                f"no shared memory for {slots} frames of {lines} x {width} px: {error.strerror}; set fewer ring_frames"
            ) from error

    def __reduce__(self) -> tuple[Any, ...]:
        return _attached, (DupFd(self._fd), self.slots, self.lines, self._width)

    def take(self, slot: int, lines: int) -> Pixels:
        """A copy of what lies in a slot, uint8 [lines, width]."""
        return np.array(self._frames[slot, :lines])

    def close(self) -> None:
        os.close(self._fd)


def _attached(shared: Any, slots: int, lines: int, width: int) -> Frames:
    return _frames(shared.detach(), slots, lines, width)


def _frames(fd: int, slots: int, lines: int, width: int) -> Frames:
    return np.frombuffer(mmap.mmap(fd, slots * lines * width), np.uint8).reshape(slots, lines, width)


def _available_memory() -> int | None:
    try:
        with open("/proc/meminfo", encoding="ascii") as f:
            return next(int(line.split()[1]) * 1024 for line in f if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return None
