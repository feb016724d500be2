"""How a piece of steel was cut out of a coil, and where the coil's lines and millimetres lie in the piece.

Metres, trims and turns are those of the coil that was cut: first it is cut, then trimmed, then turned.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from skelp.domain.coverage import Interval
from skelp.domain.defect import Defect
from skelp.domain.strip import Side

_OVER = "~over"
"""Stands behind the name of a camera that looked at what is now the other side of the piece."""
_NOISE = 1e-6
"""Shares of a line, and millimetres, below this come from rounding."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch of coil `coil_id`, from `from_m` to `to_m` of its head. None: steel that no coil here has records of.

    In a request, `to_m` may be infinite: to the coil's end.

    `head_to_tail`: its tail is nearer to the piece's head than its head is. `turned_over`: its top is the piece's bottom.
    `sides_exchanged`: its operator side is the piece's drive side. `trimmed_*_mm`: what was cut off along its own edges.
    """

    coil_id: str | None
    from_m: float = 0.0
    to_m: float = math.inf
    head_to_tail: bool = False
    turned_over: bool = False
    sides_exchanged: bool = False
    trimmed_operator_mm: float = 0.0
    trimmed_drive_mm: float = 0.0

    @property
    def needs_width(self) -> bool:
        """Whether places across can be converted only if the coil's width is known."""
        return self.sides_exchanged or self.trimmed_drive_mm > 0

    def camera(self, name: str) -> str:
        """The name in the piece of a camera that looked at the coil, and the other way round."""
        if not self.turned_over:
            return name
        return name.removesuffix(_OVER) if name.endswith(_OVER) else name + _OVER


@dataclass(frozen=True, slots=True)
class PlacedCut:
    """A cut at its place in the piece: lines `first_line ... first_line + lines`. `width_mm`: its width there, None if nobody knows it."""

    cut: Cut
    first_line: int
    lines: int
    width_mm: float | None = None


def sides_seen(cameras: Iterable[str], sides: Mapping[str, Side]) -> set[Side]:
    """The sides of a coil that these cameras looked at. `sides`: the side at which each camera of the station looks.

    Only a coil that was turned over may have others than the station.
    """
    named = [(name.removesuffix(_OVER), name.endswith(_OVER)) for name in cameras]
    if not any(over for _, over in named):
        return set(sides.values())
    return {sides[name].other if over else sides[name] for name, over in named if name in sides} or set(Side)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines `start ... start + count` of a coil with `mm_per_line`, which are `place` of a piece with `piece_mm_per_line`.

    In a piece with another length of a line, what is degraded or lost is rounded up to whole lines.
    """

    place: PlacedCut
    start: int
    count: int
    mm_per_line: float
    piece_mm_per_line: float

    @property
    def end(self) -> int:
        """The coil's line after the last one."""
        return self.start + self.count

    def interval(self, of_coil: Interval) -> Interval:
        """An interval of the coil, which lies in this stretch, in lines of the piece."""
        first, end = self._lines(of_coil.first_line, of_coil.end_line)
        return replace(of_coil, first_line=first, lines=end - first)

    def defect(self, of_coil: Defect, width_mm: float | None) -> Defect | None:
        """A defect of the coil in coordinates of the piece; None if it is on other steel. `width_mm`: of the coil at its place.

        Where it lies across a cut, it is as long and wide as what is left of it, and its area is that share. It keeps its severity.
        """
        cut, begin = self.place.cut, self.start * self.mm_per_line
        along = _clipped(of_coil.along_mm - begin, of_coil.length_mm, 0.0, self.count * self.mm_per_line)
        across = _clipped(of_coil.across_mm, of_coil.width_mm, *self._kept(width_mm))
        if along is None or across is None:
            return None
        (at, length, along_share), (beside, width, across_share) = along, across
        if cut.head_to_tail:
            at = self.count * self.mm_per_line - at - length
        beside -= cut.trimmed_operator_mm
        if cut.sides_exchanged:
            beside = _known(width_mm) - cut.trimmed_operator_mm - cut.trimmed_drive_mm - beside - width
        first, end = self._lines(of_coil.line, of_coil.line + of_coil.lines)
        return replace(
            of_coil,
            side=of_coil.side.other if cut.turned_over else of_coil.side,
            camera=cut.camera(of_coil.camera),
            along_mm=self.place.first_line * self.piece_mm_per_line + at,
            across_mm=beside,
            length_mm=length,
            width_mm=width,
            area_mm2=of_coil.area_mm2 * along_share * across_share,
            orientation_deg=_mirrored_deg(of_coil.orientation_deg) if cut.head_to_tail != cut.sides_exchanged else of_coil.orientation_deg,
            cut_by_gap=of_coil.cut_by_gap or along_share * across_share < 1,
            line=first,
            lines=end - first,
            seen_as=of_coil.pictured_as,
            revision=1,
            patch=None,
        )

    def _kept(self, width_mm: float | None) -> tuple[float, float]:
        """What was not trimmed, in mm from the coil's operator-side edge. Without a trim nothing ends, wherever an edge was measured."""
        cut = self.place.cut
        return (
            cut.trimmed_operator_mm if cut.trimmed_operator_mm > 0 else -math.inf,
            _known(width_mm) - cut.trimmed_drive_mm if cut.trimmed_drive_mm > 0 else math.inf,
        )

    def _lines(self, first: int, end: int) -> tuple[int, int]:
        """The piece's lines that have any of the coil's lines `first ... end`; at least one."""
        first = min(max(first, self.start), self.end - 1) - self.start
        end = max(min(end, self.end) - self.start, first + 1)
        if self.place.cut.head_to_tail:
            first, end = self.count - end, self.count - first
        if self.mm_per_line != self.piece_mm_per_line:
            ratio, lines = self.mm_per_line / self.piece_mm_per_line, self.place.lines
            first = min(math.floor(first * ratio + _NOISE), lines - 1)
            end = min(max(math.ceil(end * ratio - _NOISE), first + 1), lines)
        return self.place.first_line + first, self.place.first_line + end


def lines_in_piece(count: int, mm_per_line: float, piece_mm_per_line: float) -> int:
    """The lines of a piece that so many lines of a coil fill, rounded up."""
    return count if mm_per_line == piece_mm_per_line else max(1, math.ceil(count * mm_per_line / piece_mm_per_line - _NOISE))


def _known(width_mm: float | None) -> float:
    if width_mm is None:
        raise ValueError("the width of the coil must be known here")
    return width_mm


def _clipped(at: float, size: float, least: float, most: float) -> tuple[float, float, float] | None:
    """The part of `at ... at + size` within `least ... most`: where it begins, its size, and its share of the whole; None without any."""
    first, end = max(at, least), min(at + size, most)
    if size > _NOISE and end - first > _NOISE:
        whole = first - at < _NOISE and at + size - end < _NOISE
        return (at, size, 1.0) if whole else (first, end - first, (end - first) / size)
    return (at, size, 1.0) if size <= _NOISE and least <= at < most else None


def _mirrored_deg(orientation_deg: float) -> float:
    """The angle of a mirrored axis, above -90 to 90."""
    return 90.0 if orientation_deg == 90 else 0.0 - orientation_deg
