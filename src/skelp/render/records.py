"""Makes the records of REST, files and the WebSocket: JSON, CSV and GeoJSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any

from skelp.domain.alarms import Alarm
from skelp.domain.coded import key_of
from skelp.domain.coilmap import Coil, Summary
from skelp.domain.coverage import Interval
from skelp.domain.cuts import PlacedCut
from skelp.domain.defect import Defect
from skelp.domain.line_state import StateOfCoil
from skelp.domain.override import Override
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.reasons import Reason
from skelp.domain.review import Review, StandingReview
from skelp.domain.revision import Revision
from skelp.domain.status import StationStatus
from skelp.domain.stretches import Stretch
from skelp.ports import Event, NotInspected
from skelp.render.words import filled

DEFECT_FIELDS = (
    "defect_id",
    "coil_id",
    "class",
    "code",
    "severity",
    "score",
    "mean_score",
    "side",
    "camera",
    "along_mm",
    "across_mm",
    "length_mm",
    "width_mm",
    "area_mm2",
    "orientation_deg",
    "contrast",
    "cut_by_gap",
    "line",
    "lines",
    "column",
    "columns",
    "revision",
    "seen_as",
)
CSV_FIELDS = (*DEFECT_FIELDS, "plant_code", "cluster_code")
_ROUNDED = {"score": 4, "mean_score": 4, "contrast": 4, "orientation_deg": 1}


def defect_record(defect: Defect) -> dict[str, Any]:
    """The record of a defect, with lengths rounded to 0.01 mm."""
    record = {}
    for name in DEFECT_FIELDS:
        value = getattr(defect, "class_name" if name == "class" else name)
        if isinstance(value, float):
            value = round(value, _ROUNDED.get(name, 2))
        record[name] = value
    return record | {"codes": _codes(defect)}


def _codes(defect: Defect) -> dict[str, Any] | None:
    return None if defect.plant_code is None else {"plant": defect.plant_code, "cluster": defect.cluster_code}


def defects_csv(defects: Iterable[Defect]) -> str:
    """Defects as CSV (RFC 4180) with a header line. A cell that a spreadsheet would run as a formula gets an apostrophe in front."""
    out = io.StringIO()
    writer = csv.DictWriter(out, CSV_FIELDS)
    writer.writeheader()
    for defect in defects:
        row = {**defect_record(defect), "plant_code": defect.plant_code, "cluster_code": defect.cluster_code}
        writer.writerow({k: _plain(row[k]) for k in CSV_FIELDS})
    return out.getvalue()


def _plain(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def defects_geojson(defects: Iterable[Defect]) -> dict[str, Any]:
    """Defects as a GeoJSON FeatureCollection (RFC 7946). Coordinates are [across_mm, along_mm] on the strip."""
    return {"type": "FeatureCollection", "features": [_feature(d) for d in defects]}


def _feature(d: Defect) -> dict[str, Any]:
    x0, y0, x1, y1 = d.across_mm, d.along_mm, d.across_mm + d.width_mm, d.along_mm + d.length_mm
    ring = [[round(x, 2), round(y, 2)] for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0))]
    return {"type": "Feature", "id": d.defect_id, "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": defect_record(d)}


def coil_record(summary: Summary) -> dict[str, Any]:
    """The record of a coil: identity, inspected length, counts of defects, decision and reasons."""
    coil, totals = summary.coil, summary.totals
    return {
        "coil_id": coil.coil_id,
        "name": coil.name,
        "pass_number": coil.pass_number,
        "status": coil.status.value,
        "automatic": coil.automatic,
        "interrupted": coil.interrupted,
        "heat": coil.heat,
        "product": coil.product,
        "customer": coil.customer,
        "strip_width_mm": coil.strip_width_mm,
        "started_at": _iso(coil.started_at),
        "finished_at": _iso(coil.finished_at),
        "length_m": round(summary.length_m, 4),
        "inspected_m": round(summary.metres(totals.inspected), 4),
        "degraded_m": round(summary.metres(totals.degraded), 4),
        "lost_m": round(summary.metres(totals.lost), 4),
        "lines": totals.exposed,
        "inspected_lines": totals.inspected,
        "degraded_lines": totals.degraded,
        "lost_lines": totals.lost,
        "defects": summary.tally.defects,
        "by_class": summary.tally.by_class,
        "by_severity": {str(k): v for k, v in summary.tally.by_severity.items()},
        "marks": summary.tally.marks,
        "decision": summary.decision.value,
        "reasons": [reason_record(r) for r in summary.reasons],
        "revised": revision_record(summary.revised) if summary.revised else None,
        "override": override_record(summary.override) if summary.override else None,
        "model": {"name": coil.model_name, "sha256": coil.model_sha256},
        "recipe": {"name": coil.recipe_name, "sha256": coil.recipe_sha256},
        "revision": coil.revision,
        "codes": _codes_of(coil),
    }


def _codes_of(coil: Coil) -> dict[str, Any] | None:
    if coil.codes_sha256 is None:
        return None
    return {"name": coil.codes_name, "version": coil.codes_version, "sha256": coil.codes_sha256}


def _iso(moment: Any) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def revision_record(revision: Revision) -> dict[str, Any]:
    """The record of a decision."""
    r = revision
    return {
        "coil_id": r.coil_id,
        "number": r.number,
        "decision": r.decision.value,
        "reasons": [reason_record(reason) for reason in r.reasons],
        "recipe": {"name": r.recipe.name, "sha256": r.recipe.sha256},
        "operator": r.operator,
        "note": r.note,
        "at": r.at,
    }


def override_record(override: Override) -> dict[str, Any]:
    """The record of a person's decision."""
    return _by_key(override)


