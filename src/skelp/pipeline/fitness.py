"""Decides which lines of a picture can be inspected. A picture that is dark, or partly dark, was not inspected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from skelp.domain.coverage import State
from skelp.domain.reasons import (
    NoStrip,
    Overexposed,
    Reason,
    StripBeyondPicture,
    StripLessThanGiven,
    StripMoreThanGiven,
    StripNarrower,
)
from skelp.domain.strip import CameraView, Pixels
from skelp.pipeline.edges import BAND_LINES, Edges

GLARE_DN = 254
GLARE_SHARE = 0.25
"""A band of lines of which more than this share is at full scale cannot be inspected."""
NARROWER = 0.9
"""A strip keeps its width. Where the camera sees less than this share of it, the rest is dark and was not inspected."""
TRUE_TO_SIZE = 0.98
"""The same share where the width is given. The remaining 2% allow for errors of the camera's scale."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a camera should see, px: the widest steel it has seen on this coil, and how much there is of a strip whose width is known.

    `in_view` lies in this camera's picture, `beside_view` beyond the last camera's; `strip` is the whole width.
    """

    widest: float
    in_view: float | None = None
    beside_view: float = 0.0
    strip: float = 0.0

    @staticmethod
    def of(view: CameraView, widest: float, edge_px: float, strip_mm: float | None, canvas_px: int) -> Expected:
        """Of a strip that begins at column `edge_px` of the side's canvas of `canvas_px` columns and is `strip_mm` wide."""
        if strip_mm is None:
            return Expected(widest)
        strip = strip_mm / view.scale.mm_per_px
        end = edge_px + strip
        in_view = min(end, view.first_column + view.width) - max(edge_px, view.first_column)
        beside = max(0.0, end - canvas_px) if view.first_column + view.width >= canvas_px else 0.0
        return Expected(widest, max(0.0, in_view), beside, strip)


def fitness(own: Pixels, edges: Edges, expected: Expected) -> Iterator[tuple[int, State, Reason | None]]:
    """Lines, state and reason, band after band, of uint8 [lines, width]."""
    glare = (own[::8, ::8] >= GLARE_DN).astype(np.float32)
    for n, seen in enumerate(edges.strip_seen.tolist()):
        start = n * BAND_LINES
        lines = min(BAND_LINES, own.shape[0] - start)
        if lines <= 0:
            return
        width = max(1.0, float(edges.right[n] - edges.left[n]))
        share = float(glare[start // 8 : (start + lines - 1) // 8 + 1].mean()) * own.shape[1] / width
        yield lines, *_band_state(bool(seen), share, width, expected)


def _band_state(seen: bool, glare: float, width: float, expected: Expected) -> tuple[State, Reason | None]:
    steel, beside = expected.in_view, expected.beside_view
    if not seen:
        return (State.INSPECTED, None) if steel == 0 else (State.LOST, NoStrip())
    reason: Reason | None = None
    if glare > GLARE_SHARE:
        reason = Overexposed()
    elif width < NARROWER * expected.widest:
        reason = StripNarrower()
    elif steel is not None and width < TRUE_TO_SIZE * steel:
        reason = StripLessThanGiven()
    elif steel is not None and width > steel + (1 - TRUE_TO_SIZE) * expected.strip:
        reason = StripMoreThanGiven()
    elif steel is not None and beside > (1 - TRUE_TO_SIZE) * (steel + beside):
        reason = StripBeyondPicture()
    return (State.DEGRADED, reason) if reason else (State.INSPECTED, None)
