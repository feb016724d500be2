"""How severe a defect is: a grade from 1 (slight) to 5 (severe), by rules that a recipe states for all classes and for single ones.

The area gives a grade. Length, width, contrast and place add steps to it. Each step is a reason, so that a person can follow the grade.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

from skelp.domain.defect import Defect
from skelp.domain.ranges import within
from skelp.domain.reasons import (
    Reason,
    SeverityArea,
    SeverityAtLeast,
    SeverityAtMost,
    SeverityContrast,
    SeverityContrastUnknown,
    SeverityEdge,
    SeverityEdgeUnknown,
    SeverityLong,
    SeverityMark,
    SeverityNoRecipe,
    SeverityOtherGrade,
    SeverityWide,
)

SLIGHTEST, GRAVEST = 1, 5
_ALWAYS_HASHED = ("area_mm2", "long_mm")
"""What the first recipes had."""


class Measures(NamedTuple):
    """What a defect is graded by, as `Defect` has it."""

    area_mm2: float
    length_mm: float
    width_mm: float
    across_mm: float
    contrast: float

    @staticmethod
    def of(d: Defect) -> Measures:
        return Measures(d.area_mm2, d.length_mm, d.width_mm, d.across_mm, d.contrast)


@dataclass(frozen=True, slots=True)
class Severity:
    """The rules for all classes. Defaults are a start, not a standard. A rule without a limit does nothing.

    `area_mm2`: where grades 2, 3, 4 and, with a fourth limit, 5 begin. From `long_mm`, from `wide_mm` and from `contrast` on, the grade is
    higher by 1 each. `contrast` is a share of the grey around the defect, whether darker or brighter. `edge` is added to the grade within
    `edge_mm` of an edge of the strip. The result is at least `at_least` and at most `at_most`, which without a value is the
    highest grade that the areas can give.
    """

    area_mm2: tuple[float, ...] = (50.0, 500.0, 5000.0)
    long_mm: float = 1000.0
    wide_mm: float | None = None
    contrast: float | None = None
    edge_mm: float | None = None
    edge: int = 1
    at_least: int = SLIGHTEST
    at_most: int | None = None

    def __post_init__(self) -> None:
        _check(self)
        if self.edge != 1 and self.edge and self.edge_mm is None:
            raise ValueError(f"edge {self.edge} needs edge_mm, the distance from the strip's edge up to which it counts")
        if self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"at_least {self.at_least} is more than at_most {self.at_most}")

    @property
    def highest(self) -> int:
        """The highest grade that a defect can get."""
        return max(1 + len(self.area_mm2), self.at_least) if self.at_most is None else self.at_most

    def graded(self, found: Measures, strip_width_mm: float | None) -> tuple[int, list[Reason]]:
        """The grade of a defect with these measures, and why. `strip_width_mm`: the width that the MES or the recipe gave, if any.

        A larger area, length, width or measured contrast never gives a lower grade.
        """
        steps = list(self._steps(found, strip_width_mm))
        grade, reasons = sum(step for step, _ in steps), [reason for _, reason in steps]
        if grade < self.at_least:
            return self.at_least, [*reasons, SeverityAtLeast(self.at_least)]
        if grade > self.highest:
            return self.highest, [*reasons, SeverityAtMost(self.highest)]
        return grade, reasons

    def _steps(self, d: Measures, strip_width_mm: float | None) -> Iterator[tuple[int, Reason]]:
        reached = sum(d.area_mm2 >= limit for limit in self.area_mm2)
        yield 1 + reached, SeverityArea(round(d.area_mm2, 2), (0.0, *self.area_mm2)[reached], 1 + reached)
        if d.length_mm >= self.long_mm:
            yield 1, SeverityLong(round(d.length_mm, 2), self.long_mm)
        if self.wide_mm is not None and d.width_mm >= self.wide_mm:
            yield 1, SeverityWide(round(d.width_mm, 2), self.wide_mm)
        if self.contrast is not None and not d.contrast:
            yield 1, SeverityContrastUnknown(self.contrast)
        elif self.contrast is not None and abs(d.contrast) >= self.contrast:
            yield 1, SeverityContrast(round(d.contrast, 4), self.contrast)
        if self.edge_mm is not None and self.edge:
            yield from self._place(d, self.edge_mm, strip_width_mm)

    def _place(self, d: Measures, edge_mm: float, strip_width_mm: float | None) -> Iterator[tuple[int, Reason]]:
        """A defect of which a part is near an edge counts as near for a higher grade, and for a lower grade only one that is so wholly."""
        far = math.inf if strip_width_mm is None else strip_width_mm  # from one edge to the other
        end = d.across_mm + d.width_mm
        nearest = min(d.across_mm, far - end)
        if (nearest if self.edge > 0 else min(end, far - d.across_mm)) <= edge_mm:
            yield self.edge, SeverityEdge(round(max(0.0, nearest), 2), edge_mm, self.edge)
        elif strip_width_mm is None:
            graver = max(0, self.edge)
            yield graver, SeverityEdgeUnknown(edge_mm, graver)


@dataclass(frozen=True, slots=True)
class ClassSeverity:
    """The rules for one class, by the names that `Severity` gives them. None: the rule for all classes."""

    area_mm2: tuple[float, ...] | None = None
    long_mm: float | None = None
    wide_mm: float | None = None
    contrast: float | None = None
    edge_mm: float | None = None
    edge: int | None = None
    at_least: int | None = None
    at_most: int | None = None

    def __post_init__(self) -> None:
        _check(self)

    def over(self, severity: Severity) -> Severity:
        """The rules of `severity`, but for those that this class has of its own. Raises ValueError if they do not go together."""
        return replace(severity, **_stated(asdict(self)))


def explained(defect: Defect, severity: Severity | None, strip_width_mm: float | None) -> list[Reason]:
    """Why a stored defect has its severity. `severity`: the rules of its class in the recipe of its coil; None if that is not there."""
    if defect.is_mark:
        return [SeverityMark()]
    if severity is None:
        return [SeverityNoRecipe()]
    grade, reasons = severity.graded(Measures.of(defect), strip_width_mm)
    return reasons if grade == defect.severity else [SeverityOtherGrade(grade)]


def hashed(body: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a recipe's values that its hash is made of: rules that came later and are not stated are left out.

    So a recipe that has none of them keeps the hash that it had before them, which is stored with coils.
    """
    defaults = asdict(Severity())
    severity = {key: v for key, v in body["severity"].items() if key in _ALWAYS_HASHED or v != defaults[key]}
    return {**body, "severity": severity, "classes": {name: _hashed_class(rule) for name, rule in body["classes"].items()}}


def _hashed_class(rule: Mapping[str, Any]) -> dict[str, Any]:
    own = rule["severity"]
    others = {key: value for key, value in rule.items() if key != "severity"}
    return others if own is None else {**others, "severity": _stated(own)}


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _check(s: Severity | ClassSeverity) -> None:
    """Raises ValueError for a limit that makes no sense by itself."""
    if s.area_mm2 is not None:
        _check_areas(s.area_mm2)
    within(0, math.inf, long_mm=s.long_mm, wide_mm=s.wide_mm, contrast=s.contrast, edge_mm=s.edge_mm)
    within(SLIGHTEST - GRAVEST, GRAVEST - SLIGHTEST, edge=s.edge)
    within(SLIGHTEST, GRAVEST, at_least=s.at_least, at_most=s.at_most)


def _check_areas(limits: tuple[float, ...]) -> None:
    if len(limits) not in (3, 4):
        raise ValueError(f"area_mm2 must have 3 limits, for grades 2 to 4, or 4, for grades 2 to 5, got {list(limits)}")
    rising = all(low < high for low, high in pairwise(limits))
    if not (limits[0] >= 0 and rising):
        raise ValueError(f"area_mm2 must rise from 0 or more, as in [50, 500, 5000], got {list(limits)}")
