"""Decides which lines of a picture were inspected. A picture that is dark, or partly dark, was not inspected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean

from skelp.domain.coverage import State
from skelp.domain.greys import GLARE_DN
from skelp.domain.reasons import (
    NoStrip,
    Overexposed,
    PartlyDark,
    Reason,
    StripBeyondPicture,
    StripLessThanGiven,
    StripMoreThanGiven,
    StripNarrower,
    StripWithinMargins,
)
from skelp.domain.strip import CameraView, Pixels
from skelp.pipeline.edges import BAND_LINES, Edges

GLARE_SHARE = 0.25
"""A band is degraded if more than this share of its strip is overexposed."""
DARK_SHARE = 0.1
"""A band is degraded if more than this share of its strip's columns or lines is dark. Of 5,803 bands of real strip, one has more."""
NARROWER = 0.9
"""A strip's width does not change. If a camera sees less than this share of it, the rest is dark and was not inspected."""
TRUE_TO_SIZE = 0.98
"""The same share if the width is given. The remaining 2% allow for errors of the camera's scale."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The widths of steel that a camera should see, in px.

    `widest`: the widest steel that it has seen on this coil. If the strip's width is given, `strip` is that width, `in_view` its part in
    this camera's picture, and `beside_view` its part beyond the picture of the last camera.
    """

    widest: float
    in_view: float | None = None
    beside_view: float = 0.0
    strip: float = 0.0
    margin: float = 0.0

    @staticmethod
    def of(view: CameraView, widest: float, edge_px: float, strip_mm: float | None, canvas_px: int, margin_mm: float = 0.0) -> Expected:
        """Expect a strip `strip_mm` wide that begins at column `edge_px` of the side's canvas, which has `canvas_px` columns.

        `margin_mm` at each edge in the picture is not inspected.
        """
        margin = margin_mm / view.scale.mm_per_px
        if strip_mm is None:
            return Expected(widest, margin=margin)
        strip = strip_mm / view.scale.mm_per_px
        end = edge_px + strip
        in_view = min(end, view.first_column + view.width) - max(edge_px, view.first_column)
        beside = max(0.0, end - canvas_px) if view.first_column + view.width >= canvas_px else 0.0
        return Expected(widest, max(0.0, in_view), beside, strip, margin)


def band_states(own: Pixels, edges: Edges, expected: Expected) -> Iterator[tuple[int, State, Reason | None]]:
    """The number of lines, the state and the reason of each band of `own`, uint8 [lines, width]."""
    glare = (own[::8, ::8] >= GLARE_DN).mean(axis=1).tolist()
    for n, seen in enumerate(edges.strip_seen.tolist()):
        start = n * BAND_LINES
        lines = min(BAND_LINES, own.shape[0] - start)
        if lines <= 0:
            return
        width = max(1.0, float(edges.right[n] - edges.left[n]))
        share = fmean(glare[start // 8 : (start + lines - 1) // 8 + 1]) * own.shape[1] / width
        margins = expected.margin * (int(edges.left[n] > 0) + int(edges.right[n] < own.shape[1]))
        if seen and width <= margins:
            yield lines, State.DEGRADED, StripWithinMargins()
        else:
            yield lines, *_band_state(bool(seen), share, float(edges.dark[n]), width, expected)


def _band_state(seen: bool, glare: float, dark: float, width: float, expected: Expected) -> tuple[State, Reason | None]:
    steel, beside = expected.in_view, expected.beside_view
    if not seen:
        return (State.INSPECTED, None) if steel == 0 else (State.LOST, NoStrip())
    reason: Reason | None = None
    if glare > GLARE_SHARE:
        reason = Overexposed()
    elif dark > DARK_SHARE:
        reason = PartlyDark()
    elif width < NARROWER * expected.widest:
        reason = StripNarrower()
    elif steel is not None and width < TRUE_TO_SIZE * steel:
        reason = StripLessThanGiven()
    elif steel is not None and width > steel + (1 - TRUE_TO_SIZE) * expected.strip:
        reason = StripMoreThanGiven()
    elif steel is not None and beside > (1 - TRUE_TO_SIZE) * (steel + beside):
        reason = StripBeyondPicture()
    return (State.DEGRADED, reason) if reason else (State.INSPECTED, None)
