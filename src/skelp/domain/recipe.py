"""Limits for one product or customer: what is a defect, how severe it is, and when a coil is held."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import MISSING, Field, asdict, dataclass, field, fields, replace
from itertools import islice
from typing import Any

from skelp.domain.decision import Decision
from skelp.domain.defect import DefectClass
from skelp.domain.errors import SkelpError, suggestion
from skelp.domain.ranges import within as _within
from skelp.domain.reasons import (
    CoilClassesIgnored,
    CoilCropped,
    CoilEdgeMargin,
    CoilManyDefects,
    CoilMarks,
    CoilNoLine,
    CoilNotInspected,
    CoilPeriodic,
    CoilScreened,
    CoilSevereDefects,
    CoilSound,
    CoilUninspectedAllowed,
    CoilWeldsCropped,
    CoilWidthNotGiven,
    Reason,
    RecipeSideUnseen,
    RecipeZoneWhole,
)
from skelp.domain.rule_checks import faults
from skelp.domain.rules import Rule
from skelp.domain.ruling import Evidence, Finding, Ruling
from skelp.domain.severity import GRAVEST, ClassSeverity, Severity, hashed
from skelp.domain.strip import Side
from skelp.domain.zones import Zone

NEVER = GRAVEST + 1
"""As hold_from_severity: no defect holds a coil by its severity alone."""
MOST_RULES = 200
_MOST_FAULTS = 10
_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f/]{1,128}")
_INSPECTION = ("classes", "severity", "bridge_mm", "edge_margin_mm", "screen")
_CAME_LATER = ("products", "customers", "zones", "rules", "crop_head_m", "crop_tail_m", "crop_weld_m")


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
    products: tuple[str, ...] = ()
    """Products that the recipe is for, where a station has several recipes; `*` stands for any letters. None: all products."""
    customers: tuple[str, ...] = ()
    """Customers that it is for, in the same way. Where it names both, a coil must fit both."""
    zones: Mapping[str, Zone] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    crop_head_m: float = 0.0
    """Metres that will be cut off, and are not judged: neither their defects nor what was not inspected."""
    crop_tail_m: float = 0.0
    crop_weld_m: float = 0.0
    """Metres on each side of a weld seam that the MES told: cut out, and not judged either."""

    def __post_init__(self) -> None:
        _within(1, NEVER, hold_from_severity=self.hold_from_severity)
        self._check_severities()
        _within(0, math.inf, bridge_mm=self.bridge_mm, edge_margin_mm=self.edge_margin_mm)
        _within(0, 1e6, crop_head_m=self.crop_head_m, crop_tail_m=self.crop_tail_m, crop_weld_m=self.crop_weld_m)
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"name must have 1 to 128 characters in one line, and no slash, got {self.name[:140]!r}")
        if len(self.rules) > MOST_RULES:
            raise ValueError(f"{len(self.rules)} rules; at most {MOST_RULES} are taken")
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
    def _highest(self) -> int:
        """The highest severity that a defect can get."""
        return max(self.severity.highest, *(self.severity_of(name).highest for name in self.classes), 0)

    def check_rules(self) -> None:
        """Raise SkelpError if a rule cannot work. A recipe is checked when it is made; one that decided once is taken as it is."""
        ignored = [name for name, rule in self.classes.items() if rule.ignore]
        found = faults(self.rules, self.zones, ignored=ignored, severity_to=self._highest, hold_from=self.hold_from_severity)
        if wrong := list(islice(found, _MOST_FAULTS)):
            raise SkelpError(f"recipe {self.name}: {'; '.join(wrong)}")
        width = self.strip_width_mm
        whole = [name for name, zone in self.zones.items() if width is not None and zone.is_whole_across(width)]
        if width is not None and whole:
            raise SkelpError(f"recipe {self.name} is refused", RecipeZoneWhole(whole[0], width))

    def check_sides(self, seen: Collection[Side]) -> None:
        """Raise SkelpError if a rule is about a side alone at which no camera looks: it would never fire."""
        for rule in self.rules:
            zone = None if rule.zone is None else self.zones[rule.zone].side
            about = {zone} if zone is not None else set(rule.sides)
            if about and not about & set(seen):
                raise SkelpError(f"recipe {self.name} is refused", RecipeSideUnseen(rule.name, min(about).value))

    @property
    def sha256(self) -> str:
        """Hash of every value of the recipe, kept with each coil. Keys that came later count only where they are used, so that a recipe
        keeps its hash when skelp gets more of them.
        """
        unused = [f.name for f in fields(self) if f.name in _CAME_LATER and getattr(self, f.name) == _default(f)]
        body = {key: value for key, value in asdict(self).items() if key not in unused}
        return hashlib.sha256(json.dumps(hashed(body), sort_keys=True).encode()).hexdigest()

    @property
    def needs_defects(self) -> bool:
        """Whether the recipe decides by the defects one by one, and not by their counts alone."""
        return bool(self.rules or self.crop_head_m or self.crop_tail_m or self.crop_weld_m)

    def inspects_otherwise(self, other: Recipe) -> list[str]:
        """The keys in which the two differ that say what the line does while a coil passes."""
        return [key for key in _INSPECTION if getattr(self, key) != getattr(other, key)]

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
        for rule in self.rules:
            strange += [f"rule {rule.name}: {n} is no class of the model; {suggestion(n, known)}" for n in rule.classes if n not in known]
            marks = [c.name for c in classes if c.name in rule.classes and c.pseudo and not self.classes.get(c.name, ClassRule()).as_defect]
            strange += [f"rule {rule.name} can never count {n}, a mark that is no defect; write as_defect = true for it" for n in marks]
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

    def decide(self, seen: Evidence) -> Ruling:
        """The decision and what it follows from. Steel that was not inspected is never accepted as clean, whatever was found.

        A coil that one finding would hold and another scrap is scrap: what was seen stays, whatever else there is to see.
        """
        against = [*self._from_limits(seen), *filter(None, (rule.finding(seen, self.zones) for rule in self.rules))]
        repeated = CoilPeriodic(seen.periodic, "; ".join(seen.rolls) or None) if seen.periodic else None
        if repeated and self.hold_for_periodic:
            against.append(Finding(repeated, Decision.HOLD))
        found = sorted(against, key=lambda f: -f.then.rank)
        if found and found[0].then.rank > Decision.DOWNGRADE.rank:
            return Ruling(tuple(found))
        sound = CoilSound(round(seen.inspected_m, 4), sum(seen.by_severity.values()), self.hold_from_severity)
        told = [*([] if found else [sound]), *([repeated] if repeated else []), *self._reservations(seen)]
        return Ruling((*found, *(Finding(reason, Decision.ACCEPT) for reason in told)))

    def _from_limits(self, seen: Evidence) -> Iterator[Finding]:
        """What the limits of the whole coil say against it."""
        if seen.length_m <= 0:
            yield Finding(CoilNoLine(), Decision.HOLD)
        if seen.uninspected_m > self.hold_above_uninspected_m:
            yield Finding(CoilNotInspected(round(seen.uninspected_m, 4), self.hold_above_uninspected_m), Decision.HOLD)
        elif seen.inspected_m <= 0 < seen.length_m:  # the whole coil is lost or degraded, and the recipe allows so much
            yield Finding(CoilNoLine(), Decision.HOLD)
        severe = sum(n for grade, n in seen.by_severity.items() if grade >= self.hold_from_severity)
        if severe:
            ids = seen.found.where(seen.found.severity >= self.hold_from_severity).worst_ids()
            yield Finding(CoilSevereDefects(severe, self.hold_from_severity), Decision.HOLD, ids)
        count = sum(seen.by_severity.values())
        if seen.inspected_m > 0 and count * 100 / seen.inspected_m > self.hold_above_defects_per_100m:
            reason = CoilManyDefects(round(count * 100 / seen.inspected_m, 2), self.hold_above_defects_per_100m)
            yield Finding(reason, Decision.HOLD, seen.found.worst_ids())

    def _reservations(self, seen: Evidence) -> Iterator[Reason]:
        """What the decision leaves out, of a coil that is sold."""
        if seen.uninspected_m > 0:
            yield CoilUninspectedAllowed(round(seen.uninspected_m, 4), self.hold_above_uninspected_m)
        if seen.marks:
            yield CoilMarks(sum(seen.marks.values()), ", ".join(sorted(seen.marks)))
        head_m, tail_m = seen.ends.of(self.crop_head_m, self.crop_tail_m, 0.0)
        if seen.whole_m is not None and (head_m or tail_m):
            yield CoilCropped(head_m, tail_m)
        if seen.welds:
            yield CoilWeldsCropped(seen.welds, self.crop_weld_m)
        if self.edge_margin_mm:
            yield CoilEdgeMargin(self.edge_margin_mm)
        if seen.screened_m:
            yield CoilScreened(round(seen.screened_m, 4))
        if ignored := ", ".join(sorted(name for name, rule in self.classes.items() if rule.ignore)):
            yield CoilClassesIgnored(ignored)
        if not seen.width_known:
            yield CoilWidthNotGiven()


def _default(of: Field[Any]) -> Any:
    return of.default_factory() if of.default_factory is not MISSING else of.default
