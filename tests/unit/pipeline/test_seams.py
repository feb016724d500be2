"""The columns in which each camera counts defects."""

from __future__ import annotations

import pytest

from skelp.domain.errors import SkelpError
from skelp.domain.strip import CameraView, Scale, Side
from skelp.pipeline.seams import own_cells


def views(*spans: tuple[int, int], side: Side = Side.TOP) -> list[CameraView]:
    return [CameraView(f"{side.value}-{n}", width, Scale(1, 1), side, first) for n, (first, width) in enumerate(spans)]


@pytest.mark.parametrize(
    ("spans", "stride", "expected"),
    [
        ([(0, 100)], 2, [(0, 50)]),
        ([(0, 100), (100, 100)], 2, [(0, 50), (0, 50)]),
        ([(0, 4096), (4032, 4096)], 2, [(0, 2032), (16, 2048)]),
        ([(0, 101), (90, 100)], 2, [(0, 47), (2, 50)]),
    ],
)
def test_an_overlap_is_divided_in_its_middle(spans: list[tuple[int, int]], stride: int, expected: list[tuple[int, int]]) -> None:
    own = own_cells(views(*spans), stride)
    assert [(s.start, s.stop) for s in own.values()] == expected


def test_cameras_of_different_sides_do_not_overlap() -> None:
    both = [*views((0, 64)), *views((0, 64), side=Side.BOTTOM)]
    assert list(own_cells(both, 2).values()) == [slice(0, 32)] * 2


def test_cameras_without_own_columns_or_off_the_stride_are_refused() -> None:
    with pytest.raises(SkelpError, match="camera top-1 has no columns of its own"):
        own_cells(views((0, 100), (50, 20), (60, 100)), 2)
    with pytest.raises(SkelpError, match="first_column 33 must be a multiple of the model's stride 2"):
        own_cells(views((0, 64), (33, 64)), 2)


def test_columns_that_no_camera_sees_are_refused() -> None:
    with pytest.raises(SkelpError, match="no camera sees the 20 columns between top-0 and top-1"):
        own_cells(views((0, 100), (120, 100)), 4)
