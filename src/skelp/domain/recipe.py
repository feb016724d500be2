"""What counts as a defect on which product, and what a coil with defects is worth."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum

from skelp.domain.defect import DefectClass
from skelp.domain.reasons import (
    CoilEdgeMargin,
    CoilManyDefects,
    CoilNoLine,
    CoilNotInspected,
    CoilSevereDefects,
    CoilSound,
    CoilWidthNotGiven,
    Reason,
)


class Decision(StrEnum):
    """What the coil's record recommends. A person or the MES may decide otherwise; this says why."""

    ACCEPT = "accept"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Severity:
    """Grades 1 to 4 by area, one more for a defect longer than `long_mm`. Defaults are a start, not a standard."""

    area_mm2: tuple[float, float, float] = (50.0, 500.0, 5000.0)
    long_mm: float = 1000.0

    def of(self, area_mm2: float, length_mm: float) -> int:
        grade = 1 + sum(area_mm2 >= limit for limit in self.area_mm2)
        return min(4, grade + (length_mm >= self.long_mm))


@dataclass(frozen=True, slots=True)
class ClassRule:
    """What a recipe changes of a model's class. None leaves the model card's value."""

    threshold: float | None = None
    min_area_mm2: float | None = None
    ignore: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """Limits for one product. `decide` holds a coil for what was seen and for what could not be seen."""

    name: str = "default"
    classes: Mapping[str, ClassRule] = field(default_factory=dict)
    severity: Severity = field(default_factory=Severity)
    hold_from_severity: int = 3
    hold_above_defects_per_100m: float = 50.0
    hold_above_uninspected_m: float = 0.0
    bridge_mm: float = 8.0
    """Pieces of one class that follow each other along the strip within this distance are one defect."""
    edge_margin_mm: float = 2.0
    """Steel this close to the strip's edge is not judged (slit edges are ragged); an accepted coil's reason names the figure."""
    strip_width_mm: float | None = None
    """Width of this product's strip, unless the MES gives the coil's own: where less of it is seen, the lines are degraded."""

    def __post_init__(self) -> None:
        if self.strip_width_mm is not None and not self.strip_width_mm > 0:
            raise ValueError(f"strip_width_mm must be more than 0, got {self.strip_width_mm}; leave it out where the width is not known")

    @property
    def sha256(self) -> str:
        """Hash of every value of the recipe, kept with each coil."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    def applied_to(self, classes: tuple[DefectClass, ...]) -> tuple[DefectClass, ...]:
        """The model's classes with this recipe's limits. An ignored class gets a threshold that nothing reaches."""
        return tuple(self._applied(c) for c in classes)

    def _applied(self, c: DefectClass) -> DefectClass:
        rule = self.classes.get(c.name, ClassRule())
        threshold = 2.0 if rule.ignore else c.threshold if rule.threshold is None else rule.threshold
        area = c.min_area_mm2 if rule.min_area_mm2 is None else rule.min_area_mm2
        return replace(c, threshold=threshold, min_area_mm2=area, grow_threshold=threshold if rule.ignore else c.grow_threshold)

    def decide(
        self, *, length_m: float, uninspected_m: float, by_severity: Mapping[int, int], width_known: bool = True
    ) -> tuple[Decision, list[Reason]]:
        """Decision and the reasons for it. Steel that was not inspected is never accepted as clean."""
        held: list[Reason] = []
        if length_m <= 0:
            held.append(CoilNoLine())
        if uninspected_m > self.hold_above_uninspected_m:
            held.append(CoilNotInspected(round(uninspected_m, 4), self.hold_above_uninspected_m))
        severe = sum(n for grade, n in by_severity.items() if grade >= self.hold_from_severity)
        if severe:
            held.append(CoilSevereDefects(severe, self.hold_from_severity))
        count = sum(by_severity.values())
        if length_m > 0 and count * 100 / length_m > self.hold_above_defects_per_100m:
            held.append(CoilManyDefects(round(count * 100 / length_m, 2), self.hold_above_defects_per_100m))
        if held:
            return Decision.HOLD, held
        accepted: list[Reason] = [CoilSound(round(length_m, 4), count, self.hold_from_severity)]
        if self.edge_margin_mm:
            accepted.append(CoilEdgeMargin(self.edge_margin_mm))
        if not width_known:
            accepted.append(CoilWidthNotGiven())
        return Decision.ACCEPT, accepted
