"""How the optics do: how bright the steel is and how sharp, measured on a few lines of each block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skelp.domain.strip import Pixels

_EVERY_LINES = 16
_BANDS = 8


@dataclass(frozen=True, slots=True)
class Optics:
    """`light_dn`: mean grey of the steel in each of eight bands across it. `sharpness`: how much of the grey's change over two pixels
    is already there over one, 0.25 for a smooth blur and 1 for pixels that have nothing to do with each other. Contrast and
    brightness fall out of that ratio, so steel of any kind can be compared.
    """

    light_dn: tuple[float, ...]
    sharpness: float

    @staticmethod
    def of(pixels: Pixels, left_px: float, right_px: float) -> Optics | None:
        """Of uint8 [lines, width] with steel between two columns; None where there is too little of it."""
        steel = pixels[::_EVERY_LINES, int(np.ceil(left_px)) : int(right_px)].astype(np.float32)
        if steel.shape[1] < 16 * _BANDS:
            return None
        light = tuple(float(band.mean()) for band in np.array_split(steel, _BANDS, axis=1))
        one, two = steel[:, 2:] - steel[:, 1:-1], steel[:, 2:] - steel[:, :-2]
        over_two = float((two * two).mean())
        return Optics(light, float((one * one).mean()) / over_two if over_two > 0 else 1.0)
