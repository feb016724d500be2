"""Draws the simulated strip, and gives the truth about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from skelp.capture.synthetic.marks import Rows
from skelp.capture.synthetic.planting import DEFECT_KINDS, Density, MarkKind, Planted, Planting
from skelp.capture.synthetic.surface import Look, Surface
from skelp.domain.strip import Pixels, Scale, Side

Index = tuple[NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True)
class SyntheticConfig:
    """A simulated strip and the camera over it.

    `width`: width of the image in px, of which on average `margin_px` on each side are background. `wander_px`: the largest movement of the
    strip to a side. `lines`: length of the strip; None: endless. `line_rate_hz`: 0: as fast as possible. `drop_rate`: share of frames that
    are dropped. `bit_error_rate`: share of bits that are flipped.
    """

    seed: int = 1
    width: int = 4096
    scale: Scale = field(default_factory=lambda: Scale(0.25, 0.25))
    lines: int | None = None
    frame_lines: int = 512
    line_rate_hz: float = 0.0
    margin_px: int = 120
    wander_px: int = 48
    look: Look = field(default_factory=Look)
    density: Density = field(default_factory=Density)
    extra: tuple[Planted, ...] = ()
    drop_rate: float = 0.0
    bit_error_rate: float = 0.0
    camera: str = "sim"
    side: Side = Side.TOP
    first_column: int = 0
    window_px: int | None = None
    """Columns that the camera sees, from `first_column` on, so that several cameras can share one strip; None: all."""


@dataclass(frozen=True, slots=True)
class Truth:
    """One defect of the simulated strip. `line` and `along_mm` count from the head, `across_mm` from the edge on the operator side."""

    kind: MarkKind
    line: int
    lines: int
    along_mm: float
    across_mm: float
    length_mm: float
    width_mm: float


class SyntheticStrip:
    """Draws any lines of the strip. The same line always looks the same, whichever other lines are drawn with it."""

    def __init__(self, config: SyntheticConfig) -> None:
        self.config = config
        margin = min(config.margin_px, config.width // 8)
        self.surface = Surface(config.seed, config.width, margin, config.wander_px, config.look)
        self._planting = Planting(config.seed, self.surface.strip_width_px, config.scale, config.density, config.extra)

    def pixels(self, first_line: int, lines: int) -> Pixels:
        """Draws lines, uint8 [lines, width]."""
        out = np.empty((lines, self.config.width), np.uint8)
        self.surface.paint(first_line, out)
        for _, index, rows in self._marks(first_line, lines):
            steel = out[index]
            out[index] = np.clip(steel * rows.gain + rows.offset, 0, 255).astype(np.uint8)
        if self.config.bit_error_rate > 0:
            self._flip_bits(first_line, out)
        return out

    def class_map(self, first_line: int, lines: int) -> NDArray[np.uint8]:
        """Returns the true class of each pixel, uint8 [lines, width]: 0 for sound steel, else 1 + index in DEFECT_KINDS."""
        out = np.zeros((lines, self.config.width), np.uint8)
        for planted, index, rows in self._marks(first_line, lines):
            if planted.kind in DEFECT_KINDS:
                out[index] = np.where(rows.mask, DEFECT_KINDS.index(planted.kind) + 1, out[index])
        return out

    def planted(self, first_line: int, end_line: int) -> list[Planted]:
        """Returns the marks that have at least one of these lines."""
        return list(self._planting.between(first_line, end_line))

    def truths(self, first_line: int, lines: int) -> list[Truth]:
        """Returns the defects that begin in these lines, in line order."""
        scale = self.config.scale
        found = []
        for p in self._planting.between(first_line, first_line + lines):
            if p.kind not in DEFECT_KINDS or not first_line <= p.line < first_line + lines:
                continue
            low, high, top, bottom = _extent(p)
            found.append(
                Truth(
                    p.kind,
                    p.line + top,
                    bottom - top,
                    (p.line + top) * scale.mm_per_line,
                    low * scale.mm_per_px,
                    (bottom - top) * scale.mm_per_line,
                    (high - low) * scale.mm_per_px,
                )
            )
        return sorted(found, key=lambda t: t.line)

    def _marks(self, first_line: int, lines: int) -> Iterator[tuple[Planted, Index, Rows]]:
        end = first_line + lines
        for planted in self._planting.between(first_line, end):
            start, stop = max(planted.line, first_line), min(planted.line + planted.lines, end)
            rows = planted.mark.rows(start - planted.line, stop - planted.line)
            at = np.arange(start, stop)
            columns = (self.surface.left_edge(at) + rows.column)[:, None] + np.arange(rows.gain.shape[1])
            yield planted, ((at - first_line)[:, None], np.clip(columns, 0, self.config.width - 1)), rows

    def _flip_bits(self, first_line: int, out: Pixels) -> None:
        """Flips single bits. Seed and line decide which."""
        width = out.shape[1]
        for n in range(out.shape[0]):
            rng = np.random.default_rng([self.config.seed, 5, first_line + n])
            hits = rng.integers(0, width * 8, rng.binomial(width * 8, self.config.bit_error_rate))
            np.bitwise_xor.at(out[n], hits // 8, (1 << (hits % 8)).astype(np.uint8))


def _extent(p: Planted) -> tuple[int, int, int, int]:
    """Returns the box of a mark's defective pixels: first and end column from the strip's edge, first and end line of the mark."""
    low, high, top, bottom = 10**9, -1, p.lines, 0
    for start in range(0, p.lines, 4096):
        rows = p.mark.rows(start, min(start + 4096, p.lines))
        hit = np.flatnonzero(rows.mask.any(axis=1))
        if len(hit) == 0:
            continue
        first = rows.column[hit] + rows.mask[hit].argmax(axis=1)
        last = rows.column[hit] + rows.mask.shape[1] - rows.mask[hit, ::-1].argmax(axis=1)
        low, high = min(low, int(first.min())), max(high, int(last.max()))
        top, bottom = min(top, start + int(hit[0])), max(bottom, start + int(hit[-1]) + 1)
    return low, high, top, bottom
