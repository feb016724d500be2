"""What a decoder's array needs to become a picture: grey from colours, and the right way up."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def grey_of(colours: NDArray[Any]) -> NDArray[Any]:
    """Grey of [lines, width, 3] red, green, blue unsigned integers, by the weights of ITU-R BT.601 as Pillow rounds them."""
    red, green, blue = (colours[..., n].astype(np.uint64) for n in range(3))
    return np.asarray((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> np.uint64(16), colours.dtype)


def upright(values: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turns [lines, width, ...] as EXIF's orientation, 1 to 8, says."""
    if orientation >= 5:
        values = values.swapaxes(0, 1)
    down, across = orientation in (3, 4, 7, 8), orientation in (2, 3, 6, 7)
    return np.ascontiguousarray(values[:: -1 if down else 1, :: -1 if across else 1])
