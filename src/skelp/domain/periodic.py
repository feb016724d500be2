"""Defects that repeat along the coil: what a damaged roll leaves at each turn."""

from __future__ import annotations

from dataclasses import dataclass

from skelp.domain.reasons import RollMarks
from skelp.domain.strip import Side


@dataclass(frozen=True, slots=True)
class PeriodicDefect:
    """Defects of one side that follow each other at a constant distance, at the same place across.

    `across_mm`, `first_mm` and `last_mm` are centres of its defects. `expected`: the turns from the first to the last one, without those
    in lines that were not inspected. `by_chance_log10`: how many such series random defects would show on this side of a
    coil, at most, as a power of ten, when it was found. `rolls`: the rolls that may have left it, the likeliest first.
    """

    periodic_id: str
    coil_id: str
    side: Side
    across_mm: float
    period_mm: float
    period_error_mm: float
    first_mm: float
    last_mm: float
    seen: int
    expected: int
    by_chance_log10: float
    rolls: tuple[str, ...] = ()
    defect_ids: tuple[str, ...] = ()

    @property
    def seen_share(self) -> float:
        """Share of the expected defects that were seen, 0 to 1."""
        return self.seen / self.expected

    def is_told_by(self, later: PeriodicDefect) -> bool:
        """Whether who was told of this state knows the rolls and the distance of a later one."""
        return self.rolls == later.rolls and abs(self.period_mm - later.period_mm) <= 2 * self.period_error_mm

    @property
    def reason(self) -> RollMarks:
        """What a person is told of it."""
        return RollMarks(self.across_mm, self.period_mm, "; ".join(self.rolls) or None)
