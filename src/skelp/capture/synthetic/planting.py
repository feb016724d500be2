"""Decides where marks lie on an endless strip. Each segment is decided from the seed alone, so any line can be drawn at any time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from skelp.capture.synthetic import marks
from skelp.domain.strip import Scale

SEGMENT = 2048
"""Lines of a segment."""


class MarkKind(StrEnum):
    """The kinds of marks. Water, oil and a weld seam are not defects."""

    INCLUSION = "inclusion"
    PATCH = "patch"
    SCRATCH = "scratch"
    ROLL_MARK = "roll_mark"
    WATER = "water"
    OIL = "oil"
    WELD = "weld"


DEFECT_KINDS = (MarkKind.INCLUSION, MarkKind.PATCH, MarkKind.SCRATCH, MarkKind.ROLL_MARK)
"""In the order of their class ids in `SyntheticStrip.class_map`: 1, 2, 3, 4."""

_PAINTERS: dict[MarkKind, Callable[..., tuple[marks.F32, marks.F32, NDArray[np.bool_]]]] = {
    MarkKind.INCLUSION: marks.inclusion,
    MarkKind.PATCH: marks.patch,
    MarkKind.ROLL_MARK: marks.roll_mark,
    MarkKind.WATER: marks.water,
    MarkKind.OIL: marks.oil,
    MarkKind.WELD: marks.weld,
}
# Smallest and largest length, smallest and largest width, in mm.
_SIZES: dict[MarkKind, tuple[tuple[float, float], tuple[float, float]]] = {
    MarkKind.INCLUSION: ((8, 40), (3.5, 9)),
    MarkKind.PATCH: ((10, 45), (10, 40)),
    MarkKind.ROLL_MARK: ((7, 14), (7, 14)),
    MarkKind.WATER: ((15, 50), (15, 50)),
    MarkKind.OIL: ((40, 200), (20, 70)),
}


@dataclass(frozen=True)
class Planted:
    """A mark on the strip. `line` counts from the head, `column` from the strip's edge on the operator side."""

    kind: MarkKind
    line: int
    column: int
    lines: int
    columns: int
    seed: int

    @cached_property
    def mark(self) -> marks.Mark:
        rng = np.random.default_rng([self.seed, 3])
        if self.kind is MarkKind.SCRATCH:
            slope = rng.uniform(-0.004, 0.004) if self.lines > 8000 else rng.uniform(-0.06, 0.06)
            slope = 0.0 if self.lines > 40000 else slope
            return marks.Scratch(
                self.column, self.lines, slope, self.columns, rng.uniform(0.45, 0.7), bool(rng.random() < 0.5), rng.uniform(0, 6)
            )
        gain, offset, mask = _PAINTERS[self.kind](rng, (self.lines, self.columns))
        return marks.Stamp(self.column, gain, offset, mask)


@dataclass(frozen=True, slots=True)
class Density:
    """The mean number of marks of each kind per metre of strip."""

    inclusion: float = 0.12
    patch: float = 0.08
    scratch: float = 0.06
    water: float = 0.25
    oil: float = 0.15
    roll_mark_share: float = 0.25
    """Share of 60 m sections in which a damaged roll leaves a mark at each turn."""

    def times(self, factor: float) -> Density:
        """So many times the inclusions, patches and scratches; the rest stays."""
        return replace(self, inclusion=self.inclusion * factor, patch=self.patch * factor, scratch=self.scratch * factor)

    @staticmethod
    def clean() -> Density:
        """Returns a density with water and oil but without defects."""
        return Density(inclusion=0, patch=0, scratch=0, roll_mark_share=0)


@dataclass
class Planting:
    """The marks of a strip: those drawn from the seed, and `extra` ones.

    `longest_mm`: the longest scratch. `circumference_mm`: of the roll that leaves roll marks.
    """

    seed: int
    strip_width_px: int
    scale: Scale
    density: Density
    extra: tuple[Planted, ...] = ()
    longest_mm: float = 12000.0
    circumference_mm: float = 1900.0
    _cached: Callable[[int], tuple[Planted, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._lookback = int(self.longest_mm / self.scale.mm_per_line) // SEGMENT + 1
        self._cached = lru_cache(maxsize=self._lookback + 8)(self._segment)

    def between(self, start: int, stop: int) -> Iterator[Planted]:
        """Yields the marks that have at least one line in `start ... stop`."""
        for segment in range(max(0, start // SEGMENT - self._lookback), (stop - 1) // SEGMENT + 1):
            for planted in self._cached(segment):
                if planted.line < stop and planted.line + planted.lines > start:
                    yield planted
        for planted in self.extra:
            if planted.line < stop and planted.line + planted.lines > start:
                yield planted

    def _segment(self, segment: int) -> tuple[Planted, ...]:
        rng = np.random.default_rng([self.seed, 2, segment])
        metres = SEGMENT * self.scale.mm_per_line / 1000
        found = []
        for kind in (MarkKind.INCLUSION, MarkKind.PATCH, MarkKind.SCRATCH, MarkKind.WATER, MarkKind.OIL):
            for _ in range(int(rng.poisson(getattr(self.density, kind.value) * metres))):
                line = segment * SEGMENT + int(rng.integers(SEGMENT))
                found.append(self._draw(rng, kind, line))
        found += self._roll_marks(segment)
        return tuple(p for p in found if p is not None)

    def _draw(self, rng: np.random.Generator, kind: MarkKind, line: int) -> Planted | None:
        if kind is MarkKind.SCRATCH:
            long = rng.random() < 0.2
            length_mm = rng.uniform(2000, self.longest_mm) if long else rng.uniform(30, 600)
            lines, columns = int(length_mm / self.scale.mm_per_line), max(2, round(rng.uniform(0.7, 1.8) / self.scale.mm_per_px))
        else:
            (l0, l1), (w0, w1) = _SIZES[kind]
            lines = max(4, round(rng.uniform(l0, l1) / self.scale.mm_per_line))
            columns = max(4, round(rng.uniform(w0, w1) / self.scale.mm_per_px))
        room = self.strip_width_px - columns - 80
        seed = int(rng.integers(2**31))
        if room <= 80:
            return None
        return Planted(kind, line, int(rng.integers(40, 40 + room)), lines, columns, seed)

    def _roll_marks(self, segment: int) -> list[Planted]:
        section_lines = int(60_000 / self.scale.mm_per_line)
        turn = self.circumference_mm / self.scale.mm_per_line
        first, last = segment * SEGMENT, (segment + 1) * SEGMENT
        found = []
        for section in range(first // section_lines, (last - 1) // section_lines + 1):
            rng = np.random.default_rng([self.seed, 4, section])
            if rng.random() >= self.density.roll_mark_share:
                continue
            mark = self._draw(rng, MarkKind.ROLL_MARK, 0)
            begin, end = max(first, section * section_lines), min(last, (section + 1) * section_lines)
            if mark is not None:
                found += [replace(mark, line=round(k * turn)) for k in range(math.ceil(begin / turn), math.ceil(end / turn))]
        return found
