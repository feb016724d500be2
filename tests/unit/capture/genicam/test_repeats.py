"""A camera that sends a picture again shows nothing of the steel that passes."""

from __future__ import annotations

import numpy as np
import pytest

from skelp.capture.genicam.gaps import DeliveredFrame, GapDetector
from skelp.capture.genicam.repeats import Repeats
from skelp.domain.reasons import FrameRepeated
from skelp.domain.strip import CameraFrame, LostLines, Pixels

FRAME_LINES = 100


def _noisy(seed: int, lines: int = FRAME_LINES) -> Pixels:
    return np.random.default_rng(seed).integers(80, 120, (lines, 8), np.uint8)


ONE_LINE = np.tile(_noisy(9, 1), (FRAME_LINES, 1))


@pytest.mark.parametrize(
    "again", [_noisy(1), np.full((FRAME_LINES, 8), 128, np.uint8), ONE_LINE], ids=["the frame before", "one grey", "one line"]
)
def test_a_picture_that_comes_again_is_no_picture_of_the_steel(again: Pixels) -> None:
    """A test pattern, a driver that delivers an old buffer, a sensor that stands still: what passed is not on it."""
    gaps = GapDetector("cam", FRAME_LINES, None, 5, 0.0)
    gaps.opened(0)
    frames = [_noisy(1), again, again, _noisy(2), _noisy(3)]
    found = [c for n, p in enumerate(frames) for c in gaps.add(DeliveredFrame(n, p, 0, 0), float(n))]
    assert [c.reason if isinstance(c, LostLines) else None for c in found] == [None, FrameRepeated(), FrameRepeated(), None, None]
    assert [c.first_line for c in found] == [FRAME_LINES * n for n in range(5)]
    assert {c.lines for c in found} == {FRAME_LINES}


def test_a_driver_that_gives_its_buffers_round_and_round_shows_no_new_steel() -> None:
    gaps = GapDetector("cam", FRAME_LINES, None, 5, 0.0)
    gaps.opened(0)
    frames = [_noisy(n % 16) for n in range(48)]
    found = [c for n, p in enumerate(frames) for c in gaps.add(DeliveredFrame(n, p, 0, 0), float(n))]
    assert [isinstance(c, LostLines) for c in found] == [n >= 16 for n in range(48)]


def test_an_old_buffer_with_its_old_id_says_nothing_of_the_frames_after_it() -> None:
    gaps = GapDetector("cam", FRAME_LINES, None, 5, 0.0)
    gaps.opened(0)
    frames = [(n, n) for n in range(6)] + [(1, 1), (6, 6), (7, 7)]
    found = [c for n, (seed, i) in enumerate(frames) for c in gaps.add(DeliveredFrame(i, _noisy(seed), 0, 0), float(n))]
    assert [(type(c), c.lines) for c in found] == [(CameraFrame, FRAME_LINES)] * 6 + [(LostLines, FRAME_LINES)] + [
        (CameraFrame, FRAME_LINES)
    ] * 2


def test_a_frame_that_comes_again_and_again_among_others_is_never_steel() -> None:
    gaps = GapDetector("cam", FRAME_LINES, None, 5, 0.0)
    gaps.opened(0)
    found = [c for n in range(3000) for c in gaps.add(DeliveredFrame(n, _noisy(n if n % 2 else 0), 0, 0), float(n))]
    assert [n for n, c in enumerate(found) if isinstance(c, LostLines)] == [n for n in range(2, 3000) if n % 2 == 0]


def test_a_few_bright_pixels_in_the_dark_are_no_steel_that_comes_again() -> None:
    gaps = GapDetector("cam", FRAME_LINES, None, 5, 0.0)
    gaps.opened(0)
    dark = np.zeros((FRAME_LINES, 400), np.uint8)
    dark[:, 100] = 128
    assert all(isinstance(c, CameraFrame) for n in range(3) for c in gaps.add(DeliveredFrame(n, dark, 0, 0), float(n)))


@pytest.mark.parametrize("lines", [2, 3, 33, 64])
def test_two_equal_lines_are_not_one_line_over_and_over(lines: int) -> None:
    """Of a short frame all lines are compared."""
    pixels = _noisy(5, lines)
    assert not Repeats().add(pixels)
    assert Repeats().add(np.tile(pixels[:1], (lines, 1)))
    if 2 < lines < 64:
        pixels[1] = pixels[0]
        assert not Repeats().add(pixels)


@pytest.mark.parametrize("dn", [0, 9, 255])
def test_pictures_that_are_dark_or_overexposed_have_reasons_of_their_own(dn: int) -> None:
    gaps = GapDetector("cam", FRAME_LINES, None, 5, 0.0)
    gaps.opened(0)
    found = [c for n in range(3) for c in gaps.add(DeliveredFrame(n, np.full((FRAME_LINES, 8), dn, np.uint8), 0, 0), float(n))]
    assert all(isinstance(c, CameraFrame) for c in found)


def test_a_camera_that_was_opened_again_has_new_buffers() -> None:
    gaps = GapDetector("cam", FRAME_LINES, None, 5, 0.0)
    for _ in range(2):
        gaps.opened(0)
        found = [c for n in range(4) for c in gaps.add(DeliveredFrame(n, _noisy(n), 0, 0), float(n))]
        assert all(isinstance(c, CameraFrame) for c in found)
    assert isinstance(next(iter(gaps.add(DeliveredFrame(4, _noisy(3), 0, 0), 4.0))), LostLines)