def cut_record(piece_id: str, place: PlacedCut, mm_per_line: float) -> dict[str, Any]:
    """The record of a cut at its place in a piece with `mm_per_line`."""
    begins, ends = (line * mm_per_line / 1000 for line in (place.first_line, place.first_line + place.lines))
    at = {"piece_id": piece_id, "piece_from_m": round(begins, 4), "piece_to_m": round(ends, 4), "width_mm": place.width_mm}
    return at | asdict(place.cut)


def reason_record(reason: Reason) -> dict[str, Any]:
    """The record of a reason: `code` and `args` for programs, `text` in English for people."""
    args = reason.args
    return {"code": reason.code.value, "args": args, "text": filled(reason.code, args)}


def _optional(reason: Reason | None) -> dict[str, Any] | None:
    return reason_record(reason) if reason else None


def periodic_record(series: PeriodicDefect) -> dict[str, Any]:
    """The record of a series of defects that repeat."""
    return _by_key(series) | {"seen_share": round(series.seen_share, 4), "reason": reason_record(series.reason)}


def state_record(state: StateOfCoil, mm_per_line: float) -> dict[str, Any]:
    """The record of a stretch of a coil that passed in one state of the line."""
    p, totals = state.passage, state.totals
    lines = {"from_m": p.first_line, "to_m": p.end_line, "again_m": p.again_lines, "screened_m": state.screened}
    lines |= {"inspected_m": totals.inspected, "degraded_m": totals.degraded, "lost_m": totals.lost}
    return {
        "state": p.state.value,
        "by": p.by.value,
        "started_at": p.started_at,
        "duration_s": p.seconds,
        "slowest_m_s": p.slowest_m_s,
        "fastest_m_s": p.fastest_m_s,
        **{name: round(n * mm_per_line / 1000, 4) for name, n in lines.items()},
    }


def stretch_record(stretch: Stretch) -> dict[str, Any]:
    """The record of a heavy stretch."""
    return _by_key(stretch)


def interval_record(interval: Interval, mm_per_line: float) -> dict[str, Any]:
    """The record of an interval, in lines and metres."""
    return {
        "first_line": interval.first_line,
        "lines": interval.lines,
        "from_m": round(interval.first_line * mm_per_line / 1000, 4),
        "to_m": round(interval.end_line * mm_per_line / 1000, 4),
        "state": interval.state.value,
        "reason": _optional(interval.reason),
    }


def event_record(event: Event) -> dict[str, Any]:
    """The record of an event. Its reasons have their sentences."""
    data = event.payload.data
    for name, value in vars(event.payload).items():
        if isinstance(value, Reason):
            data[name] = reason_record(value)
        elif isinstance(value, tuple):
            data[name] = [reason_record(r) for r in value]
    return {"seq": event.seq, "time": event.time, "kind": event.payload.kind.value, "coil_id": event.coil_id, "data": data}


def alarm_record(alarm: Alarm) -> dict[str, Any]:
    """The record of an alarm."""
    return _by_key(alarm) | {"cost": int(alarm.cost), "reasons": [reason_record(r) for r in alarm.reasons]}


def _by_key(value: Alarm | Override | PeriodicDefect | Review | Stretch) -> dict[str, Any]:
    return {key_of(f.name): getattr(value, f.name) for f in fields(value)}


def station_record(status: StationStatus) -> dict[str, Any]:
    """The record of the station's status."""
    s = status
    return {
        "name": s.name,
        "plant": s.plant,
        "line": s.line,
        "feed_id": s.feed_id,
        "uptime_s": s.uptime_s,
        "ready": s.not_ready is None,
        "reason": _optional(s.not_ready),
        "coil": s.coil,
        "line_now": asdict(s.line_now) if s.line_now else None,
        "classes": list(s.classes),
        "marks": list(s.marks),
        "cameras": [asdict(c) for c in s.cameras],
        "engine": asdict(s.engine),
        "model": asdict(s.model),
        "recipe": asdict(s.recipe),
        "counts": dict(s.counts),
        "lines": [asdict(c) for c in s.lines],
        "busy_s": dict(s.busy_s),
        "latency_ms": {"p50": s.latency_p50_ms, "p99": s.latency_p99_ms},
        "queued": dict(s.queued),
        "disk": {"free_gb": s.disk_free_gb, "crops_gb": s.crops_gb},
    }


def not_inspected_record(lines: NotInspected) -> dict[str, Any]:
    """The live message of lines that were not, or not fully, inspected."""
    i = lines.interval
    where = {"camera": lines.camera, "coil_id": lines.coil_id, "first_line": i.first_line, "lines": i.lines}
    return {"kind": "passed", **where, "state": i.state.value, "reason": _optional(i.reason)}


def review_record(review: Review) -> dict[str, Any]:
    """The record of a review."""
    return _by_key(review)


def standing_review_record(standing: StandingReview) -> dict[str, Any]:
    """The record of a standing review."""
    reviews = [review_record(r) for r in standing.reviews]
    return {"defect_id": standing.defect_id, "result": standing.result, "class": standing.class_name, "reviews": reviews}
