"""Notices a camera that sends the same picture again. Steel moves and every pixel has noise, so no two pictures of it are equal."""

from __future__ import annotations

import numpy as np

from skelp.domain.greys import BACKGROUND_MAX_DN, GLARE_DN
from skelp.domain.strip import Pixels

_EVERY_LINES = 32


class Repeats:
    """Compares each frame with the one before, in some of its lines. Such a camera shows a test pattern, or its driver an old buffer.

    Pictures that are nothing but dark or overexposed may be equal, and have reasons of their own.
    """

    def __init__(self) -> None:
        self._last: Pixels | None = None

    def add(self, pixels: Pixels) -> bool:
        """Whether a frame, uint8 [lines, width], is the one before, or one line over and over."""
        some = pixels[::_EVERY_LINES].copy()
        below = pixels[1::_EVERY_LINES]
        one_line = len(below) > 0 and np.array_equal(some[: len(below)], below) and bool((some == some[0]).all())
        repeated = one_line or (self._last is not None and np.array_equal(self._last, some))
        self._last = some
        return repeated and bool(((some > BACKGROUND_MAX_DN) & (some < GLARE_DN)).any())
