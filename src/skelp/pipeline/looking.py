"""Asks the network for the look that each camera's frames are to get (ADR 23)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from skelp.domain.maps import Look, Maps
from skelp.ports import Screener, Segmenter


class Looking:
    """`screened`: the cameras whose frames are screened. It needs a network with a screen if there are any."""

    def __init__(self, segmenter: Segmenter, screened: Collection[str] = ()) -> None:
        self._segmenter, self._screened = segmenter, screened

    def at(self, frames: NDArray[np.uint8], cameras: Sequence[str], *, hurried: bool) -> Maps:
        """The answer for frames uint8 [n, 1, H, W] of these cameras. `hurried`: there is no time for second looks."""
        if not self._screened or not isinstance(self._segmenter, Screener):
            return self._segmenter.run(frames)
        first = Look.SCREEN_ONLY if hurried else Look.SCREENED
        return self._segmenter.look(frames, [first if camera in self._screened else Look.WHOLE for camera in cameras])
