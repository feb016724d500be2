"""Finds rules of a recipe that can never decide anything, and rules that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import permutations
from typing import Any

from skelp.domain.decision import Decision
from skelp.domain.errors import SkelpError, suggestion
from skelp.domain.reasons import RecipeEmptyKey
from skelp.domain.rules import Rule
from skelp.domain.zones import Zone

_LISTS = ("classes", "sides")
_LONGEST_M = 1e6


def refuse_empty_keys(body: Mapping[str, Any], where: str) -> None:
    """Raise SkelpError if a key of a rule is an empty list in the text of a recipe. `body`: the tables of its file, not checked yet."""
    rules = body.get("rules")
    tables = [rule for rule in rules if isinstance(rule, Mapping)] if isinstance(rules, list) else []
    empty = [(rule, key) for rule in tables for key in _LISTS if rule.get(key) == []]
    if empty:
        rule, key = empty[0]
        raise SkelpError(f"{where} is refused", RecipeEmptyKey(str(rule.get("name", ""))[:100], key))


def faults(
    rules: Sequence[Rule],
    zones: Mapping[str, Zone],
    *,
    ignored: Sequence[str],
    severity_to: int,
    hold_from: int,
) -> Iterator[str]:
    """What is wrong with the rules, one sentence for each fault.

    `ignored`: classes that are never found. `severity_to`: the highest severity that the recipe gives. `hold_from`: the severity from which
    a single defect holds the coil in any case.
    """
    names = [rule.name for rule in rules]
    yield from (
        f"two rules are named {name}; their coils' reasons could not be told apart"
        for name in sorted({n for n in names if names.count(n) > 1})
    )
    for rule in rules:
        strange = [zone for zone in (*([] if rule.zone is None else [rule.zone]), *rule.outside) if zone not in zones]
        yield from (f"rule {rule.name}: there is no [zones.{zone}]; {suggestion(zone, zones)}" for zone in strange)
        long = [key for key in ("in_any_m", "per_m") if (getattr(rule, key) or 0) > _LONGEST_M]
        yield from (f"rule {rule.name}: {key} must be {_LONGEST_M:g} or less, got {getattr(rule, key):g}" for key in long)
        if not strange:
            yield from (f"rule {rule.name} can never fire: {why}" for why in _never(rule, zones, ignored, severity_to))
            if rule.severity_from >= hold_from and rule.then.rank <= Decision.HOLD.rank:
                yield (
                    f"rule {rule.name} can never decide: one defect of severity {hold_from} holds the coil already (hold_from_severity), "
                    f"and the rule asks for {rule.then} from severity {rule.severity_from} on; raise hold_from_severity (6: never)"
                )
    for one, other in permutations(rules, 2):
        if one.name != other.name and (why := _idle_beside(one, other)):
            yield why


def _never(rule: Rule, zones: Mapping[str, Zone], ignored: Sequence[str], severity_to: int) -> Iterator[str]:
    if rule.classes and set(rule.classes) <= set(ignored):
        yield f"the recipe ignores {', '.join(rule.classes)}"
    if rule.severity_from > severity_to:
        yield f"severity_from is {rule.severity_from}, and the recipe's severities end at {severity_to}"
    if rule.zone is None:
        return
    if rule.zone in rule.outside:
        yield f"zone {rule.zone} is also in outside"
    zone = zones[rule.zone]
    if zone.side is not None and rule.sides and zone.side not in rule.sides:
        yield f"zone {rule.zone} is on the {zone.side} side, and sides has only {', '.join(rule.sides)}"


def _conditions(rule: Rule) -> tuple[object, ...]:
    return tuple(getattr(rule, f.name) for f in fields(rule) if f.name not in ("name", "then"))


def _idle_beside(one: Rule, other: Rule) -> str | None:
    """Why `one` never decides beside `other`; None if it may. `other` must be about everything that `one` is about, and allow no more."""
    if _conditions(one) == _conditions(other):
        if one.name > other.name:
            return None  # said once
        if one.then is other.then:
            return f"rules {one.name} and {other.name} say the same; remove one"
        return (
            f"rules {one.name} and {other.name} contradict each other: they ask for {one.then} and {other.then} under the same conditions"
        )
    wider = (
        (not other.classes or (one.classes and set(one.classes) <= set(other.classes)))
        and (not other.sides or (one.sides and set(one.sides) <= set(other.sides)))
        and other.severity_from <= one.severity_from
        and all(getattr(other, n) <= getattr(one, n) for n in ("min_area_mm2", "min_length_mm", "min_width_mm"))
        and (other.zone is None or other.zone == one.zone)
        and set(other.outside) <= set(one.outside)
    )
    same_measure = (one.of, one.per_m) == (other.of, other.per_m) and (other.in_any_m or float("inf")) >= (one.in_any_m or float("inf"))
    if wider and same_measure and other.more_than <= one.more_than and other.then.rank >= one.then.rank:
        return f"rule {one.name} can never decide: where it asks for {one.then}, rule {other.name} asks for {other.then} already"
    return None
