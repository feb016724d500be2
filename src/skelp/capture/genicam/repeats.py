"""Notices a camera that sends a picture again. Steel moves and every pixel has noise, so no two pictures of it are equal."""

from __future__ import annotations

import hashlib
from collections import OrderedDict

import numpy as np

from skelp.domain.greys import BACKGROUND_MAX_DN, GLARE_DN
from skelp.domain.strip import Pixels

_EVERY_LINES = 32
_REMEMBERED = 1024
"""Frames. A driver that stands still gives its buffers round and round, and a camera file asks for 1,024 at most."""
_STEEL_SHARE = 0.01
"""A frame in which fewer pixels may be steel is dark or overexposed, whatever single pixels show. Such frames may be equal, and have
reasons of their own."""


class Repeats:
    """Compares each frame with the last ones, in some of its lines. A camera that repeats one shows a test pattern, or its driver gives an
    old buffer.
    """

    def __init__(self) -> None:
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    def add(self, pixels: Pixels) -> bool:
        """Whether a frame, uint8 [lines, width], shows the same pixels as one of the last 1,024 frames, or one line over and over."""
        step = _EVERY_LINES if len(pixels) >= 2 * _EVERY_LINES else 1
        some, below = np.ascontiguousarray(pixels[::step]), pixels[1::step]
        if ((some > BACKGROUND_MAX_DN) & (some < GLARE_DN)).mean() < _STEEL_SHARE:
            return False
        one_line = len(below) > 0 and np.array_equal(some[: len(below)], below) and bool((some == some[0]).all())
        digest = hashlib.blake2b(some.data, digest_size=16).digest()
        repeated = digest in self._seen
        self._seen[digest] = None
        self._seen.move_to_end(digest)
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return one_line or repeated
