"""Light and sharpness of each camera, compared with the first coils after the optics were set up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from skelp.domain.reasons import FocusLost, LightLost, Reason

BANDS = 8
"""Bands across the strip whose light is measured one by one, because one lamp of several may fail."""
LEAST_LIGHT = 0.7
LEAST_SHARPNESS = 0.8
"""Shares of the reference below which a warning comes. benchmarks.optics measured that recall falls only below them (docs/cameras.md)."""
REFERENCE_COILS = 5
RECENT_COILS = 3
"""The median of the last RECENT_COILS is compared with the median of the first REFERENCE_COILS, because steel differs from coil to coil."""


@dataclass(frozen=True, slots=True)
class Optics:
    """A reading of one camera on one coil. `light_dn`: mean grey of the steel in each of BANDS bands from the operator side.

    `sharpness`: the largest changes of grey over 2 px divided by those over 8 px; 1 where edges are sharp. The quotient does not depend
    on brightness or contrast, so different kinds of steel can be compared roughly.
    """

    camera: str
    light_dn: tuple[float, ...]
    sharpness: float


@dataclass(frozen=True, slots=True)
class Drift:
    """Light of the band that lost most, and sharpness, as shares of the reference; 1: as it was set up. `band` counts from 0."""

    light: float
    sharpness: float
    band: int

    @staticmethod
    def of(recent: Sequence[Optics], first: Sequence[Optics]) -> Drift:
        """Compares the readings of the last coils with those of the first coils after the optics were set up."""
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
