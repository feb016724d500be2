"""Strips that run forward and back under a camera whose encoder triggers a line at each step, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from skelp.domain.strip import CameraFrame
from tests.fakes import U8, frame

Counts = NDArray[np.int64]


@st.composite
def walks(draw: st.DrawFn, most: int = 60, legs: int = 8) -> Counts:
    """The encoder's count at each line, int64 [lines]: the strip begins at 0, and each line is one step forward or back."""
    steps: list[int] = [0]
    for _ in range(draw(st.integers(1, legs))):
        steps += [1] * draw(st.integers(0, most))
        back = min(draw(st.integers(0, most)), sum(steps))
        steps += [-1] * back
    return np.cumsum(steps)


def heights(draw: st.DataObject, lines: int, most: int) -> list[int]:
    """Where frames of such a number of lines begin and end."""
    edges = [0]
    while edges[-1] < lines:
        edges.append(min(lines, edges[-1] + draw.draw(st.integers(1, most))))
    return edges


def numbered(positions: Sequence[int] | Counts, steel: Sequence[int] | Counts | None = None, first_line: int = 0) -> CameraFrame[Any]:
    """A frame whose lines have the number of their steel in their pixels. `steel`: the numbers, if they are not the positions."""
    return counted(first_line, as_pixels(positions if steel is None else steel), positions)


def counted(first_line: int, pixels: U8, positions: Sequence[int] | Counts, camera: str = "cam") -> CameraFrame[Any]:
    """A frame with the encoder's count of each line."""
    taken = frame(camera, first_line, pixels)
    each = np.asarray(positions, np.int64)
    return CameraFrame(camera, taken.first_line, pixels, taken.time_ns, strip_line=int(each[0]), positions=each)


def as_pixels(steel: Sequence[int] | Counts) -> U8:
    """Lines with the number of their steel, uint8 [lines, 8]."""
    return np.asarray(steel, "<i8").reshape(-1, 1).view(np.uint8)


def steel_of(taken: CameraFrame[Any]) -> list[int]:
    """The numbers in the pixels of a frame."""
    return [int(n) for n in np.ascontiguousarray(taken.pixels).view("<i8")[:, 0]]
