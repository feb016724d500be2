"""Converts database rows to domain values and back. Only this module knows how a value is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from skelp.domain.alone import Alone, LoneDefect
from skelp.domain.coilmap import Coil, Status, Tally
from skelp.domain.common_codes import CommonCodes
from skelp.domain.coverage import Interval, State, Totals
from skelp.domain.cuts import Cut, PlacedCut
from skelp.domain.decision import Decision
from skelp.domain.defect import Defect
from skelp.domain.events import Payload
from skelp.domain.models import ChosenModel, Why
from skelp.domain.moments import iso, now
from skelp.domain.optics import Optics
from skelp.domain.override import Override
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.reasons import Reason
from skelp.domain.recipe import Recipe
from skelp.domain.review import Review, Verdict
from skelp.domain.revision import Revision
from skelp.domain.shadow import ModelVerdict, ShadowResult
from skelp.domain.status import ModelId, RecipeId
from skelp.domain.strip import Side
from skelp.ports import Event
from skelp.validation import validated

Row = Mapping[str, Any] | RowMapping
Columns = dict[str, Any]

_DEFECT = [f.name for f in fields(Defect) if f.name != "patch"]
COIL = tuple(f.name for f in fields(Coil))
"""The columns that `coil` needs."""
_CUT = [f.name for f in fields(Cut)]
_OVERRIDE = [f.name for f in fields(Override)]
_PERIODIC = [f.name for f in fields(PeriodicDefect)]
_REVIEW = [f.name for f in fields(Review)]


def coil(row: Row) -> Coil:
    """A coil from its row."""
    values = {name: row[name] for name in COIL}
    values["status"] = Status(row["status"])
    values["started_at"] = datetime.fromisoformat(row["started_at"])
    values["finished_at"] = datetime.fromisoformat(row["finished_at"]) if row["finished_at"] else None
    return Coil(**values)


def of_coil(coil: Coil) -> Columns:
    """The columns of a coil."""
    return of_changes({name: getattr(coil, name) for name in COIL})


def of_changes(changes: Mapping[str, Any]) -> Columns:
    """The columns of some of a coil's fields."""
    return {name: _plain(value) for name, value in changes.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Status):
        return value.value
    return iso(value) if isinstance(value, datetime) else value


def decision(row: Row) -> tuple[Decision, list[Reason]] | None:
    """The decision and its reasons from a coil's row; None if the coil is not final."""
    return None if row["decision"] is None else (Decision(row["decision"]), [Reason.coded(r["code"], r["args"]) for r in row["reasons"]])


def of_decision(decision: Decision, reasons: Sequence[Reason]) -> Columns:
    """The columns of a coil's decision."""
    return {"decision": decision.value, "reasons": [r.plain for r in reasons]}


def revision(row: Row) -> Revision:
    """A decision that was made again, from its row."""
    reasons = tuple(Reason.coded(r["code"], r["args"]) for r in row["reasons"])
    recipe = RecipeId(row["recipe_name"], row["recipe_sha256"])
    return Revision(row["coil_id"], row["number"], Decision(row["decision"]), reasons, recipe, row["operator"], row["note"], row["at"])


def first_revision(row: Row) -> Revision:
    """The first decision, from the row of a final coil."""
    return revision({**row, "number": 1, "operator": "", "note": "", "at": row["finished_at"] or row["updated_at"]})


def of_revision(revision: Revision) -> Columns:
    """The columns of a decision that was made again."""
    r = revision
    told = {"coil_id": r.coil_id, "number": r.number, "operator": r.operator, "note": r.note, "at": r.at}
    return told | of_decision(r.decision, r.reasons) | {"recipe_name": r.recipe.name, "recipe_sha256": r.recipe.sha256}


def counted(row: Row) -> tuple[Totals, Tally] | None:
    """The totals and counts that were stored when the coil became final; None if it is not, or an older version made it so."""
    stored = row["counted"]
    if stored is None:
        return None
    by_severity = {int(severity): n for severity, n in stored["by_severity"].items()}
    return Totals(**stored["lines"]), Tally(stored["by_class"], by_severity, stored["marks"])


def of_counted(totals: Totals, tally: Tally) -> Columns:
    """The columns of a final coil's totals and counts."""
    return {"counted": {"lines": asdict(totals), **asdict(tally)}}


def interval(row: Row) -> Interval:
    """An interval of a camera's coverage from its row."""
    reason = Reason.coded(row["code"], row["args"]) if row["code"] else None
    return Interval(row["first_line"], row["lines"], State(row["state"]), reason)


def of_interval(interval: Interval) -> Columns:
    """The columns of an interval. `old_text` has a value only in rows that were written before reasons had codes."""
    lines = {"first_line": interval.first_line, "lines": interval.lines, "state": interval.state.value}
    reason = interval.reason
    return lines | {"code": reason.code.value if reason else "", "args": reason.args if reason else None, "old_text": ""}


def defect(row: Row) -> Defect:
    """A defect from its row. Its crop is not in the database."""
    values: dict[str, Any] = {name: row[name] for name in _DEFECT}
    return Defect(**values | {"side": Side(row["side"])})


