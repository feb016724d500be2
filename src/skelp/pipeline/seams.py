"""Divides overlaps between neighbouring cameras, so that no defect is counted twice."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from skelp.domain.errors import SkelpError
from skelp.domain.strip import CameraView


def own_cells(views: Sequence[CameraView], stride: int) -> dict[str, slice]:
    """The columns of each camera's class map in which it counts defects, in cells: all, or up to the middle of an overlap.

    Raises SkelpError if `first_column` is not a multiple of the stride, if a camera has no columns of its own, or if columns between two
    cameras are seen by none.
    """
    for view in views:
        if view.first_column % stride:
            raise SkelpError(f"camera {view.camera}: first_column {view.first_column} must be a multiple of the model's stride {stride}")
    first = {v.camera: 0 for v in views}
    end = {v.camera: -(-v.width // stride) for v in views}
    for side in {v.side for v in views}:
        across = sorted((v for v in views if v.side is side), key=lambda v: v.first_column)
        for left, right in pairwise(across):
            overlap = left.first_column + left.width - right.first_column
            if overlap < 0:
                raise SkelpError(
                    f"no camera sees the {-overlap} columns between {left.camera} and {right.camera}: steel there would not be inspected; "
                    f"move the cameras, or correct the first_column of {right.camera}"
                )
            if overlap > 0:
                seam = (right.first_column + overlap // 2) // stride
                end[left.camera] = seam - left.first_column // stride
                first[right.camera] = seam - right.first_column // stride
    own = {camera: slice(begin, end[camera]) for camera, begin in first.items()}
    for camera, cells in own.items():
        if cells.start >= cells.stop:
            raise SkelpError(
                f"camera {camera} has no columns of its own: its neighbours see all of them; check first_column and width of the cameras"
            )
    return own
