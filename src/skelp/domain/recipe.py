"""Limits for one product: what is a defect, how severe it is, and when a coil is held."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from skelp.domain.defect import DefectClass
from skelp.domain.errors import SkelpError, suggestion
from skelp.domain.ranges import within as _within
from skelp.domain.reasons import (
    CoilClassesIgnored,
    CoilEdgeMargin,
    CoilManyDefects,
    CoilMarks,
    CoilNoLine,
    CoilNotInspected,
    CoilPeriodic,
    CoilScreened,
    CoilSevereDefects,
    CoilSound,
    CoilWidthNotGiven,
    Reason,
)
from skelp.domain.severity import GRAVEST, SLIGHTEST, ClassSeverity, Severity, hashed
from skelp.domain.strip import Side


class Decision(StrEnum):
    """What skelp recommends for a coil. The plant may decide otherwise."""

    ACCEPT = "accept"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class ClassRule:
    """What a recipe changes of a model's class. None leaves the model card's value.

    `as_defect`: marks of a pseudo class (chalk, stains) are defects for this product. `severity`: rules of its own.
    """

    threshold: float | None = None
    min_area_mm2: float | None = None
    ignore: bool = False
    as_defect: bool = False
    severity: ClassSeverity | None = None

    def __post_init__(self) -> None:
        _within(0, 1, threshold=self.threshold)
        _within(0, math.inf, min_area_mm2=self.min_area_mm2)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Limits for one product. `decide` holds a coil for what was seen and for what could not be seen."""

    name: str = "default"
    classes: Mapping[str, ClassRule] = field(default_factory=dict)
    severity: Severity = field(default_factory=Severity)
    hold_from_severity: int = 3
    hold_above_defects_per_100m: float = 50.0
    hold_above_uninspected_m: float = 0.0
    hold_for_periodic: bool = True
    """Whether defects that repeat along the coil hold it, whatever their severity; else an accepted coil's reasons name it."""
    bridge_mm: float = 8.0
    """Pieces of one class that follow each other along the strip within this distance are one defect."""
    edge_margin_mm: float = 2.0
    """Steel this close to the strip's edge is not judged (slit edges are ragged); an accepted coil's reason names the figure."""
    strip_width_mm: float | None = None
    """Width of this product's strip, unless the MES gives the coil's own: where less of it is seen, the lines are degraded."""
    screen: tuple[Side, ...] = ()
    """Sides of the strip that the model's screen looks at first, and the whole network only where that is suspicious (ADR 23)."""

    def __post_init__(self) -> None:
        _within(SLIGHTEST, GRAVEST, hold_from_severity=self.hold_from_severity)
        self._check_severities()
        _within(0, math.inf, bridge_mm=self.bridge_mm, edge_margin_mm=self.edge_margin_mm)
        _within(
            0,
            math.inf,
            hold_above_defects_per_100m=self.hold_above_defects_per_100m,
            hold_above_uninspected_m=self.hold_above_uninspected_m,
        )
        object.__setattr__(self, "screen", tuple(side for side in Side if side in self.screen))  # the same sides are the same recipe
        if self.strip_width_mm is None:
            return
        if not self.strip_width_mm > 0:
            raise ValueError(f"strip_width_mm must be more than 0, got {self.strip_width_mm}; leave it out where the width is not known")
        if 2 * self.edge_margin_mm >= self.strip_width_mm:
            raise ValueError(f"edge_margin_mm {self.edge_margin_mm} at either edge leaves nothing of strip_width_mm {self.strip_width_mm}")

    @property
    def sha256(self) -> str:
        """Hash of every value of the recipe, kept with each coil."""
        return hashlib.sha256(json.dumps(hashed(asdict(self)), sort_keys=True).encode()).hexdigest()

    def severity_of(self, class_name: str) -> Severity:
        """The rules by which defects of a class are graded."""
        own = self.classes.get(class_name, ClassRule()).severity
        return self.severity if own is None else own.over(self.severity)

    def _check_severities(self) -> None:
        for name in self.classes:
            try:
                self.severity_of(name)
            except ValueError as error:
                raise ValueError(f"classes.{name}.severity: with the rules for all classes, {error}") from error

    def applied_to(self, classes: tuple[DefectClass, ...]) -> tuple[DefectClass, ...]:
        """The model's classes with this recipe's limits. An ignored class gets a threshold that nothing reaches.

        Raises SkelpError for a class that the model does not know: its limits would do nothing.
        """
        known = {c.name for c in classes}
        strange = [f"[classes.{name}] is no class of the model; {suggestion(name, known)}" for name in self.classes if name not in known]
        if strange:
            raise SkelpError(f"recipe {self.name}: {'; '.join(strange)}")
        already = [c.name for c in classes if not c.pseudo and self.classes.get(c.name, ClassRule()).as_defect]
        if already:
            raise SkelpError(f"recipe {self.name}: {', '.join(already)} is a defect in any case; remove as_defect")
        return tuple(self._applied(c) for c in classes)

    def _applied(self, c: DefectClass) -> DefectClass:
        rule = self.classes.get(c.name, ClassRule())
        threshold = 2.0 if rule.ignore else c.threshold if rule.threshold is None else rule.threshold
        area = c.min_area_mm2 if rule.min_area_mm2 is None else rule.min_area_mm2
        grow = threshold if rule.ignore else c.grow_threshold
        return replace(c, threshold=threshold, min_area_mm2=area, grow_threshold=grow, pseudo=c.pseudo and not rule.as_defect)

    def decide(
        self,
        *,
        length_m: float,
        uninspected_m: float,
        by_severity: Mapping[int, int],
        marks: Mapping[str, int] = MappingProxyType({}),
        width_known: bool = True,
        screened_m: float = 0.0,
        periodic: int = 0,
        rolls: Sequence[str] = (),
    ) -> tuple[Decision, list[Reason]]:
        """Decision and the reasons for it. Steel that was not inspected is never accepted as clean.

        `marks`: the number of marks that are no defects, by class. They are named and never counted. `periodic`: the number of series of
        defects that repeat, and `rolls` what may have left them.
        """
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
        repeated = [CoilPeriodic(periodic, "; ".join(rolls) or None)] if periodic else []
        if self.hold_for_periodic:
            held += repeated
        if held:
            return Decision.HOLD, held
        sound = CoilSound(round(length_m, 4), count, self.hold_from_severity)
        return Decision.ACCEPT, [sound, *repeated, *self._reservations(marks, screened_m, width_known=width_known)]

    def _reservations(self, marks: Mapping[str, int], screened_m: float, *, width_known: bool) -> Iterator[Reason]:
        """What an accepted coil's decision leaves out."""
        if marks:
            yield CoilMarks(sum(marks.values()), ", ".join(sorted(marks)))
        if self.edge_margin_mm:
            yield CoilEdgeMargin(self.edge_margin_mm)
        if screened_m:
            yield CoilScreened(round(screened_m, 4))
        if ignored := ", ".join(sorted(name for name, rule in self.classes.items() if rule.ignore)):
            yield CoilClassesIgnored(ignored)
        if not width_known:
            yield CoilWidthNotGiven()
