"""What happens on the simulated line: coils, marks of rolls, seams, stops, a reverse, a dirty window, a camera that is away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from skelp.capture.synthetic import MarkKind, Planted, SyntheticConfig
from skelp.capture.synthetic.planting import Density
from skelp.capture.synthetic.programme import Act, Move, Stand
from skelp.capture.synthetic.surface import Look
from skelp.domain.decision import Decision
from skelp.domain.recipe import Recipe
from skelp.domain.rolls import Roll, RollTable
from skelp.domain.rules import Rule
from skelp.domain.strip import Scale

MM = 0.5
"""Millimetres of a pixel, and of a line."""
WIDTH, FRAME = 640, 512
COIL_LINES = 156 * FRAME
"""Just under 40 m."""
COIL_M = COIL_LINES * MM / 1000
BEFORE_LINES = 2000
_WELD_LINES = 36
_RUN, _SLOW, _THREAD, _BACK = 4.0, 0.3, 0.25, 0.5

INNER = Recipe("inner-panel", hold_from_severity=4, hold_above_uninspected_m=0.5, hold_above_defects_per_100m=60, crop_weld_m=0.3)
OUTER = Recipe(
    "outer-panel",
    products=("DC04",),
    hold_from_severity=4,
    hold_above_defects_per_100m=60,
    crop_weld_m=0.3,
    rules=(
        Rule("scratches", classes=("scratch",), severity_from=2, then=Decision.DOWNGRADE),
        Rule("many defects", more_than=6, in_any_m=20.0, then=Decision.HOLD),
    ),
)


@dataclass(frozen=True, slots=True)
class DamagedRoll:
    """A roll that leaves a mark at each turn, from one coil to another, both included."""

    roll: Roll
    period_mm: float
    coils: tuple[int, int]
    column: int


def _roll(name: str, period_mm: float, coils: tuple[int, int], column: int) -> DamagedRoll:
    diameter = period_mm / np.pi
    return DamagedRoll(Roll(name, (0.99 * diameter, 1.01 * diameter)), period_mm, coils, column)


@dataclass(frozen=True, slots=True)
class Plan:
    """The line. All numbers of coils count from 0."""

    coils: int = 50
    rolls: tuple[DamagedRoll, ...] = (
        _roll("work roll, stand 3", 1900.0, (10, 13), 210),
        _roll("bridle roll", 2510.0, (20, 22), 420),
        _roll("deflector roll", 940.0, (35, 36), 120),
    )
    stops: tuple[tuple[int, float], ...] = ((7, 45.0), (19, 600.0), (33, 20.0), (41, 3600.0))
    """Coil and seconds. The strip stands in the middle of the coil."""
    reversed_coil: int = 12
    reversed_m: float = 6.0
    slow_tails: tuple[int, ...] = (5, 15, 45)
    dirty: tuple[int, int] = (25, 29)
    """The first and the last coil that pass under a dirty window: a band of columns is dark."""
    away_coil: int = 38
    away_m: float = 5.0
    inner: Recipe = INNER
    outer: Recipe = OUTER
    seed: int = 50
    look: Look = field(default_factory=Look)
    density: Density = Density(inclusion=0.02, patch=0.015, scratch=0.02, water=0.02, oil=0.0, roll_mark_share=0.0)  # noqa: RUF009 - frozen

    @property
    def lines(self) -> int:
        return self.coils * COIL_LINES

    @property
    def roll_table(self) -> RollTable:
        """Those that leave marks, and others that do not."""
        sound = (Roll("work roll, stand 5", (500.0, 560.0)), Roll("tension roll", (1100.0, 1150.0)))
        return RollTable((*(d.roll for d in self.rolls), *sound))

    def product(self, coil: int) -> str:
        return "DC04" if coil % 3 == 0 else "DC01"

    def recipe(self, coil: int) -> Recipe:
        return self.outer if coil % 3 == 0 else self.inner

    @property
    def config(self) -> SyntheticConfig:
        """The strip with all that was planted on it."""
        extra = (*self._roll_marks(), *self._seams())
        sizes = SyntheticConfig(seed=self.seed, width=WIDTH, scale=Scale(MM, MM), frame_lines=FRAME, margin_px=40, wander_px=8)
        return replace(sizes, look=self.look, density=self.density, extra=extra)

    @property
    def seams(self) -> list[int]:
        """The middle of each seam: it passes a metre before the next coil is announced."""
        return [n * COIL_LINES - BEFORE_LINES for n in range(1, self.coils)]

    def _seams(self) -> Iterator[Planted]:
        for n, line in enumerate(self.seams):
            yield Planted(MarkKind.WELD, line - _WELD_LINES // 2, 0, _WELD_LINES, WIDTH - 2 * 40, n)

    def _roll_marks(self) -> Iterator[Planted]:
        for n, damaged in enumerate(self.rolls):
            first, end = damaged.coils[0] * COIL_LINES, (damaged.coils[1] + 1) * COIL_LINES
            turn = damaged.period_mm / MM
            for k in range(int(first // turn) + 1, int(min(end, self.lines) // turn)):
                yield Planted(MarkKind.ROLL_MARK, round(k * turn), damaged.column, 26, 26, 900 + n)

    @property
    def acts(self) -> list[Act]:
        """How the strip moves: threaded once, then from coil to coil without a stop but for those that are planned."""
        acts: list[Act] = [Move(3.0, _THREAD), Move(COIL_M - 3.0, _RUN)]
        for coil in range(1, self.coils):
            acts += self._acts(coil)
        return acts

    def _acts(self, coil: int) -> list[Act]:
        half = COIL_M / 2
        stood = dict(self.stops).get(coil)
        if coil == self.reversed_coil:
            return [Move(half, _RUN), Stand(8.0), Move(-self.reversed_m, _BACK), Stand(5.0), Move(self.reversed_m + half, _RUN)]
        if stood is not None:
            return [Move(half, _RUN), Stand(stood), Move(half, _RUN)]
        if coil in self.slow_tails:
            return [Move(COIL_M - 6.0, _RUN), Move(6.0, _SLOW)]
        if coil == self.away_coil:
            return [Move(half, _RUN), Move(self.away_m, _RUN, lost=True), Move(half - self.away_m, _RUN)]
        return [Move(COIL_M, _RUN)]
