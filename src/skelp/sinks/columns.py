"""The tables that `skelp tables` writes, and the type of each column. docs/records.md describes them."""

from __future__ import annotations

from enum import StrEnum


class Type(StrEnum):
    """The type of a column. TIME: UTC, in ms. JSON: text that is JSON."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    YES_NO = "yes/no"
    TIME = "time"
    JSON = "json"


Columns = dict[str, Type]
"""Columns of a table, in order."""

_T, _I, _N, _Y, _AT, _J = Type.TEXT, Type.INTEGER, Type.NUMBER, Type.YES_NO, Type.TIME, Type.JSON

TABLES: dict[str, Columns] = {
    "coils": {
        "coil_id": _T, "name": _T, "pass_number": _I, "status": _T, "automatic": _Y, "interrupted": _Y, "heat": _T, "product": _T,
        "started_at": _AT, "finished_at": _AT, "decision": _T, "reasons": _J, "strip_width_mm": _N, "width_mm": _N, "mm_per_line": _N,
        "lines": _I, "inspected_lines": _I, "degraded_lines": _I, "lost_lines": _I,
        "length_m": _N, "inspected_m": _N, "degraded_m": _N, "lost_m": _N, "defects": _I, "marks": _I,
        "model_name": _T, "model_sha256": _T, "recipe_name": _T, "recipe_sha256": _T, "customer": _T,
        "codes_name": _T, "codes_version": _T, "codes_sha256": _T,
    },
    "coverage": {
        "coil_id": _T, "camera": _T, "first_line": _I, "lines": _I, "from_m": _N, "to_m": _N, "state": _T, "code": _T, "args": _J,
    },
    "defects": {
        "defect_id": _T, "coil_id": _T, "class": _T, "code": _T, "severity": _I, "score": _N, "mean_score": _N, "side": _T, "camera": _T,
        "along_mm": _N, "across_mm": _N, "length_mm": _N, "width_mm": _N, "area_mm2": _N, "orientation_deg": _N, "contrast": _N,
        "cut_by_gap": _Y, "line": _I, "lines": _I, "column": _I, "columns": _I, "seen_as": _T,
        "plant_code": _T, "cluster_code": _T,
    },
    "periodic": {
        "periodic_id": _T, "coil_id": _T, "side": _T, "across_mm": _N, "period_mm": _N, "period_error_mm": _N, "first_mm": _N,
        "last_mm": _N, "seen": _I, "expected": _I, "by_chance_log10": _N, "rolls": _J, "defect_ids": _J,
    },
    "passages": {
        "coil_id": _T, "known_by": _T, "number": _I, "state": _T, "first_line": _I, "lines": _I, "from_m": _N, "to_m": _N,
        "started_at": _AT, "seconds": _N, "again_lines": _I, "slowest_m_s": _N, "fastest_m_s": _N,
    },
    "decisions": {
        "coil_id": _T, "number": _I, "decision": _T, "reasons": _T, "recipe_name": _T, "recipe_sha256": _T, "operator": _T, "note": _T,
        "at": _AT,
    },
    "origins": {
        "piece_id": _T, "place": _I, "coil_id": _T, "from_m": _N, "to_m": _N, "head_to_tail": _Y, "turned_over": _Y, "sides_exchanged": _Y,
        "trimmed_operator_mm": _N, "trimmed_drive_mm": _N, "first_line": _I, "lines": _I, "width_mm": _N,
    },
    "overrides": {"override_id": _I, "coil_id": _T, "decision": _T, "operator": _T, "note": _T, "at": _AT},
    "models": {"at": _AT, "file": _T, "name": _T, "version": _T, "sha256": _T, "station_sha256": _T, "why": _T},
    "shadows": {"coil_id": _T, "at": _AT, "exposed_lines": _I, "seen_lines": _I, "first": _J, "second": _J},
    "reviews": {"review_id": _I, "defect_id": _T, "coil_id": _T, "verdict": _T, "class": _T, "operator": _T, "note": _T, "at": _AT},
    "events": {"seq": _I, "time": _AT, "coil_id": _T, "kind": _T, "data": _J},
}  # fmt: skip
