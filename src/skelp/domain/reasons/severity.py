"""Why a defect has its severity: what each rule of the recipe added to its grade."""

from __future__ import annotations

from skelp.domain.reasons.code import Code, Reason


class SeverityArea(Reason, code=Code.SEVERITY_AREA):
    """The defect's area gives it the grade `grade`, which begins at `from_mm2`. The other rules add to this grade."""

    area_mm2: float
    from_mm2: float
    grade: int


class SeverityLong(Reason, code=Code.SEVERITY_LONG):
    """The defect is at least `from_mm` long, so its grade is higher by 1."""

    length_mm: float
    from_mm: float


class SeverityWide(Reason, code=Code.SEVERITY_WIDE):
    """The defect is at least `from_mm` wide, so its grade is higher by 1."""

    width_mm: float
    from_mm: float


class SeverityContrast(Reason, code=Code.SEVERITY_CONTRAST):
    """The defect is darker or brighter than the steel around it by a share of at least `from_contrast`, so its grade is higher by 1."""

    contrast: float
    from_contrast: float


class SeverityContrastUnknown(Reason, code=Code.SEVERITY_CONTRAST_UNKNOWN):
    """The recipe grades by contrast, and the defect's was not measured, so its grade is higher by 1."""

    from_contrast: float


class SeverityEdge(Reason, code=Code.SEVERITY_EDGE):
    """The defect lies within `edge_mm` of an edge of the strip, `from_edge_mm` from it, so the recipe adds `steps` to its grade.

    A negative `steps` lowers the grade.
    """

    from_edge_mm: float
    edge_mm: float
    steps: int


class SeverityEdgeUnknown(Reason, code=Code.SEVERITY_EDGE_UNKNOWN):
    """The recipe grades by the distance from the strip's edge. The strip's width was not given, so the distance from the drive-side edge is
    not known, and the graver place counts: `steps` are added to the grade.
    """

    edge_mm: float
    steps: int


class SeverityAtLeast(Reason, code=Code.SEVERITY_AT_LEAST):
    """The rules gave a lower grade than `grade`, the lowest one that the recipe gives a defect of this class."""

    grade: int


class SeverityAtMost(Reason, code=Code.SEVERITY_AT_MOST):
    """The rules gave a higher grade than `grade`, the highest one that the recipe gives a defect of this class."""

    grade: int


class SeverityMark(Reason, code=Code.SEVERITY_MARK):
    """A mark of this class is no defect for this product, so its severity is 0."""


class SeverityNoRecipe(Reason, code=Code.SEVERITY_NO_RECIPE):
    """The recipe that graded the defect is not stored, or this version of skelp cannot read it."""


class SeverityOtherGrade(Reason, code=Code.SEVERITY_OTHER_GRADE):
    """The stored measures and the stored recipe give the grade `grade`, which is not the one that the defect was stored with."""

    grade: int