def of_defect(defect: Defect) -> Columns:
    """The columns of a defect."""
    return {name: getattr(defect, name) for name in _DEFECT} | {"side": defect.side.value}


def periodic(row: Row) -> PeriodicDefect:
    """A series of defects from its row."""
    values: dict[str, Any] = {name: row[name] for name in _PERIODIC}
    lists = {"rolls": tuple(row["rolls"]), "defect_ids": tuple(row["defect_ids"])}
    return PeriodicDefect(**values | {"side": Side(row["side"])} | lists)


def of_periodic(series: PeriodicDefect) -> Columns:
    """The columns of a series of defects."""
    return {name: getattr(series, name) for name in _PERIODIC} | {"side": series.side.value}


def placed_cut(row: Row) -> PlacedCut:
    """A cut from its row."""
    return PlacedCut(Cut(**{name: row[name] for name in _CUT}), row["first_line"], row["lines"], row["width_mm"])


def of_placed_cut(place: PlacedCut) -> Columns:
    """The columns of a cut."""
    return {name: getattr(place.cut, name) for name in _CUT} | {
        "first_line": place.first_line,
        "lines": place.lines,
        "width_mm": place.width_mm,
    }


def override(row: Row) -> Override:
    """A person's decision from its row."""
    return Override(**{name: row[name] for name in _OVERRIDE} | {"decision": Decision(row["decision"])})


def chosen_model(row: Row) -> ChosenModel:
    """A chosen model from its row."""
    model = ModelId(row["name"], row["version"], row["sha256"])
    return ChosenModel(row["file"], model, row["station_sha256"], Why(row["why"]), row["at"])


def of_chosen_model(chosen: ChosenModel) -> Columns:
    """The columns of a chosen model."""
    names = {"file": chosen.file, "station_sha256": chosen.station_sha256, "why": chosen.why.value, "at": chosen.at}
    return names | asdict(chosen.model)


def shadow(row: Row) -> ShadowResult:
    """What a second model would have said about a coil, from its row."""
    first, second = (_verdict(row[name]) for name in ("first", "second"))
    return ShadowResult(row["coil_id"], row["exposed_lines"], row["seen_lines"], first, second)


def of_shadow(result: ShadowResult) -> Columns:
    """The columns of what a second model would have said."""
    sides = {"first": _of_verdict(result.first), "second": _of_verdict(result.second)}
    return {"coil_id": result.coil_id, "at": now(), "exposed_lines": result.exposed_lines, "seen_lines": result.seen_lines, **sides}


def _verdict(stored: Mapping[str, Any]) -> ModelVerdict:
    tally = stored["tally"]
    by_severity = {int(severity): n for severity, n in tally["by_severity"].items()}
    reasons = tuple(Reason.coded(r["code"], r["args"]) for r in stored["reasons"])
    model, counted = ModelId(**stored["model"]), Tally(tally["by_class"], by_severity, tally["marks"])
    return ModelVerdict(model, counted, Decision(stored["decision"]), reasons, _alone(stored.get("alone")))


def _alone(stored: Mapping[str, Any] | None) -> Alone | None:
    """What only one model found; None where that was not compared."""
    if stored is None:
        return None
    return Alone(stored["defects"], tuple(LoneDefect(**{**d, "side": Side(d["side"])}) for d in stored["worst"]))


def _of_verdict(verdict: ModelVerdict) -> Columns:
    decided = of_decision(verdict.decision, verdict.reasons)
    alone = {"alone": asdict(verdict.alone)} if verdict.alone else {}
    return {"model": asdict(verdict.model), "tally": asdict(verdict.tally), **decided, **alone}


def event(row: Row) -> Event:
    """An event from its row."""
    return Event(int(row["seq"]), row["time"], row["coil_id"], Payload.of(row["kind"], row["data"]))


def of_event(seq: int, coil_id: str, payload: Payload) -> Columns:
    """The columns of an event with the current time."""
    return {"seq": seq, "time": now(), "kind": payload.kind.value, "coil_id": coil_id, "data": payload.data}


def review(row: Row) -> Review:
    """A review from its row."""
    return Review(**{name: row[name] for name in _REVIEW} | {"verdict": Verdict(row["verdict"])})


def optics(row: Row) -> Optics:
    """A reading of light and sharpness from its row."""
    return Optics(row["camera"], tuple(row["light_dn"]), row["sharpness"])


def of_optics(reading: Optics) -> Columns:
    """The columns of a reading."""
    return {"camera": reading.camera, "light_dn": list(reading.light_dn), "sharpness": reading.sharpness}


def recipe(body: Mapping[str, Any]) -> Recipe:
    """A recipe from the body of its row. Raises SkelpError if another version of skelp stored keys that this one lacks."""
    return validated(Recipe, body, "a stored recipe")


def of_recipe(recipe: Recipe) -> Columns:
    """The columns of a recipe."""
    return {"sha256": recipe.sha256, "body": asdict(recipe)}


def codes(body: Mapping[str, Any]) -> CommonCodes:
    """Common codes from the body of their row. Raises SkelpError as `recipe` does."""
    return validated(CommonCodes, body, "stored codes")


def of_codes(codes: CommonCodes) -> Columns:
    """The columns of common codes."""
    return {"sha256": codes.sha256, "body": asdict(codes)}
