"""Simulates a line that is threaded, runs, stops and runs back: an encoder triggers the camera's lines in both directions.

Its clock is simulated, so that hours of a line pass as fast as they are inspected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from skelp.capture.synthetic.strip import SyntheticConfig, SyntheticStrip
from skelp.domain.reasons import CameraNoAnswer, Counted
from skelp.domain.strip import CameraFrame, CameraView, Capture, LostLines, OwnLine, Pixels, after

_BEGIN_NS = 10**12


@dataclass(frozen=True, slots=True)
class Move:
    """The strip moves by `metres`, backwards if they are negative, at `m_s`. `lost`: the camera is away meanwhile."""

    metres: float
    m_s: float
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Stand:
    """The strip stands."""

    seconds: float


Act = Move | Stand


@dataclass(slots=True)
class _Filling:
    """A frame that is not full yet. The last line that was exposed is the strip's line `position`."""

    pixels: list[Pixels]
    positions: list[NDArray[np.int64]]
    lines: int = 0
    position: int = -1
    ns: float = _BEGIN_NS


class ProgrammedSource:
    """Delivers a simulated strip as `acts` move it. Satisfies ports.FrameSource.

    `passed` is called with the last line of the strip that was exposed, after somebody took a frame. `dim` changes pixels as a dirty
    window does: it gets uint8 [lines, width] and the strip's line of each.
    """

    def __init__(
        self,
        config: SyntheticConfig,
        acts: Sequence[Act],
        passed: Callable[[int], None] = lambda _: None,
        dim: Callable[[Pixels, NDArray[np.int64]], Pixels] = lambda pixels, _: pixels,
    ) -> None:
        self.config, self._acts, self._passed, self._dim = config, acts, passed, dim

    @property
    def view(self) -> CameraView:
        config = self.config
        return CameraView(config.camera, config.width, config.scale, config.side, config.first_column)

    @property
    def live(self) -> bool:
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    def captures(self) -> Iterator[Capture[OwnLine]]:
        """Yields frames and losses from line 0 on."""
        strip, first, filling = SyntheticStrip(self.config), OwnLine(0), _Filling([], [])
        for act in self._acts:
            if isinstance(act, Stand):
                filling.ns += act.seconds * 1e9
                continue
            lines = round(abs(act.metres) * 1000 / self.config.scale.mm_per_line)
            if act.lost:
                for frame in self._flushed(filling, first):
                    yield frame
                    first = after(first, frame.lines)
                yield self._lost(filling, first, lines, act.m_s)
                first = after(first, lines)
                self._passed(filling.position)
                continue
            while lines:
                lines -= self._expose(strip, filling, lines, act)
                if filling.lines == self.config.frame_lines:
                    for frame in self._flushed(filling, first):
                        yield frame
                        first = after(first, frame.lines)
                        self._passed(filling.position)
        yield from self._flushed(filling, first)

    def _expose(self, strip: SyntheticStrip, filling: _Filling, lines: int, act: Move) -> int:
        """Expose lines until the frame is full. Returns their number."""
        taken = min(lines, self.config.frame_lines - filling.lines)
        back = act.metres < 0
        begin = filling.position - taken if back else filling.position + 1
        pixels, positions = strip.pixels(begin, taken), np.arange(begin, begin + taken)
        pixels = self._dim(pixels, positions)
        filling.pixels.append(pixels[::-1] if back else pixels)
        filling.positions.append(positions[::-1] if back else positions)
        filling.lines += taken
        filling.position = int(filling.positions[-1][-1])
        filling.ns += taken * self.config.scale.mm_per_line / 1000 / act.m_s * 1e9
        return taken

    def _flushed(self, filling: _Filling, first: OwnLine) -> Iterator[CameraFrame[OwnLine]]:
        """The frame that was filled, if it has lines."""
        if filling.lines:
            positions, ns = np.concatenate(filling.positions), round(filling.ns)
            pixels = np.ascontiguousarray(np.concatenate(filling.pixels))
            yield CameraFrame(self.config.camera, first, pixels, ns, strip_line=int(positions[0]), positions=positions, exposed_ns=ns)
            filling.pixels, filling.positions, filling.lines = [], [], 0

    def _lost(self, filling: _Filling, first: OwnLine, lines: int, m_s: float) -> LostLines[OwnLine]:
        filling.position += lines
        filling.ns += lines * self.config.scale.mm_per_line / 1000 / m_s * 1e9
        return LostLines(self.config.camera, first, lines, CameraNoAnswer().by(Counted.ENCODER))
