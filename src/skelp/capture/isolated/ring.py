"""Shares the memory of frames between two processes. The system frees the memory when both processes have ended."""

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
    """Memory for frames that the parent owns: `slots` slots of at most `lines` x `width` px.

    If it is an argument of a process that is being started, the process receives its memory as `Frames`.
    """

    def __init__(self, slots: int, lines: int, width: int) -> None:
        """Allocates the memory. Raises SkelpError if there is not enough."""
        self.slots, self.lines, self._width = slots, lines, width
        size = slots * lines * width
        available = _available_memory()
        if available is not None and size > available:
            raise SkelpError(
                f"a ring of {slots} frames of {lines} x {width} px needs {size / 2**20:.0f} MB of shared memory, but only "
                f"{available / 2**20:.0f} MB are free; free memory, or set fewer frame_lines in the camera file"
            )
        self._fd = os.memfd_create("skelp-ring")
        try:
            os.posix_fallocate(self._fd, 0, size)  # now: if memory were missing at the first write, the system would kill the process
            self._frames = _frames(self._fd, slots, lines, width)
        except OSError as error:
            os.close(self._fd)
            raise SkelpError(
                f"no shared memory for {slots} frames of {lines} x {width} px: {error.strerror}; free memory, or set fewer frame_lines in "
                "the camera file"
            ) from error

    def __reduce__(self) -> tuple[Any, ...]:
        return _attach, (DupFd(self._fd), self.slots, self.lines, self._width)

    def copy(self, slot: int, lines: int) -> Pixels:
        """Copies the first lines out of a slot, uint8 [lines, width]."""
        return np.array(self._frames[slot, :lines])

    def close(self) -> None:
        os.close(self._fd)


def _attach(shared: Any, slots: int, lines: int, width: int) -> Frames:
    return _frames(shared.detach(), slots, lines, width)


def _frames(fd: int, slots: int, lines: int, width: int) -> Frames:
    return np.frombuffer(mmap.mmap(fd, slots * lines * width), np.uint8).reshape(slots, lines, width)


def _available_memory() -> int | None:
    """Returns the free memory in bytes; None if the system does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as f:
            return next(int(line.split()[1]) * 1024 for line in f if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return None
