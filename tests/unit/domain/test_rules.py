"""Rules of recipes: what they count, where, and that one more defect never makes a coil better."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.decision import Decision, worst
from skelp.domain.defect import Defect
from skelp.domain.errors import SkelpError
from skelp.domain.found import Found
from skelp.domain.reasons import (
    CoilEdgeMargin,
    CoilMarks,
    CoilNotInspected,
    CoilPeriodic,
    CoilRuleArea,
    CoilRuleCount,
    CoilRuleHeavy,
    CoilRuleLength,
    CoilRuleRate,
    CoilSevereDefects,
    Reason,
)
from skelp.domain.recipe import MOST_RULES, NEVER, ClassRule, Recipe
from skelp.domain.rules import Rule
from skelp.domain.ruling import Evidence, Ruling
from skelp.domain.strip import Side
from skelp.domain.zones import Zone
from tests.fakes import defect

HOLD, DOWNGRADE, SCRAP = Decision.HOLD, Decision.DOWNGRADE, Decision.SCRAP
ZONES = {"head": Zone(head_m=2), "edges": Zone(edge_mm=30), "usable": Zone(middle_mm=900), "ends": Zone(head_m=1, tail_m=1)}


def seen(*found: Defect, width_mm: float | None = 1000.0, **more: Any) -> Evidence:
    by_severity = {d.severity: sum(o.severity == d.severity for o in found) for d in found}
    return Evidence(100.0, by_severity=by_severity, found=Found.of(found), width_mm=width_mm, **more)


def at(n: int, along_m: float = 50.0, across_mm: float = 500.0, **more: Any) -> Defect:
    where = {"along_mm": along_m * 1000, "across_mm": across_mm, "length_mm": 20.0, "width_mm": 10.0}
    return defect(n, **where, severity=2, **more)


def against(ruling: Ruling) -> list[Reason]:
    return [f.reason for f in ruling.findings if f.then is not Decision.ACCEPT]


def recipe(**rule: Any) -> Recipe:
    body = {"name": "the rule", "then": DOWNGRADE} | rule
    return Recipe(rules=(Rule(**body),), zones=ZONES, hold_from_severity=NEVER, hold_above_defects_per_100m=1e9)


def test_a_rule_names_what_it_counted_and_the_defects_that_caused_it() -> None:
    found = seen(at(1, area_mm2=40.0), at(2, area_mm2=90.0), at(3, class_name="patch"))
    ruling = recipe(classes=("scratch",), more_than=1).decide(found)
    assert ruling.decision is DOWNGRADE
    assert against(ruling) == [CoilRuleCount("the rule", DOWNGRADE, 2.0, 1.0)]
    assert ruling.findings[0].defect_ids == ("C1-000002", "C1-000001")  # the larger one first
    assert recipe(classes=("scratch",), more_than=2).decide(found).decision is Decision.ACCEPT


def test_what_is_counted_may_be_area_length_or_a_rate() -> None:
    found = seen(at(1, area_mm2=40.0), at(2, area_mm2=90.0))
    assert against(recipe(of="area_mm2", more_than=129).decide(found)) == [CoilRuleArea("the rule", DOWNGRADE, 130.0, 129)]
    assert against(recipe(of="length_mm", more_than=39).decide(found)) == [CoilRuleLength("the rule", DOWNGRADE, 40.0, 39)]
    assert against(recipe(per_m=10, more_than=0.1).decide(found)) == [CoilRuleRate("the rule", DOWNGRADE, 0.2, 0.1, 10)]
    assert recipe(per_m=10, more_than=0.2).decide(found).decision is Decision.ACCEPT


def test_a_rate_counts_the_steel_that_was_inspected() -> None:
    half = seen(at(1), at(2), uninspected_m=50.0)
    assert CoilRuleRate("the rule", DOWNGRADE, 0.4, 0.3, 10) in against(recipe(per_m=10, more_than=0.3).decide(half))


def test_the_fullest_stretch_decides_and_is_named() -> None:
    found = seen(at(1, 10), at(2, 40), at(3, 45), at(4, 50), at(5, 90))
    ruling = recipe(in_any_m=10, more_than=2).decide(found)
    assert against(ruling) == [CoilRuleCount("the rule", DOWNGRADE, 3.0, 2, 10, 40.02)]  # from the first one's end on
    assert set(ruling.findings[0].defect_ids) == {"C1-000002", "C1-000003", "C1-000004"}
    assert recipe(in_any_m=9.9, more_than=2).decide(found).decision is Decision.ACCEPT
    long = seen(at(1, 10), replace(at(2, 20), length_mm=25_000.0), at(3, 40))
    assert recipe(in_any_m=1, more_than=1).decide(long).reasons[0] == CoilRuleCount("the rule", DOWNGRADE, 2.0, 1, 1, 40.02)


@pytest.mark.parametrize(
    ("where", "place", "counts"),
    [
        ({"zone": "head"}, at(1, 1.99), True),
        ({"zone": "head"}, at(1, 2.01), False),
        ({"zone": "edges"}, at(1, across_mm=29), True),
        ({"zone": "edges"}, at(1, across_mm=31), False),
        ({"zone": "edges"}, at(1, across_mm=965), True),  # its far side is 975 mm from the operator side
        ({"zone": "edges"}, at(1, across_mm=945), True),  # the strip may be 2% narrower than was given
        ({"zone": "edges"}, at(1, across_mm=935), False),
        ({"zone": "usable"}, at(1, across_mm=31), True),  # 10 mm wide: it reaches over the border at 50 mm, less 1%
        ({"zone": "usable"}, at(1, across_mm=29), False),
        ({"outside": ("usable",)}, at(1, across_mm=59), True),
        ({"outside": ("usable",)}, at(1, across_mm=60), False),
        ({"outside": ("ends",)}, at(1, 0.97), False),
        ({"outside": ("ends",)}, at(1, 0.99), True),  # it reaches out of the zone
        ({"outside": ("ends",)}, at(1, 99.0), False),
        ({"sides": (Side.BOTTOM,)}, at(1), False),
        ({"severity_from": 3}, at(1), False),
        ({"min_area_mm2": 41.0}, at(1, area_mm2=40.0), False),
        ({"min_length_mm": 20.0, "min_width_mm": 10.0}, at(1), True),
        ({"min_width_mm": 10.1}, at(1), False),
        ({"min_length_mm": 21.0}, at(1, cut_by_gap=True), True),  # it may be longer
    ],
)
def test_a_rule_counts_defects_of_its_place_and_size(where: dict[str, Any], place: Defect, counts: bool) -> None:
    assert (recipe(**where).decide(seen(place)).decision is DOWNGRADE) == counts


@pytest.mark.parametrize("where", [{"zone": "edges"}, {"zone": "usable"}, {"outside": ("usable",)}, {"outside": ("edges",)}])
def test_where_the_width_is_not_known_a_defect_counts(where: dict[str, Any]) -> None:
    assert recipe(**where).decide(seen(at(1, across_mm=300), width_mm=None)).decision is DOWNGRADE


def test_the_worst_finding_decides_and_uninspected_steel_is_never_better_than_held() -> None:
    both = Recipe(rules=(Rule("a", DOWNGRADE), Rule("b", SCRAP, more_than=1)), hold_from_severity=NEVER)
    one, two = (at(1),), (at(1), at(2, 60))
    assert both.decide(seen(*one)).decision is DOWNGRADE
    assert both.decide(seen(*one, uninspected_m=0.5)).decision is HOLD
    assert both.decide(seen(*one, uninspected_m=0.5)).reasons[0] == CoilNotInspected(0.5, 0.0)
    assert both.decide(seen(*two, uninspected_m=0.5)).decision is SCRAP
    assert both.decide(seen(*two)).reasons[0] == CoilRuleCount("b", SCRAP, 2.0, 1)


def test_limits_of_the_whole_coil_name_their_defects_too() -> None:
    ruling = Recipe(hold_from_severity=2).decide(seen(at(1)))
    assert ruling.reasons == [CoilSevereDefects(1, 2)]
    assert ruling.findings[0].defect_ids == ("C1-000001",)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"rules": (Rule("a", HOLD, zone="edge"),), "zones": ZONES}, r"rule a: there is no \[zones.edge\]; .*edges"),
        ({"rules": (Rule("a", HOLD), Rule("a", SCRAP, more_than=2))}, "two rules are named a"),
        ({"rules": (Rule("a", HOLD, classes=("x",)),), "classes": {"x": ClassRule(ignore=True)}}, "a can never fire: the recipe ignores x"),
        ({"rules": (Rule("a", SCRAP, severity_from=5),)}, "a can never fire: severity_from is 5"),
        ({"rules": (Rule("a", HOLD, zone=""),), "zones": ZONES}, r"rule a: there is no \[zones.\]"),
        ({"rules": (Rule("a", HOLD, zone="head", outside=("head",)),), "zones": ZONES}, "a can never fire: zone head is also in outside"),
        ({"rules": (Rule("a", DOWNGRADE, severity_from=3),)}, "a can never decide: one defect of severity 3 holds"),
        ({"rules": (Rule("a", DOWNGRADE), Rule("b", SCRAP))}, "rules a and b contradict each other: they ask for downgrade and scrap"),
        ({"rules": (Rule("a", SCRAP), Rule("b", SCRAP))}, "rules a and b say the same"),
        (
            {"rules": (Rule("a", DOWNGRADE, classes=("x",), more_than=3), Rule("b", HOLD, more_than=1))},
            "rule a can never decide: .* b asks for hold",
        ),
    ],
)
def test_rules_that_cannot_work_are_refused(body: dict[str, Any], fault: str) -> None:
    with pytest.raises(SkelpError, match=fault):
        Recipe(**body).check_rules()


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"then": Decision.ACCEPT}, "then must be"),
        ({"then": HOLD, "in_any_m": 1.0, "per_m": 1.0}, "exclude each other"),
        ({"then": HOLD, "of": "area_mm2", "per_m": 1.0}, "per_m counts defects"),
        ({"then": HOLD, "more_than": -1.0}, "more_than must be 0 or more"),
        ({"then": HOLD, "in_any_m": 0.0}, "in_any_m must be more than 0"),
        ({"then": HOLD, "name": " "}, "needs a name"),
        ({"then": HOLD, "name": "a\n"}, "needs a name"),
        ({"then": HOLD, "of": "heavy_m", "in_any_m": 1.0}, "leave out in_any_m"),
        ({"then": HOLD, "severity_from": 0}, "severity_from must be"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(body: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Rule(**({"name": "a"} | body))


def test_a_rule_beside_a_weaker_one_may_decide() -> None:
    Recipe(rules=(Rule("a", DOWNGRADE, more_than=1), Rule("b", SCRAP, more_than=3))).check_rules()
    Recipe(rules=(Rule("a", DOWNGRADE, in_any_m=5, more_than=1), Rule("b", SCRAP, in_any_m=1, more_than=1))).check_rules()
    Recipe(rules=(Rule("a", DOWNGRADE, classes=("x",)), Rule("b", SCRAP, classes=("y",)))).check_rules()
    Recipe(rules=(Rule("a", HOLD, zone="head"),), zones=ZONES, crop_head_m=2.0).check_rules()  # one that reaches out of the crop


def test_the_checks_of_many_rules_end() -> None:
    many = tuple(Rule(f"r{n}", DOWNGRADE, min_area_mm2=float(n), more_than=float(200 - n)) for n in range(MOST_RULES))
    Recipe(rules=many).check_rules()
    with pytest.raises(ValueError, match="201 rules; at most 200"):
        Recipe(rules=(*many, Rule("one more", HOLD)))
    with pytest.raises(SkelpError) as refused:
        Recipe(rules=tuple(Rule(f"r{n}", DOWNGRADE) for n in range(MOST_RULES))).check_rules()
    assert len(str(refused.value)) < 2000


def test_a_downgraded_coil_says_what_its_decision_leaves_out_and_a_held_one_does_not() -> None:
    found = seen(at(1), marks={"stain": 2})
    sold = Recipe(rules=(Rule("a", DOWNGRADE),), hold_from_severity=NEVER, hold_for_periodic=False).decide(replace(found, periodic=1))
    assert sold.decision is DOWNGRADE
    assert sold.reasons[1:] == [CoilPeriodic(1), CoilMarks(2, "stain"), CoilEdgeMargin(2.0)]
    held = Recipe(rules=(Rule("a", HOLD),), hold_from_severity=NEVER).decide(found)
    assert held.reasons == [CoilRuleCount("a", HOLD, 1.0, 0.0)]


def test_heavy_stretches_are_counted_in_metres() -> None:
    dense = [at(n, 10 + n * 0.02) for n in range(200)]  # 4 m
    ruling = recipe(of="heavy_m", more_than=3.0).decide(seen(*dense, at(999, 90)))
    assert ruling.decision is DOWNGRADE
    (reason,) = against(ruling)
    assert isinstance(reason, CoilRuleHeavy)
    assert 3.5 < reason.heavy_m < 4.5
    assert recipe(of="heavy_m", more_than=5.0).decide(seen(*dense)).decision is Decision.ACCEPT


def test_an_unused_key_that_came_later_leaves_the_hash_as_it_was() -> None:
    assert Recipe().sha256 == "0a60a4dc09d29f57071d1e258394f916de905ebc4c14ed0da5c02df1bf96d65c"
    assert Recipe(crop_head_m=1).sha256 != Recipe().sha256


RULES = st.builds(
    Rule,
    name=st.just("r"),
    then=st.sampled_from([DOWNGRADE, HOLD, SCRAP]),
    classes=st.sampled_from([(), ("scratch",), ("patch",)]),
    severity_from=st.integers(1, 2),
    zone=st.sampled_from([None, "head", "edges", "usable"]),
    outside=st.sampled_from([(), ("ends",)]),
    more_than=st.sampled_from([0.0, 0.3, 1.0, 2.0, 39.2, 60.0]),
    of=st.sampled_from(["defects", "area_mm2", "length_mm"]),
    in_any_m=st.sampled_from([None, 1.0, 30.0]),
)
DEFECTS = st.builds(
    lambda n, along, across, severity, name, cells: replace(
        at(n, along, across), severity=severity, class_name=name, area_mm2=cells * 0.0784, length_mm=cells * 0.28
    ),
    st.integers(1, 10**6),
    st.integers(0, 99_900).map(lambda mm: mm / 1000),
    st.floats(0, 990),
    st.integers(1, 4),
    st.sampled_from(["scratch", "patch"]),
    st.integers(1, 10_000),
)


@given(st.lists(RULES, max_size=3), st.lists(DEFECTS, max_size=12), DEFECTS, st.sampled_from([None, 1000.0]), st.sampled_from([0.0, 3.0]))
def test_one_more_defect_never_makes_a_coil_better(
    rules: list[Rule], found: list[Defect], one_more: Defect, width_mm: float | None, uninspected_m: float
) -> None:
    for rule in rules:
        alone = Recipe(rules=(rule,), zones=ZONES, hold_from_severity=NEVER)
        before = alone.decide(seen(*found, width_mm=width_mm, uninspected_m=uninspected_m))
        after = alone.decide(seen(*found, one_more, width_mm=width_mm, uninspected_m=uninspected_m))
        assert worst([before.decision, after.decision]) is after.decision
        assert uninspected_m == 0 or before.decision.rank >= HOLD.rank
