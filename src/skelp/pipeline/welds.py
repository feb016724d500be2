"""Finds weld seams in pictures: a narrow band that is brighter or darker than the steel before and after it, from edge to edge.

A seam lies across the whole strip, and hardly any defect does. What is found is told as a state of the line. It changes nothing of what
is inspected and found there: what crosses the strip may be a stop mark of a roll, too.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp.domain.line_state import KnownBy, LineState, Passage
from skelp.domain.strip import Pixels

_CELL_MM = 2.0
_COLUMNS = 64
_SAMPLES, _SAMPLED_LINES = 8, 2
"""Pixels of a line, and lines, that a cell is made of. More would take time and see no more."""
_LEAST_ROWS = 8
_SHORTEST_MM, _LONGEST_MM = 2.0, 80.0
_CHANGE = 0.1
"""Least change of grey in a seam, as a share of the steel's."""
_TIMES_USUAL = 6.0
"""Least change of grey in a seam, as a multiple of what is usual in the column."""
_SEAM, _STEEL = 0.95, 0.3
"""Shares of the columns that differ in a seam, at least, and in the steel before and after it, at most."""
_JOINED_MM = 30.0
"""Parts of a seam that lie so close together are one, as its ridge and the steel that its heat changed."""
MOST_SEAMS = 100
"""Seams of one coil that are told. Steel with more bands across it has marks that repeat, such as chatter, and not so many seams."""
_NO_ROWS = np.zeros((0, _COLUMNS), np.uint8)


class WeldFinder:
    """Looks at the blocks of one camera on one coil. It keeps the last rows of a block, because a seam may end in the next one."""

    def __init__(self, mm_per_line: float) -> None:
        self._mm = mm_per_line
        self._step = max(1, round(_CELL_MM / mm_per_line / _SAMPLED_LINES))
        self._lines = self._step * max(1, round(_CELL_MM / mm_per_line / self._step))
        self._longest, self._shortest = (mm / mm_per_line / self._lines for mm in (_LONGEST_MM, _SHORTEST_MM))
        self._found = 0
        self._last: Passage | None = None
        self._rows = _NO_ROWS
        self._end = 0

    def add(self, pixels: Pixels, first_line: int, left_px: float, right_px: float) -> tuple[Passage, ...]:
        """The seams that end in these lines, uint8 [lines, width]. Their steel lies between two columns."""
        left, right, rows = int(np.ceil(left_px)), int(right_px), len(pixels) // self._lines
        before, self._rows = self._rows if first_line == self._end else _NO_ROWS, _NO_ROWS
        self._end = first_line + len(pixels)
        if right - left < 2 * _COLUMNS or rows < _LEAST_ROWS:
            return ()
        every = max(1, (right - left) // _COLUMNS // _SAMPLES)
        steel = np.ascontiguousarray(pixels[: rows * self._lines : self._step, left:right:every])
        cells = np.concatenate([before, np.asarray(cv2.resize(steel, (_COLUMNS, rows), interpolation=cv2.INTER_AREA), np.uint8)])
        self._rows = cells[-math.ceil(self._longest) - 2 :]
        at = first_line - len(before) * self._lines
        told = -1 if self._last is None else self._last.end_line
        seams = [(at + a * self._lines, at + b * self._lines) for a, b in self._seams(_differing(cells))]
        return tuple(p for first, end in seams if end > told and (p := self._told(first, end - first)) is not None)

    def _seams(self, differing: NDArray[np.float64]) -> list[tuple[int, int]]:
        """The rows of seams that begin and end, from the share of columns that differ in each row, float64 [rows]."""
        unlike = differing > _STEEL
        starts, stops = np.flatnonzero(unlike[1:] & ~unlike[:-1]) + 1, np.flatnonzero(~unlike[1:] & unlike[:-1]) + 1
        runs = zip(starts.tolist(), stops[np.searchsorted(stops, starts[0]) :].tolist() if len(starts) else [], strict=False)
        return [(a, b) for a, b in runs if self._shortest <= b - a <= self._longest and differing[a:b].max() >= _SEAM]

    def _told(self, first: int, lines: int) -> Passage | None:
        last = self._last
        if last is not None and first - last.end_line <= _JOINED_MM / self._mm:
            self._last = Passage(last.number, last.state, last.by, last.first_line, first + lines - last.first_line)
        elif self._found == MOST_SEAMS:
            return None
        else:
            self._last = Passage(self._found, LineState.WELD_SEAM, KnownBy.PICTURE, first, lines)
            self._found += 1
        return self._last


def _differing(cells: Pixels) -> NDArray[np.float64]:
    """The share of columns in each row that differ from their column's steel, float64 [rows]. `cells`: uint8 [rows, columns]."""
    steel = np.median(cells, axis=0)
    change = np.abs(cells - steel)
    usual = np.median(change, axis=0) + 0.5
    return np.asarray((change > np.maximum(_TIMES_USUAL * usual, _CHANGE * steel)).mean(axis=1))
