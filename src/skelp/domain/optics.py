"""How lamp and lens do, coil by coil, against how they did when they were set up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from skelp.domain.reasons import FocusLost, LightLost, Reason

BANDS = 8
"""Bands across the steel whose light is looked at: one lamp of several may fail."""
LEAST_LIGHT = 0.7
LEAST_SHARPNESS = 0.8
"""Shares of the reference below which to warn: before recall falls, as benchmarks.optics measured it (docs/cameras.md)."""
REFERENCE_COILS = 5
RECENT_COILS = 3
"""So many first coils make the reference and so many last ones are compared with it: one coil's steel may be darker or rougher
than another's."""


@dataclass(frozen=True, slots=True)
class Optics:
    """Of one camera on one coil. `light_dn`: mean grey of the steel in BANDS bands from the operator side.

    `sharpness`: the largest changes of grey over two pixels by those over eight, 1 where edges are sharp. Brightness and contrast
    fall out of it, so steel of one kind can be compared with steel of another, roughly.
    """

    camera: str
    light_dn: tuple[float, ...]
    sharpness: float


@dataclass(frozen=True, slots=True)
class Drift:
    """Shares of the reference: of the band that lost most light, and of the sharpness."""

    light: float
    sharpness: float
    band: int

    @staticmethod
    def of(recent: Sequence[Optics], first: Sequence[Optics]) -> Drift:
        """Of the last RECENT_COILS coils against the first ones since the optics were set up."""
        shares = [_median_light(recent, band) / max(1.0, _median_light(first, band)) for band in range(BANDS)]
        worst = min(range(BANDS), key=lambda band: shares[band])
        return Drift(shares[worst], median(r.sharpness for r in recent) / max(1e-6, median(r.sharpness for r in first)), worst)

    @property
    def warnings(self) -> list[Reason]:
        """One reason for each limit that is passed."""
        found: list[Reason] = []
        if self.light < LEAST_LIGHT:
            found.append(LightLost(self.band + 1, BANDS, round(self.light, 3)))
        if self.sharpness < LEAST_SHARPNESS:
            found.append(FocusLost(round(self.sharpness, 3)))
        return found


def _median_light(readings: Sequence[Optics], band: int) -> float:
    return median(r.light_dn[band] for r in readings)
