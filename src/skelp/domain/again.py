"""Decides again, by another recipe, from what was recorded of a coil.

A recipe that asks for less than the one that inspected the coil is applied to what was found. Where it asks for more, what it asks for was
not looked for, so the coil is held: steel that was not inspected by a recipe is not clean by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import attrgetter

import numpy as np

from skelp.domain.coilmap import Coil, Facts, Tally, evidence
from skelp.domain.decision import Decision
from skelp.domain.defect import MARK
from skelp.domain.found import Found, Mask
from skelp.domain.reasons import (
    CoilDerived,
    CoilInterrupted,
    CoilOrderUnclear,
    CoilPersonWorse,
    CoilRecipeFiner,
    CoilRecipeOther,
    CoilRecipeUnknown,
    Reason,
)
from skelp.domain.recipe import ClassRule, Recipe
from skelp.domain.ruling import Finding, Ruling
from skelp.domain.severity import Measures, Severity
from skelp.domain.zones import Zone

_AS_IN_THE_CARD = ClassRule()
_LIMITS = attrgetter("classes", "severity", "edge_margin_mm")
"""What a recipe counts as a defect, and how severe."""


def decide_again(
    coil: Coil,
    facts: Facts,
    asked: Recipe,
    inspected: Recipe | None,
    classes: frozenset[str] | None = None,
    first: Sequence[Reason] = (),
) -> Ruling:
    """What the recipe `asked` decides on a final coil. `facts.found` has the coil's defects and its marks.

    `inspected`: the recipe that the coil was inspected by; None if it is not known, and the coil is held. `classes`: those that the model
    knew that inspected it; None if that is not known. `first`: the reasons of the first decision; those that no recipe makes stay.
    """
    held: list[Reason] = [CoilInterrupted()] if coil.interrupted else []
    if inspected is None:
        held.append(CoilRecipeUnknown(coil.recipe_name))
    elif other := [reason for reason in first if isinstance(reason, CoilRecipeOther)]:
        held += other  # it was inspected by another recipe than the one that is known
    elif asked != inspected and (finer := ", ".join(_finer(asked, inspected, coil, classes))):
        held.append(CoilRecipeFiner(finer, coil.recipe_name))
    held += [reason for reason in first if isinstance(reason, CoilPersonWorse | CoilOrderUnclear)]
    was_cut = any(isinstance(reason, CoilDerived) for reason in first)
    findings = asked.decide(evidence(coil, _by(asked, inspected or asked, facts, coil, was_cut=was_cut), asked)).findings
    if held:
        findings = (*(Finding(reason, Decision.HOLD) for reason in held), *(f for f in findings if f.then is not Decision.ACCEPT))
    return Ruling((*findings, *(Finding(reason, Decision.ACCEPT) for reason in first if isinstance(reason, CoilDerived))))


def _finer(asked: Recipe, inspected: Recipe, coil: Coil, classes: frozenset[str] | None) -> Iterator[str]:
    """The keys in which `asked` looks for more than `inspected` did. A limit that only one of them leaves to the model's card may be finer.

    A region that would fall apart above a higher threshold counts once.
    """
    for rule in asked.rules:
        if set(rule.classes) and (classes is None or not set(rule.classes) <= classes):
            yield f"rules.{rule.name}.classes"
    for name in sorted(asked.classes.keys() | inspected.classes.keys()):
        yield from (f"classes.{name}.{key}" for key in _finer_in_class(name, asked, inspected))
    if asked.strip_width_mm is not None and (coil.strip_width_mm is None or coil.strip_width_mm < asked.strip_width_mm):
        yield "strip_width_mm"
    if asked.edge_margin_mm < inspected.edge_margin_mm:
        yield "edge_margin_mm"
    if asked.bridge_mm != inspected.bridge_mm:  # a longer one joins what are two defects, a shorter one parts what is one
        yield "bridge_mm"
    if set(inspected.screen) - set(asked.screen):
        yield "screen"


def _finer_in_class(name: str, asked: Recipe, inspected: Recipe) -> Iterator[str]:
    now, was = asked.classes.get(name, _AS_IN_THE_CARD), inspected.classes.get(name, _AS_IN_THE_CARD)
    if now.ignore:
        return
    if was.ignore:
        yield "ignore"
    if now.as_defect and not was.as_defect and asked.hold_for_periodic:
        yield "as_defect"  # nobody looked for marks that repeat
    for key in ("threshold", "min_area_mm2"):
        wanted, had = getattr(now, key), getattr(was, key)
        if wanted != had and (wanted is None or had is None or wanted < had):
            yield key


def _by(asked: Recipe, inspected: Recipe, facts: Facts, coil: Coil, *, was_cut: bool) -> Facts:
    """The facts as `asked` counts them: with its severities, without what it does not count as a defect.

    `was_cut`: the coil was cut out of others. A defect that lies across a cut was graded as a whole, and nobody knows its size any more: it
    is never too small to count, and gets no lower grade than it had.
    """
    found = facts.found
    marks = found.severity == MARK
    clipped = found.cut_by_gap & was_cut
    if _LIMITS(asked) == _LIMITS(inspected):
        return replace(facts, found=found.where(~marks))
    severity = found.severity.copy()
    counted = np.ones(len(found), bool)
    for name in np.unique(found.class_name).tolist():
        rule, was = asked.classes.get(name, _AS_IN_THE_CARD), inspected.classes.get(name, _AS_IN_THE_CARD)
        of_class = found.class_name == name
        counted &= ~of_class | ~_left_out(rule, found, clipped)
        if was.as_defect and not rule.as_defect:
            severity[of_class] = MARK
        elif asked.severity_of(name) != inspected.severity_of(name) or (rule.as_defect and not was.as_defect):
            regraded = of_class & (~marks | rule.as_defect)
            severity[regraded] = _grades(found.where(regraded), asked.severity_of(name), coil.strip_width_mm)
            severity[regraded & clipped] = np.maximum(severity, found.severity)[regraded & clipped]
    if asked.edge_margin_mm > inspected.edge_margin_mm:
        length_m = sum(i.lines for i in facts.coverage) * coil.mm_per_line / 1000
        counted &= ~Zone(edge_mm=asked.edge_margin_mm).covered(found, length_m, coil.strip_width_mm)
    kept = replace(found, severity=severity).where(counted)
    tally = Tally.counted([(*key, n) for key, n in Counter(zip(kept.class_name.tolist(), kept.severity.tolist(), strict=True)).items()])
    ids = set(kept.defect_id[kept.severity > MARK].tolist())
    periodic = [p for p in facts.periodic if not p.defect_ids or ids & set(p.defect_ids)]
    return replace(facts, tally=tally, found=kept.where(kept.severity > MARK), periodic=periodic)


def _grades(found: Found, rules: Severity, strip_width_mm: float | None) -> list[int]:
    """The severities of defects by these rules."""
    columns = (found.area_mm2, found.length_mm, found.width_mm, found.across_mm, found.contrast)
    return [rules.graded(Measures(*values), strip_width_mm)[0] for values in zip(*(c.tolist() for c in columns), strict=True)]


def _left_out(rule: ClassRule, found: Found, clipped: Mask) -> Mask:
    """Which defects of the rule's class it does not count, bool [N]. Those that are `clipped` may be larger than what is left of them."""
    if rule.ignore:
        return np.ones(len(found), bool)
    below = found.score < (rule.threshold or 0.0)
    return below | ((found.area_mm2 < (rule.min_area_mm2 or 0.0)) & ~clipped)
