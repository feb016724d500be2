"""Parts of the strip for which a recipe has rules of their own."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from skelp.domain.ends import AS_SEEN, Ends
from skelp.domain.found import Found, Mask, Numbers
from skelp.domain.strip import Side

_TRUE_TO_SIZE = 0.02
"""Strip may be so much wider or narrower than was given, as a share, and is not degraded. So a place that depends on the width is so much
larger for what touches it, and so much smaller for what lies within it.
"""


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the strip: where it is along, and where across, and on which side; what is not said does not matter.

    Several places of one direction add up: `head_m` and `tail_m` are both ends, `edge_mm` both edges. `middle_mm` is a width about the
    strip's middle, such as what a customer uses.
    """

    head_m: float | None = None
    tail_m: float | None = None
    edge_mm: float | None = None
    operator_edge_mm: float | None = None
    drive_edge_mm: float | None = None
    middle_mm: float | None = None
    side: Side | None = None

    def __post_init__(self) -> None:
        given = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) is not None}
        if not given:
            raise ValueError(f"a zone needs one of {', '.join(f.name for f in fields(self))}; without one it is the whole strip")
        for name, value in given.items():
            if name != "side" and not value > 0:
                raise ValueError(f"{name} must be more than 0, got {value}; leave it out")

    def touched(self, found: Found, coil_m: float, width_mm: float | None) -> Mask:
        """Which defects have a part in the zone, bool [N]. Where the strip's width decides and is not known, all have."""
        along, end = found.along_mm, found.along_mm + found.length_mm
        across, far = found.across_mm, found.across_mm + found.width_mm
        lengthwise = [along < self.head_m * 1000] if self.head_m else []
        lengthwise += [end > (coil_m - self.tail_m) * 1000] if self.tail_m else []
        crosswise = self._crosswise(across, far, width_mm, within=False)
        return self._both(found, lengthwise, crosswise)

    def covered(self, found: Found, coil_m: float, width_mm: float | None, ends: Ends = AS_SEEN) -> Mask:
        """Which defects lie wholly in the zone, bool [N]. Where the strip's width decides and is not known, none does, and none does either
        in a zone that is all of this strip. Where a piece was cut, there is no end of a coil.
        """
        head_m, tail_m = ends.of(self.head_m, self.tail_m, None)
        along, end = found.along_mm, found.along_mm + found.length_mm
        across, far = found.across_mm, found.across_mm + found.width_mm
        lengthwise = [end <= head_m * 1000] if head_m else []
        lengthwise += [along >= (coil_m - tail_m) * 1000] if tail_m else []
        if not lengthwise and (self.head_m or self.tail_m):
            return np.zeros(len(found), bool)
        crosswise = self._crosswise(across, far, width_mm, within=True)
        here = self._both(found, lengthwise, crosswise)
        return here & (not self._is_all(bool(lengthwise), bool(crosswise), coil_m, width_mm))

    def is_whole_across(self, width_mm: float) -> bool:
        """Whether its place across is all of a strip of this width. A zone without such a place is not."""
        start, stop = max(self.edge_mm or 0, self.operator_edge_mm or 0), width_mm - max(self.edge_mm or 0, self.drive_edge_mm or 0)
        middle = self.middle_mm or 0
        return start >= stop or (start >= (width_mm - middle) / 2 and stop <= (width_mm + middle) / 2)

    def _is_all(self, along: bool, across: bool, coil_m: float, width_mm: float | None) -> bool:
        """Whether it is the whole strip, where it is given `along` or `across`: so narrow or so short a coil would not be judged at all."""
        whole_along = not along or (self.head_m or 0) + (self.tail_m or 0) >= coil_m
        whole_across = not across or (width_mm is not None and self.is_whole_across(width_mm))
        return (along or across) and whole_along and whole_across

    def _crosswise(self, across: Numbers, far: Numbers, width_mm: float | None, *, within: bool) -> list[Mask]:
        """Which defects from `across` to `far` mm reach into each place across, or lie `within` it."""
        reach = far if within else across  # a defect lies within a place if its far end does, and touches it if its near end does
        places = [reach <= mm for mm in (self.edge_mm, self.operator_edge_mm) if mm]
        by_width = [mm for mm in (self.edge_mm, self.drive_edge_mm, self.middle_mm) if mm]
        if width_mm is None:
            return [*places, np.full(len(across), not within)] if by_width else places
        slack = width_mm * (-_TRUE_TO_SIZE if within else _TRUE_TO_SIZE)
        places += [(across if within else far) >= width_mm - slack - mm for mm in (self.edge_mm, self.drive_edge_mm) if mm]
        if self.middle_mm:
            start, stop = (width_mm - self.middle_mm - slack) / 2, (width_mm + self.middle_mm + slack) / 2
            places.append((across >= start) & (far <= stop) if within else (far >= start) & (across <= stop))
        return places

    def _both(self, found: Found, lengthwise: list[Mask], crosswise: list[Mask]) -> Mask:
        here = np.ones(len(found), bool) if self.side is None else found.side == self.side.value
        for places in (lengthwise, crosswise):
            if places:
                here &= np.logical_or.reduce(places)
        return here
