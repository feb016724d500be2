"""Coils of every kind, as hypothesis makes them, for shells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any, get_type_hints

from hypothesis import strategies as st

from skelp.domain.coilmap import Status, Summary, Tally
from skelp.domain.common_codes import ClassCodes
from skelp.domain.coverage import Interval, State, Totals
from skelp.domain.decision import Decision
from skelp.domain.nameplate import ModelFacts, Nameplate, StationFacts
from skelp.domain.override import Override
from skelp.domain.reasons import Reason
from skelp.domain.revision import Revision
from skelp.domain.status import ModelId, RecipeId
from skelp.domain.strip import Side
from skelp.render.aas.coil import CoilFacts
from tests.fakes import coil
from tests.unit.domain.test_coded import REASONS

PLATE = Nameplate("Mill Machines Ltd", "surface inspection station", "SIS-1", "1 Mill Road", "37673", "Pohang", "KR", serial_number="7")
MODEL = ModelFacts(ModelId("net", "1", "0" * 64), 2, {"scratch": True, "chalk": False}, (("NEU", "2" * 64),), True, '{"NEU": 0.9}', "MIT")
STATION = StationFacts("line-1", "Pohang", "HSM 2", "0d9f5cc0-6b0a-4d3b-9a53-6c2f0d6f2a10", "0.4.0", PLATE)
FILES = {"CoilMap": ("image/png", "/aasx/files/coil-map.png"), "DefectTable": ("text/csv", "/aasx/files/defects.csv")}

_AWKWARD = ("", "'\"<&>\\", "열연 코일", "x" * 3000, "\uffff\x07", "%s {x}")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(_AWKWARD)
_FROM, _TO = (datetime(year, 1, 1) for year in (2000, 2100))  # noqa: DTZ001 - hypothesis adds the zone
times = st.datetimes(_FROM, _TO, timezones=st.just(UTC))


@st.composite
def reasons(draw: Any) -> Reason:
    """Any reason, with any texts in its arguments."""
    reason = draw(st.sampled_from(REASONS))
    hints = get_type_hints(type(reason))
    named = {f.name: draw(texts) for f in fields(reason) if hints[f.name] is str}
    changed: Reason = replace(reason, **named)
    return changed


@st.composite
def coverages(draw: Any) -> list[Interval]:
    found, first = [], 0
    for state in draw(st.lists(st.sampled_from(State), max_size=6)):
        lines = draw(st.integers(1, 10**7))
        found.append(Interval(first, lines, state, None if state is State.INSPECTED else draw(reasons())))
        first += lines
    return found


@st.composite
def facts(draw: Any) -> CoilFacts:
    """A coil in any state, with any texts."""
    counts: Mapping[str, int] = draw(st.dictionaries(texts.filter(bool), st.integers(1, 10**6), max_size=4))
    marks = draw(st.dictionaries(texts.filter(bool), st.integers(1, 99), max_size=2))
    coverage, decisions = draw(coverages()), st.sampled_from(Decision)
    codes_of_coil: dict[str, Any] = {"codes_name": "mill", "codes_version": "1", "codes_sha256": "5" * 64} if draw(st.booleans()) else {}
    named: dict[str, Any] = {name: draw(texts) for name in ("name", "heat", "product", "customer", "model_name", "recipe_name")}
    made = replace(
        coil(draw(st.sampled_from(["K1", "K4711.a~2", "auto-20261127T101112123Z"])), draw(st.floats(0.01, 10))),
        status=draw(st.sampled_from(Status)),
        started_at=draw(times),
        finished_at=draw(st.none() | times),
        model_sha256=draw(st.sampled_from(["", "0" * 64])),
        revision=draw(st.integers(1, 2**31)),
        **named,
        **codes_of_coil,
    )
    told = st.lists(reasons(), max_size=3)
    tally = Tally(dict(counts), {3: sum(counts.values())} if counts else {}, marks)
    summary = Summary(made, Totals.of(coverage), tally, draw(decisions), draw(told))
    at = "2026-11-27T10:00:00.000Z"
    if draw(st.booleans()):
        recipe = RecipeId(draw(texts), "1" * 64)
        revised = Revision(made.coil_id, 2, draw(decisions), tuple(draw(told)), recipe, draw(texts), draw(texts), at)
        summary = replace(summary, revised=revised)
    if draw(st.booleans()):
        summary = replace(summary, override=Override(1, made.coil_id, draw(decisions), draw(texts), draw(texts), at))
    codes = {name: ClassCodes("210", "SURF X", {"en": "scratch", "ko": "스크래치"}) for name in counts if draw(st.booleans())}
    station = replace(STATION, name=draw(texts.filter(bool)), plant=draw(texts), nameplate=draw(st.sampled_from([None, PLATE])))
    sides = draw(st.sets(st.sampled_from(Side)))
    return CoilFacts(summary, coverage, sides, codes, station, draw(st.sampled_from([{}, FILES])), draw(st.booleans()))
