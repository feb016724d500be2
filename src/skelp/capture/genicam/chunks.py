"""Reads the chunks that a camera sends with a frame: the encoder's count of each line, and the camera's clock."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import Any

import numpy as np
from genicam import genapi
from numpy.typing import NDArray

from skelp.capture.genicam.settings import CameraSettings

_SELECTOR = "ChunkScanLineSelector"
_COUNT, _CLOCK = "ChunkEncoderValue", "ChunkTimestamp"
_TICKS = "GevTimestampTickFrequency"


class Chunks:
    """The chunks of the frame fetched last.

    The names are those of GenICam's SFNC. `ChunkScanLineSelector` selects the line of a frame whose value is read. A camera that lacks
    it, or whose selector does not select the encoder's count, gives one count for a frame.
    """

    def __init__(self, nodes: Any, settings: CameraSettings) -> None:
        """`nodes`: the camera's node map, with all features set."""
        self._nodes, self._counts_per_line = nodes, settings.encoder_counts_per_line
        selected = _selected(nodes)
        self._counts_lines = self._counts_per_line is not None and settings.line_rate_hz is None and _COUNT in selected
        self._has_clock = self._counts_per_line is not None and _enable_clock(nodes)
        self._clocks_lines = _CLOCK in selected
        self._ns_per_tick = 1e9 / nodes.get_node(_TICKS).value if self._has_clock and nodes.has_node(_TICKS) else 1.0

    def strip_line(self) -> int | None:
        """The encoder's count at the first line, in lines; None if the camera file does not enable it.

        Raises genapi.GenericException if the frame came without it.
        """
        if self._counts_per_line is None:
            return None
        return self._at(0) if self._counts_lines else self._in_lines(self._nodes.ChunkEncoderValue.value)

    def positions(self, lines: int) -> NDArray[np.int64] | None:
        """The encoder's count at each of the first `lines` lines, in lines, int64 [lines]; None if the camera does not tell it.

        It reads the first and the last count only, if the difference says that the strip ran one way. A camera whose lines are not
        triggered by the encoder has no positions, because its lines are no steps of the encoder.
        """
        if not self._counts_lines or lines == 0:
            return None
        with suppress(genapi.GenericException):  # a camera may send fewer counts than lines
            first, last = self._at(0), self._at(lines - 1)
            if abs(last - first) == lines - 1:
                return np.arange(lines, dtype=np.int64) * (1 if last > first else -1) + first
            return np.array([self._at(line) for line in range(lines)], np.int64)
        return None

    def exposed_ns(self, lines: int) -> int | None:
        """When the last of `lines` lines was exposed, by the camera's clock in ns; None if the camera sends no time.

        A camera with one time for a frame sends that of the frame's start.
        """
        if not self._has_clock or lines == 0:
            return None
        with suppress(genapi.GenericException):  # a camera may name the time, and not send it
            if self._clocks_lines:
                self._nodes.ChunkScanLineSelector.value = lines - 1
            ticks = int(self._nodes.ChunkTimestamp.value)
            return ticks if self._ns_per_tick == 1 else round(ticks * self._ns_per_tick)
        return None

    def _at(self, line: int) -> int:
        self._nodes.ChunkScanLineSelector.value = line
        return self._in_lines(self._nodes.ChunkEncoderValue.value)

    def _in_lines(self, count: int) -> int:
        """Rounds to the nearest line. So a counts per line that is no whole number gives one line after the other."""
        return math.floor(count / (self._counts_per_line or 1) + 0.5)


def _selected(nodes: Any) -> set[str]:
    """Names of the features that ChunkScanLineSelector selects; none if the camera lacks it."""
    if not nodes.has_node(_SELECTOR):
        return set()
    return {feature.node.name for feature in nodes.get_node(_SELECTOR).node.selected_features}


def _enable_clock(nodes: Any) -> bool:
    """Adds the time to the chunks, if the camera can send it. Returns whether it does."""
    if not nodes.has_node(_CLOCK) or "Timestamp" not in nodes.ChunkSelector.symbolics:
        return False
    with suppress(genapi.GenericException):  # some cameras refuse to switch single chunks
        nodes.ChunkSelector.value = "Timestamp"
        if not nodes.ChunkEnable.value:
            nodes.ChunkEnable.value = True
        return True
    return False
