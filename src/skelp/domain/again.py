"""Decides again, by another recipe, from what was recorded of a coil.

A recipe that asks for less than the one that inspected the coil is applied to what was found. Where it asks for more, what it asks for was
not looked for, so the coil is held: steel that was not inspected by a recipe is not clean by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter

import numpy as np

from skelp.domain.coilmap import Coil, Facts, Tally, evidence
from skelp.domain.decision import Decision
from skelp.domain.defect import MARK
from skelp.domain.found import Found, Mask
from skelp.domain.reasons import CoilInterrupted, CoilRecipeFiner
from skelp.domain.recipe import ClassRule, Recipe
from skelp.domain.ruling import Finding, Ruling
from skelp.domain.severity import Measures, Severity
from skelp.domain.zones import Zone

_AS_IN_THE_CARD = ClassRule()
_LIMITS = attrgetter("classes", "severity", "edge_margin_mm")
"""What a recipe counts as a defect, and how severe."""


def decide_again(coil: Coil, facts: Facts, asked: Recipe, inspected: Recipe | None) -> Ruling:
    """What the recipe `asked` decides on a final coil. `facts.found` has the coil's defects and its marks.

    `inspected`: the recipe that the coil was inspected by; None if it is not known, and the coil is held.
    """
    finer = ["*"] if inspected is None else list(_finer(asked, inspected))
    known = _by(asked, inspected or asked, facts, coil)
    findings = [*asked.decide(evidence(coil, known, asked)).findings]
    if finer or coil.interrupted:
        findings = [f for f in findings if f.then is not Decision.ACCEPT]
    if finer:
        findings.insert(0, Finding(CoilRecipeFiner(", ".join(finer), coil.recipe_name), Decision.HOLD))
    if coil.interrupted:
        findings.insert(0, Finding(CoilInterrupted(), Decision.HOLD))
    return Ruling(tuple(sorted(findings, key=lambda f: -f.then.rank)))


def _finer(asked: Recipe, inspected: Recipe) -> Iterator[str]:
    """The keys in which `asked` looks for more than `inspected` did. A limit that one of them leaves to the model's card may be finer."""
    for name in sorted(asked.classes.keys() | inspected.classes.keys()):
        now, was = asked.classes.get(name, _AS_IN_THE_CARD), inspected.classes.get(name, _AS_IN_THE_CARD)
        if now.ignore:
            continue
        if was.ignore:
            yield f"classes.{name}.ignore"
        for key in ("threshold", "min_area_mm2"):
            wanted, had = getattr(now, key), getattr(was, key)
            if wanted != had and (wanted is None or had is None or wanted < had):
                yield f"classes.{name}.{key}"
    if asked.edge_margin_mm < inspected.edge_margin_mm:
        yield "edge_margin_mm"
    if asked.bridge_mm > inspected.bridge_mm:
        yield "bridge_mm"
    if set(inspected.screen) - set(asked.screen):
        yield "screen"


def _by(asked: Recipe, inspected: Recipe, facts: Facts, coil: Coil) -> Facts:
    """The facts as `asked` counts them: with its severities, without what it does not count as a defect."""
    found = facts.found
    marks = found.severity == MARK
    if _LIMITS(asked) == _LIMITS(inspected):
        return replace(facts, found=found.where(~marks))
    severity = found.severity.copy()
    counted = np.ones(len(found), bool)
    for name in np.unique(found.class_name).tolist():
        rule, was = asked.classes.get(name, _AS_IN_THE_CARD), inspected.classes.get(name, _AS_IN_THE_CARD)
        of_class = found.class_name == name
        counted &= ~of_class | ~_left_out(rule, found)
        if was.as_defect and not rule.as_defect:
            severity[of_class] = MARK
        elif asked.severity_of(name) != inspected.severity_of(name) or (rule.as_defect and not was.as_defect):
            regraded = of_class & (~marks | rule.as_defect)
            severity[regraded] = _grades(found.where(regraded), asked.severity_of(name), coil.strip_width_mm)
    if asked.edge_margin_mm > inspected.edge_margin_mm:
        length_m = sum(i.lines for i in facts.coverage) * coil.mm_per_line / 1000
        counted &= ~Zone(edge_mm=asked.edge_margin_mm).covered(found, length_m, coil.strip_width_mm)
    kept = replace(found, severity=severity).where(counted)
    tally = Tally.counted([(*key, n) for key, n in Counter(zip(kept.class_name.tolist(), kept.severity.tolist(), strict=True)).items()])
    return replace(facts, tally=tally, found=kept.where(kept.severity > MARK))


def _grades(found: Found, rules: Severity, strip_width_mm: float | None) -> list[int]:
    """The severities of defects by these rules."""
    columns = (found.area_mm2, found.length_mm, found.width_mm, found.across_mm, found.contrast)
    return [rules.graded(Measures(*values), strip_width_mm)[0] for values in zip(*(c.tolist() for c in columns), strict=True)]


def _left_out(rule: ClassRule, found: Found) -> Mask:
    """Which defects of the rule's class it does not count, bool [N]."""
    if rule.ignore:
        return np.ones(len(found), bool)
    below = found.score < (rule.threshold or 0.0)
    return below | (found.area_mm2 < (rule.min_area_mm2 or 0.0))
