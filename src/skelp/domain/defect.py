"""Classes, regions of cells, and defects."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from skelp.domain.strip import Side

CLEAN = 0
"""Class id of sound steel."""
MARK = 0
"""Severity of a mark that is no defect, such as chalk."""


@dataclass(frozen=True, slots=True)
class DefectClass:
    """A class of defects that a model knows. `code` is the plant's own number for it.

    Thresholds are probabilities, 0 to 1. Neighbouring cells with at least `grow_threshold` form a region. The region is a defect if one
    of its cells reaches `threshold` and its area reaches `min_area_mm2`. With two thresholds (hysteresis, Canny 1986) a long scratch
    does not break into pieces where it fades. Without `grow_threshold`, `threshold` is used for both.

    `pseudo`: a mark that is no defect, such as chalk or a water stain. It is found and measured, and never counts against a coil.
    """

    id: int
    name: str
    code: str = ""
    threshold: float = 0.5
    min_area_mm2: float = 0.0
    grow_threshold: float | None = None
    pseudo: bool = False

    @property
    def growing(self) -> float:
        return self.threshold if self.grow_threshold is None else min(self.grow_threshold, self.threshold)


@dataclass(frozen=True, slots=True)
class Box:
    """Half-open rectangle: `line ... line_end` along, `column ... column_end` across."""

    line: int
    line_end: int
    column: int
    column_end: int

    @property
    def lines(self) -> int:
        return self.line_end - self.line

    @property
    def columns(self) -> int:
        return self.column_end - self.column

    def joined(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(
            min(self.line, other.line),
            max(self.line_end, other.line_end),
            min(self.column, other.column),
            max(self.column_end, other.column_end),
        )


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over cells of line, column and their products; they add when regions join.

    Python integers, so a scratch of any length stays exact.
    """

    line: int
    column: int
    line2: int
    column2: int
    line_column: int

    def plus(self, o: Moments) -> Moments:
        return Moments(
            self.line + o.line,
            self.column + o.column,
            self.line2 + o.line2,
            self.column2 + o.column2,
            self.line_column + o.line_column,
        )

    def orientation_deg(self, area: int, mm_per_column: float, mm_per_line: float) -> float:
        """Angle of the long axis to the rolling direction, -90 < angle <= 90, positive toward the drive side.

        From the second central moments (Teague, J. Opt. Soc. Am. 1980).
        """
        var_line = (self.line2 - self.line * self.line / area) * mm_per_line**2
        var_column = (self.column2 - self.column * self.column / area) * mm_per_column**2
        cov = (self.line_column - self.line * self.column / area) * mm_per_line * mm_per_column
        return math.degrees(0.5 * math.atan2(2 * cov, var_line - var_column))


@dataclass(frozen=True, slots=True)
class Patch:
    """Picture of a defect, or of the worst part of a large one: pixels uint8 [h, w], mask uint8 [h, w] of 0 and 255."""

    pixels: NDArray[np.uint8]
    mask: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Region:
    """A connected component of one class, in cells of the class map; boxes count from the coil's head.

    `score_sum` and `score_peak` are 0 to 255 as the model gives them; `grey_sum` and `around_sum` are weighted by area.
    `near_px` and `far_px` are its extent across, measured from the strip's edge at the same line, because the strip wanders under the
    camera. A region of area 0 is a bridge: it only joins other regions across a short gap.
    """

    class_id: int
    box: Box
    area: int
    score_sum: int
    score_peak: int
    moments: Moments
    grey_sum: float = 0.0
    around_sum: float = 0.0
    near_px: float = 0.0
    far_px: float = 0.0
    cut_by_gap: bool = False
    patch: Patch | None = field(default=None, compare=False)
    patch_score: float = field(default=0.0, compare=False)
    camera: str = ""

    def joined(self, other: Region) -> Region:
        """Both as one region. Its camera is that of the piece nearer to the head; its picture is the one with the larger score."""
        if not self.area or not other.area:
            return replace(self if self.area else other, cut_by_gap=self.cut_by_gap or other.cut_by_gap)
        first = self if (self.box.line, self.box.column) <= (other.box.line, other.box.column) else other
        best = self if self.patch_score >= other.patch_score else other
        return replace(
            first,
            box=self.box.joined(other.box),
            area=self.area + other.area,
            score_sum=self.score_sum + other.score_sum,
            score_peak=max(self.score_peak, other.score_peak),
            moments=self.moments.plus(other.moments),
            grey_sum=self.grey_sum + other.grey_sum,
            around_sum=self.around_sum + other.around_sum,
            near_px=min(self.near_px, other.near_px),
            far_px=max(self.far_px, other.far_px),
            cut_by_gap=self.cut_by_gap or other.cut_by_gap,
            patch=best.patch,
            patch_score=best.patch_score,
        )


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect of a coil. Millimetres along count from the head, across from the operator-side edge of the strip.

    `score` is its highest probability, `contrast` the Weber contrast of its grey to its surroundings, 0 where it was not measured.
    `line`, `lines`, `column` and `columns` are its box in the camera's own picture of the coil. `cut_by_gap`: it touches lines that were
    not judged, so it may be longer. `severity` is 1 to 5, and MARK for a mark that is no defect.
    `seen_as`: on a derived coil, the id of the defect on the coil that a camera saw, under which its crop is stored; else None.
    `plant_code` and `cluster_code`: the common codes of its class when it was recorded; None without.
    """

    defect_id: str
    coil_id: str
    class_name: str
    code: str
    severity: int
    score: float
    mean_score: float
    side: Side
    camera: str
    along_mm: float
    across_mm: float
    length_mm: float
    width_mm: float
    area_mm2: float
    orientation_deg: float
    contrast: float
    cut_by_gap: bool
    line: int
    lines: int
    column: int
    columns: int
    revision: int = 1
    seen_as: str | None = None
    plant_code: str | None = None
    cluster_code: str | None = None
    patch: Patch | None = field(default=None, compare=False)

    @property
    def pictured_as(self) -> str:
        """The id under which its crop is stored."""
        return self.seen_as or self.defect_id

    @property
    def is_mark(self) -> bool:
        """Whether it is a mark that is no defect."""
        return self.severity == MARK
