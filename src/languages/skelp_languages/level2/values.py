"""The values of a coil and of a defect, by the names that a layout file uses (meanings.py)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from skelp_client import Coil, Defect
from skelp_languages.following import Told
from skelp_languages.level2.meanings import DECISION, OF_CLASS, Value, Values


def coil_values(told: Told, coil: Coil, *, listed: int, parts: int) -> Values:
    """The values of coil_result and of the head of defect_list. `listed` of the coil's defects follow in `parts` telegrams."""
    by_severity = {f"severity_{n}": coil.by_severity.get(str(n), 0) for n in range(1, 6)}
    by_class: dict[str, Value] = {OF_CLASS + name: count for name, count in coil.by_class.items()}
    return {
        "coil_id": coil.coil_id,
        "name": coil.name,
        "pass_number": coil.pass_number,
        "heat": coil.heat,
        "product": coil.product,
        "customer": coil.customer,
        "automatic": _yes(coil.automatic),
        "interrupted": _yes(coil.interrupted),
        "started_at": _time(coil.started_at),
        "finished_at": _time(coil.finished_at),
        "strip_width_mm": _number(coil.strip_width_mm),
        "length_m": _number(coil.length_m),
        "inspected_m": _number(coil.inspected_m),
        "degraded_m": _number(coil.degraded_m),
        "lost_m": _number(coil.lost_m),
        "decision": _decision(coil.stands),
        "decision_of_skelp": _decision((coil.revised or coil).decision),
        "decided_by_person": _yes(coil.override is not None),
        "reason": _reasons(coil)[0] if _reasons(coil) else "",
        "reasons": len(_reasons(coil)),
        "defects": coil.defects,
        **by_severity,
        **by_class,
        "marks": sum(coil.marks.values()),
        "model": coil.model.name,
        "recipe": (coil.revised or coil).recipe.name,
        "revision": coil.revision,
        "event": told.event.kind.removeprefix("coil."),
        "event_time": _time(told.event.time),
        "feed_seq": told.event.seq,
        "repeat": _yes(told.repeat),
        "listed": listed,
        "parts": parts,
    }


def defect_values(defect: Defect, rank: int) -> Values:
    """The values of one defect. `rank`: 1 for the worst of its coil."""
    return {
        "rank": rank,
        "defect_id": defect.defect_id,
        "class": defect.class_name,
        "class_code": class_code(defect),
        "cluster_code": defect.codes.cluster if defect.codes else "",
        "severity": defect.severity,
        "side": defect.side,
        "camera": defect.camera,
        "along_mm": _number(defect.along_mm),
        "along_m": _number(defect.along_mm / 1000),
        "across_mm": _number(defect.across_mm),
        "length_mm": _number(defect.length_mm),
        "width_mm": _number(defect.width_mm),
        "area_mm2": _number(defect.area_mm2),
        "orientation_deg": _number(defect.orientation_deg),
        "score": _number(defect.score),
        "contrast": _number(defect.contrast),
    }


def class_code(defect: Defect) -> str:
    """The plant's code for the defect's class: of the common codes, else the model's own, else the class."""
    return defect.codes.plant if defect.codes else defect.code or defect.class_name


def _reasons(coil: Coil) -> list[str]:
    return [reason.code for reason in (coil.revised or coil).reasons]


def _decision(decision: str) -> str:
    """A decision that a newer station may know and this program does not is told as hold."""
    return decision if decision in DECISION.words else "hold"


def _number(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(float(value)))


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
