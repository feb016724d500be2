"""The submodel CoilSurfaceInspection: what was inspected of a coil, what was found and what was decided, and why.

No template of the IDTA holds a surface result, so the submodel and its semantic ids are skelp's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skelp.domain.coilmap import Status, Summary
from skelp.domain.common_codes import ClassCodes
from skelp.domain.coverage import Interval, State
from skelp.domain.nameplate import StationFacts
from skelp.domain.reasons import Reason
from skelp.domain.strip import Side
from skelp.render.aas.certificate import field_d01
from skelp.render.aas.elements import Element, Maker, external, submodel
from skelp.render.words import LANGUAGES, sentence, word

SEMANTIC_ID = "https://skelp.dev/aas/CoilSurfaceInspection/1/0"
MOST_REASONS = 200
"""Reasons for lines that were not inspected, each with its metres; those of the other reasons are added up."""
_make = Maker(SEMANTIC_ID)


@dataclass(frozen=True, slots=True)
class CoilFacts:
    """What is told of a coil. `coverage`: the strip's. `sides`: those at which cameras looked. `codes`: by class, as far as they are known.

    `files`: of a package that has them: by name of the element, the content type and the path. `deleted`: the defects were deleted for
    their age.
    """

    summary: Summary
    coverage: Sequence[Interval]
    sides: Collection[Side]
    codes: Mapping[str, ClassCodes]
    station: StationFacts
    files: Mapping[str, tuple[str, str]]
    deleted: bool = False


def inspection(submodel_id: str, facts: CoilFacts) -> dict[str, Any]:
    """The submodel of a coil."""
    summary, prop = facts.summary, _make.prop
    coil, final = summary.coil, summary.coil.status is Status.FINAL
    names = (("CoilId", coil.coil_id), ("CoilName", coil.name), ("Heat", coil.heat), ("Product", coil.product), ("Customer", coil.customer))
    elements = [
        *(prop(name, value) for name, value in names),
        prop("PassNumber", coil.pass_number),
        prop("Status", coil.status.value),
        prop("IsFinal", final),
        prop("Interrupted", coil.interrupted),
        prop("Revision", coil.revision),
        prop("StartedAt", coil.started_at),
        prop("FinishedAt", coil.finished_at),
        _station(facts.station),
        _make.texts("En10168D01", field_d01(summary, facts.sides)),
        _decisions(summary),
        _coverage(summary, facts.coverage, facts.sides),
        _defects(summary, facts.codes, deleted=facts.deleted),
        _named("Model", coil.model_name, coil.model_sha256),
        _named("Recipe", coil.recipe_name, coil.recipe_sha256),
        _named("Codes", coil.codes_name, coil.codes_sha256, coil.codes_version),
        *(_make.file(name, kind, path) for name, (kind, path) in facts.files.items()),
    ]
    of_template = {"version": "1", "revision": "0", "templateId": SEMANTIC_ID}
    return submodel(submodel_id, "CoilSurfaceInspection", external(SEMANTIC_ID), elements, administration=of_template)


def _station(s: StationFacts) -> list[Element]:
    values = (("Name", s.name), ("Plant", s.plant), ("Line", s.line), ("FeedId", s.feed_id), ("SoftwareVersion", s.version))
    return _make.collection("Station", *(_make.prop(name, value) for name, value in values))


def _named(name: str, title: str | None, sha256: str | None, version: str | None = None) -> list[Element]:
    parts = (_make.prop("Name", title), _make.prop("Version", version), _make.prop("Sha256", sha256))
    return _make.collection(name, *parts)


def _decisions(summary: Summary) -> list[Element]:
    """The decision that stands and who made it, then each one: skelp's first, the newest by another recipe, a person's."""
    prop, revised, given = _make.prop, summary.revised, summary.override
    by = "person" if given else "recipe" if revised else "skelp"
    first = _make.collection("BySkelp", prop("Decision", summary.decision.value), _reasons("Reasons", summary.reasons))
    parts = [prop("Stands", (given or summary.by_skelp).decision.value), prop("StandsBy", by), first]
    if revised:
        told = {"Operator": revised.operator, "Note": revised.note, "At": revised.at}
        recipe = _named("Recipe", revised.recipe.name, revised.recipe.sha256)
        made = [prop("Decision", revised.decision.value), prop("Number", revised.number), recipe]
        parts.append(_make.collection("ByRecipe", *made, *(prop(*t) for t in told.items()), _reasons("Reasons", revised.reasons)))
    if given:
        told = {"Decision": given.decision.value, "Operator": given.operator, "Note": given.note, "At": given.at}
        parts.append(_make.collection("ByPerson", *(prop(*t) for t in told.items())))
    return _make.collection("Decision", *parts)


def _reasons(name: str, reasons: Sequence[Reason]) -> list[Element]:
    return _make.items(name, ([e for part in _reason(r) for e in part] for r in reasons))


def _reason(reason: Reason) -> Iterator[list[Element]]:
    """A reason as code and arguments for programs, and as text in each language for people."""
    yield _make.prop("Code", reason.code.value)
    yield _make.items("Args", ([*_make.prop("Name", name), *_make.prop("Value", value)] for name, value in reason.args.items()))
    yield _make.texts("Text", {language: sentence(reason, language) for language in LANGUAGES})


def _coverage(summary: Summary, coverage: Sequence[Interval], sides: Collection[Side]) -> list[Element]:
    """Lengths by state, and the metres that were not fully inspected by reason, the most first."""
    totals, metres = summary.totals, summary.metres
    lengths = {"LengthM": summary.length_m, "InspectedM": metres(totals.inspected)}
    lengths |= {"DegradedM": metres(totals.degraded), "LostM": metres(totals.lost)}
    lines = Counter[tuple[State, Reason]]()
    for interval in coverage:
        if interval.reason is not None and interval.state is not State.INSPECTED:
            lines[interval.state, interval.reason] += interval.lines
    listed = lines.most_common(MOST_REASONS)
    others = Counter[State]()
    for (state, _), n in lines.most_common()[MOST_REASONS:]:
        others[state] += n
    rows = [_uninspected(state, metres(n), reason) for (state, reason), n in listed]
    rows += [_uninspected(state, metres(n), None) for state, n in others.items()]
    seen = _make.prop("SidesInspected", " ".join(side.value for side in Side if side in sides))
    values = [_make.prop(name, round(value, 4)) for name, value in lengths.items()]
    return _make.collection("Coverage", *values, seen, _make.items("NotInspected", rows))


def _uninspected(state: State, metres: float, reason: Reason | None) -> list[Element]:
    """`reason` None: what other reasons have together."""
    said = [e for part in _reason(reason) for e in part] if reason else _make.prop("Code", "others")
    return [*_make.prop("State", state.value), *_make.prop("Metres", round(metres, 4)), *said]


def _defects(summary: Summary, codes: Mapping[str, ClassCodes], *, deleted: bool) -> list[Element]:
    tally, prop = summary.tally, _make.prop
    graded = ([*prop("Severity", severity), *prop("Count", n)] for severity, n in sorted(tally.by_severity.items()))
    return _make.collection(
        "Defects",
        prop("Count", tally.defects),
        prop("DeletedForTheirAge", True if deleted else None),
        _make.items("ByClass", (_class(name, n, codes.get(name)) for name, n in sorted(tally.by_class.items()))),
        _make.items("BySeverity", graded),
        _make.items("Marks", (_class(name, n, codes.get(name)) for name, n in sorted(tally.marks.items()))),
    )


def _class(name: str, count: int, codes: ClassCodes | None) -> list[Element]:
    """A class with its number of defects. Its name is a value: the metamodel allows few characters in the name of an element."""
    common = [*_make.prop("PlantCode", codes.plant), *_make.prop("ClusterCode", codes.cluster)] if codes else []
    called = {language: word("class", name, language) for language in LANGUAGES} | dict(codes.text if codes else {})
    return [*_make.prop("Class", name), *_make.texts("Called", called), *common, *_make.prop("Count", count)]
