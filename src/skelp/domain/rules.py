"""Rules of a recipe: how many defects of a kind, or how large ones, in which part of the strip, make which decision."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from skelp.domain.decision import Decision
from skelp.domain.found import Found, Mask, Numbers
from skelp.domain.ranges import within
from skelp.domain.reasons import CoilRuleArea, CoilRuleCount, CoilRuleHeavy, CoilRuleLength, CoilRuleRate, Reason
from skelp.domain.ruling import Evidence, Finding
from skelp.domain.stretches import heavy_m
from skelp.domain.strip import Side
from skelp.domain.zones import Zone

Counted = Literal["defects", "area_mm2", "length_mm", "heavy_m"]
_EXACT = 1_000_000
"""Amounts are summed as whole numbers of millionths: sums of floating-point numbers depend on what else is summed."""
_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,100}")


@dataclass(frozen=True, slots=True)
class Rule:
    """Asks for `then` if more than `more_than` of what it counts is found among the defects that it is about.

    It is about defects of these `classes` (none given: all), of a severity from `severity_from` on, at least as large as given, on these
    `sides`, with a part in the zone `zone`, and not wholly in one of the zones `outside`. Where something is not known, such as the
    strip's width, the defect counts.

    `of`: what is counted; `heavy_m` are metres of heavy stretches (ADR 28). `in_any_m`: it is counted in any stretch of so many metres, of
    which a defect has a part, and the fullest one decides. `per_m`: it is counted over the whole coil, and divided by the length that was
    inspected, for so many metres: lost steel must not make a coil look better. Without both, over the whole coil.
    """

    name: str
    then: Decision
    classes: tuple[str, ...] = ()
    severity_from: int = 1
    min_area_mm2: float = 0.0
    min_length_mm: float = 0.0
    min_width_mm: float = 0.0
    sides: tuple[Side, ...] = ()
    zone: str | None = None
    outside: tuple[str, ...] = ()
    more_than: float = 0.0
    of: Counted = "defects"
    in_any_m: float | None = None
    per_m: float | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.name != self.name.strip():
            raise ValueError("a rule needs a name of 1 to 100 characters in one line; it stands in the reasons of coils")
        object.__setattr__(self, "classes", tuple(sorted(set(self.classes))))  # the same conditions are the same rule
        object.__setattr__(self, "sides", tuple(s for s in Side if s in self.sides) if set(self.sides) != set(Side) else ())
        within(1, 5, severity_from=self.severity_from)
        if self.then is Decision.ACCEPT:
            raise ValueError(f'rule {self.name}: then must be "downgrade", "hold" or "scrap"; what no rule is about is accepted anyway')
        if self.in_any_m is not None and self.per_m is not None:
            raise ValueError(f"rule {self.name}: in_any_m and per_m exclude each other; leave one out")
        if self.per_m is not None and self.of != "defects":
            raise ValueError(f"rule {self.name}: per_m counts defects; leave out of, or give in_any_m")
        if self.of == "heavy_m" and self.in_any_m is not None:
            raise ValueError(f"rule {self.name}: heavy_m counts the whole coil; leave out in_any_m")
        at_least = ("more_than", "min_area_mm2", "min_length_mm", "min_width_mm")
        for name in at_least:
            if not getattr(self, name) >= 0:
                raise ValueError(f"rule {self.name}: {name} must be 0 or more, got {getattr(self, name)}")
        for name in ("in_any_m", "per_m"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"rule {self.name}: {name} must be more than 0, got {value}")

    def finding(self, evidence: Evidence, zones: Mapping[str, Zone]) -> Finding | None:
        """What the rule says of a coil; None: nothing."""
        about = evidence.found.where(self._is_about(evidence, zones))
        from_mm, counted = None, about
        if self.of == "heavy_m":
            total = _heavy_m(about)
        elif self.in_any_m is None:
            total = _sum(self._amounts(about))
        else:
            total, within_it, from_mm = _fullest(about, self._amounts(about), self.in_any_m * 1000)
            counted = about.where(within_it)
        if self.per_m is not None:
            total = total * self.per_m / evidence.inspected_m if evidence.inspected_m > 0 else 0.0  # a coil of which nothing was is held
        if not total > self.more_than:
            return None
        return Finding(self._reason(total, from_mm), self.then, counted.worst_ids())

    def _is_about(self, evidence: Evidence, zones: Mapping[str, Zone]) -> Mask:
        found, coil_m, width_mm = evidence.found, evidence.coil_m, evidence.width_mm
        about = found.severity >= self.severity_from
        if self.classes:
            about &= np.isin(found.class_name, self.classes)
        if self.sides:
            about &= np.isin(found.side, [s.value for s in self.sides])
        large = (found.area_mm2 >= self.min_area_mm2) & (found.length_mm >= self.min_length_mm) & (found.width_mm >= self.min_width_mm)
        about &= large | found.cut_by_gap  # which may be larger than what was seen of it
        if self.zone is not None:
            about &= zones[self.zone].touched(found, coil_m, width_mm)
        for name in self.outside:
            about &= ~zones[name].covered(found, coil_m, width_mm, evidence.ends)
        return about

    def _amounts(self, about: Found) -> Numbers:
        return np.ones(len(about)) if self.of == "defects" else about.area_mm2 if self.of == "area_mm2" else about.length_mm

    def _reason(self, total: float, from_mm: float | None) -> Reason:
        then, total = self.then, round(total, 2)
        if self.per_m is not None:
            return CoilRuleRate(self.name, then, total, self.more_than, self.per_m)
        if self.of == "heavy_m":
            return CoilRuleHeavy(self.name, then, total, self.more_than)
        kind = {"defects": CoilRuleCount, "area_mm2": CoilRuleArea, "length_mm": CoilRuleLength}[self.of]
        return kind(self.name, then, total, self.more_than, self.in_any_m, None if from_mm is None else round(from_mm / 1000, 2))


def _sum(amount: Numbers) -> float:
    return int(np.rint(amount * _EXACT).astype(np.int64).sum()) / _EXACT


def _heavy_m(about: Found) -> float:
    """Metres of heavy stretches, of both sides."""
    centres = about.along_mm + about.length_mm / 2
    return round(sum(heavy_m(centres[about.side == side.value]) for side in Side), 6)


def _fullest(about: Found, amount: Numbers, window_mm: float) -> tuple[float, Mask, float | None]:
    """The most that any window holds, which defects have a part in it, bool [N], and where it begins, mm. A long defect counts in full.

    As a window moves toward the tail it gains a defect where its end reaches the defect's beginning, and loses one behind the defect's
    end. So the fullest window begins at the end of some defect.
    """
    if not len(about):
        return 0.0, np.zeros(0, bool), None
    first, last = about.along_mm, about.along_mm + about.length_mm
    units = np.rint(amount * _EXACT).astype(np.int64)
    by_first, by_last = np.argsort(first, kind="stable"), np.argsort(last, kind="stable")
    begun = np.concatenate([[0], np.cumsum(units[by_first])])[np.searchsorted(first[by_first], last + window_mm, side="right")]
    ended = np.concatenate([[0], np.cumsum(units[by_last])])[np.searchsorted(last[by_last], last, side="left")]
    fullest = int((begun - ended).argmax())
    at = float(last[fullest])
    return int(begun[fullest] - ended[fullest]) / _EXACT, (last >= at) & (first <= at + window_mm), at
