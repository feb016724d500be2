"""The rolls of a line, and how far apart the marks of each lie on the strip."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from skelp.domain.strip import Side

SHORTEST_MM, LONGEST_MM = 300.0, 60_000.0
"""The distances of marks that a roll may have."""


@dataclass(frozen=True, slots=True)
class Roll:
    """A roll, or the rolls that do the same in one place.

    `diameter_mm`: smallest and largest after grinding. `elongation`: how many times as long the strip is at the camera as where it leaves
    the roll (1 if it is not rolled again). `forward_slip`: how much faster the strip leaves than the roll turns, as a share. Each is a
    lowest and a highest value. `side`: the side of the strip that it touches; None: either.
    """

    name: str
    diameter_mm: tuple[float, float]
    elongation: tuple[float, float] = (1.0, 1.0)
    forward_slip: tuple[float, float] = (0.0, 0.0)
    side: Side | None = None

    def __post_init__(self) -> None:
        if not (self.name.strip() == self.name and self.name.isprintable() and 0 < len(self.name) <= 64 and ";" not in self.name):
            raise ValueError(f"name must be 1 to 64 printable characters without ; and without space at its ends, got {self.name[:64]!r}")
        limits = {"diameter_mm": (1.0, 5000.0), "elongation": (0.1, 50.0), "forward_slip": (-0.2, 0.5)}
        for key, (lowest, highest) in limits.items():
            low, high = getattr(self, key)
            if not lowest <= low <= high <= highest:
                raise ValueError(f"{key} must be a lowest and a highest value from {lowest:g} to {highest:g}, got {[low, high]}")
        if not SHORTEST_MM <= self.period_mm[1] <= LONGEST_MM:
            raise ValueError(
                f"its marks would lie {self.period_mm[1]:.0f} mm apart at most, and skelp looks for {SHORTEST_MM:g} to {LONGEST_MM:g} mm; "
                "check diameter_mm (mm), elongation (a factor) and forward_slip (a share)"
            )

    @property
    def period_mm(self) -> tuple[float, float]:
        """The least and the greatest distance of its marks on the strip at the camera: pi * diameter * (1 + slip) * elongation."""
        ends = zip(self.diameter_mm, self.forward_slip, self.elongation, strict=True)
        low, high = (math.pi * diameter * (1 + slip) * elongation for diameter, slip, elongation in ends)
        return low, high

    def may_leave(self, period_mm: float, error_mm: float, side: Side) -> bool:
        """Whether marks of this side at this distance, known to `error_mm`, may be its own."""
        low, high = self.period_mm
        return self.side in (None, side) and low - error_mm <= period_mm <= high + error_mm


@dataclass(frozen=True, slots=True)
class RollTable:
    """The rolls of a line. Empty: periodic defects are found, and no roll is named."""

    rolls: tuple[Roll, ...] = ()

    def __post_init__(self) -> None:
        names = [roll.name for roll in self.rolls]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two rolls have the name {', '.join(twice)}")

    def named(self, period_mm: float, error_mm: float, side: Side) -> tuple[str, ...]:
        """The rolls that may leave marks of this side at this distance, that one first whose middle is nearest."""
        able: Sequence[Roll] = [roll for roll in self.rolls if roll.may_leave(period_mm, error_mm, side)]
        return tuple(roll.name for roll in sorted(able, key=lambda roll: abs(math.fsum(roll.period_mm) / 2 - period_mm)))

    @property
    def longest_mm(self) -> float:
        """The greatest distance of marks that any of its rolls may leave; 0 for an empty table."""
        return max((roll.period_mm[1] for roll in self.rolls), default=0.0)
