"""Cuts a camera's lines into blocks with context, so that results do not depend on the size of a frame.

A block has `block_lines` own lines, and `context` lines above and below them. The same lines give the same blocks, however the source
cuts them into frames.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from skelp.domain.errors import SkelpError
from skelp.domain.strip import Block, CameraFrame, CoilEnd, CoilLine, LostLines, OnCoil, Pixels, Travelling, after, round_up

BLOCK_LINES = 512
"""Default number of lines of a block, without context."""
CONTEXT_LINES = 16
"""Least context above and below a block's own lines. More costs time; with fewer, results change at borders. A multiple of every stride."""

BlockItem = Block | OnCoil | CoilEnd
"""A block, or a loss or coil end that passes through. OnCoil here always holds LostLines."""


class Blocker:
    """Makes blocks of one camera's lines. It pads `width` to a multiple of `step` by repeating the last column.

    Raises SkelpError unless `block_lines + 2 * context` is a multiple of `step`.
    """

    def __init__(self, camera: str, width: int, *, block_lines: int = BLOCK_LINES, context: int = CONTEXT_LINES, step: int = 32) -> None:
        if (block_lines + 2 * context) % step:
            raise SkelpError(f"block_lines + 2 x context must be a multiple of {step}, got {block_lines} + 2 x {context}")
        self._camera, self._width = camera, width
        self._lines, self._context = block_lines, context
        self._padded = round_up(width, step)
        self._buffer = self._new_buffer()
        self._coil = ""
        self._next_line = CoilLine(0)
        self._filled = context
        self._above = 0
        self._time_ns = 0
        self._breaks = False

    def push(self, item: Travelling) -> Iterator[BlockItem]:
        """The blocks that `item` completes, then `item` itself if it is a loss or a coil's end.

        Raises SkelpError if a frame is not uint8 [lines, width].
        """
        if isinstance(item, CoilEnd):
            yield from self.flush()
            yield item
        elif isinstance(item.capture, LostLines):
            yield from self.flush()
            yield item
            self._begin(item.coil_id, after(item.capture.first_line, item.capture.lines))
        else:
            if item.coil_id != self._coil or item.capture.breaks:
                yield from self.flush()
                self._begin(item.coil_id, item.capture.first_line)
                self._breaks = item.capture.breaks
            yield from self._fill(item.capture)

    def flush(self) -> Iterator[Block]:
        """Blocks of the lines that are still buffered. Missing context below is filled by reflection."""
        while self._filled > self._context:
            own = min(self._filled - self._context, self._lines)
            yield self._emit(own)

    def _begin(self, coil_id: str, line: CoilLine) -> None:
        self._coil, self._next_line, self._filled, self._above = coil_id, line, self._context, 0

    def _fill(self, frame: CameraFrame[CoilLine]) -> Iterator[Block]:
        if frame.pixels.shape[1] != self._width or frame.pixels.dtype != np.uint8:
            raise SkelpError(
                f"camera {self._camera} gave {frame.pixels.dtype} {frame.pixels.shape}, expected uint8 [lines, {self._width}]; "
                "set the camera's width in the station file to the width of its frames"
            )
        self._time_ns = frame.time_ns
        done = 0
        while done < frame.lines:
            take = min(frame.lines - done, len(self._buffer) - self._filled)
            rows = self._buffer[self._filled : self._filled + take]
            rows[:, : self._width] = frame.pixels[done : done + take]
            if self._padded > self._width:
                rows[:, self._width :] = rows[:, self._width - 1 : self._width]
            self._filled += take
            done += take
            if self._filled == len(self._buffer):
                yield self._emit(self._lines)

    def _emit(self, own: int) -> Block:
        """Make a block of the first `own` lines, and move the lines after them to a new buffer."""
        top, full = self._context, self._buffer
        _reflect(full, top - self._above, self._filled)
        below = self._filled - top - own
        block = Block(
            self._coil, self._camera, self._next_line, own, top, self._above, below, full, self._time_ns, self._width, self._breaks
        )
        self._breaks = False
        rest = full[own : self._filled]
        self._buffer = self._new_buffer()
        self._buffer[: len(rest)] = rest
        self._filled, self._next_line, self._above = len(rest), after(self._next_line, own), min(top, self._above + own)
        return block

    def _new_buffer(self) -> Pixels:
        return np.empty((self._lines + 2 * self._context, self._padded), np.uint8)


def _reflect(rows: Pixels, start: int, stop: int) -> None:
    """Fill the rows outside `start ... stop` by reflecting those inside."""
    if start == 0 and stop == len(rows):
        return
    outside = np.r_[0:start, stop : len(rows)]
    period = max(1, 2 * (stop - start) - 2)
    at = np.mod(outside - start, period)
    rows[outside] = rows[start + np.minimum(at, period - at)]
