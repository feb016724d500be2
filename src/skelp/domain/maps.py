"""What a network answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

TILE_PX = 32
"""Side of the square for which a network gives one distance."""
FAMILIAR = 1.0
"""The limit of the distances, which are in units of the model's own limit. Steel with a median beyond it is unfamiliar (ADR 17)."""
STRETCH_LINES = 256
"""Lines of a stretch of strip, which is judged by its median. In fewer, a large defect is taken for other steel; in more, a short piece
of other steel hides.
"""


class Look(StrEnum):
    """With what a frame was looked at (ADR 23)."""

    WHOLE = "whole"
    """The whole network saw all of it."""
    SCREENED = "screened"
    """The screen saw all of it, and the whole network what was suspicious."""
    SCREEN_ONLY = "screen_only"
    """The screen saw all of it, and the whole network did not see what was suspicious."""


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """How a frame is to be looked at.

    `steel` bool [H/32, W/32]: the tiles that lie wholly on the strip. `goes_on` bool [W/32]: the columns of tiles in which something
    reached the end of the camera's frame before. `turn` counts the camera's frames, so that another place is the sample each time.
    `camera`: whose frame it is.
    """

    look: Look
    steel: NDArray[np.bool_]
    goes_on: NDArray[np.bool_]
    turn: int
    camera: str = ""


class Maps(NamedTuple):
    """The answer for a batch of frames: class ids and scores, uint8 [n, H/stride, W/stride], and distances, float32 [n, H/32, W/32].

    A distance says how unlike the steel is to what the model learned, in units of the model's limit. None: the model does not measure it.
    `looks`: with what each frame was looked at; empty: each with the whole network.
    """

    class_id: NDArray[np.uint8]
    score: NDArray[np.uint8]
    distance: NDArray[np.float32] | None = None
    looks: tuple[Look, ...] = ()

    @property
    def measured(self) -> dict[str, NDArray[np.uint8] | NDArray[np.float32]]:
        """The arrays that there are, by name."""
        return {name: values for name, values in self._asdict().items() if isinstance(values, np.ndarray)}

    def first(self, frames: int) -> Maps:
        """The answer for the first frames only."""
        return Maps(
            self.class_id[:frames], self.score[:frames], None if self.distance is None else self.distance[:frames], self.looks[:frames]
        )

    def each(self) -> Iterator[Maps]:
        """The answer for each frame, without the first axis; `looks` has its one entry."""
        for n in range(len(self.class_id)):
            yield Maps(self.class_id[n], self.score[n], None if self.distance is None else self.distance[n], self.looks[n : n + 1])
