"""Examples of bodies and answers, which the OpenAPI document shows. Tests hold each to its schema.

They are of one story: coil K4711 has one scratch, and a camera lost some of its lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LOST = {"code": "line.overrun", "args": {}, "text": "the inspection was slower than the line"}
_HELD = {
    "code": "coil.not_inspected",
    "args": {"uninspected_m": 1.28, "limit_m": 0.0},
    "text": "1.280 m are not fully inspected (limit 0 m)",
}
_RECIPE = {"name": "default", "sha256": "606e276eab26d8d005d53fdac1a7c8fce20f1280dc077f4c01ae7af17e8bbef2"}
_MODEL_SHA256 = "623ae26827665032fb3f91774333311e63a16c7613087e2408a0db2e612ab031"
_FEED_ID = "0d9f5cc0-6b0a-4d3b-9a53-6c2f0d6f2a10"
_COIL = {
    "coil_id": "K4711", "name": "K4711", "pass_number": 1, "status": "final", "automatic": False, "interrupted": False,
    "heat": "H290", "product": "DC04", "strip_width_mm": 1250.0,
    "started_at": "2026-11-25T08:06:50.002000Z", "finished_at": "2026-11-25T08:20:30.610000Z",
    "length_m": 812.5, "inspected_m": 811.22, "degraded_m": 0.0, "lost_m": 1.28,
    "lines": 3250000, "inspected_lines": 3244880, "degraded_lines": 0, "lost_lines": 5120,
    "defects": 1, "by_class": {"scratch": 1}, "by_severity": {"2": 1}, "marks": {},
    "decision": "hold", "reasons": [_HELD], "override": None,
    "model": {"name": "strip-s 0.3.0", "sha256": _MODEL_SHA256}, "recipe": _RECIPE, "revision": 1630,
}  # fmt: skip
_OVERRIDE = {
    "override_id": 3, "coil_id": "K4711", "decision": "accept", "operator": "kim", "note": "the lost metres are cut off",
    "at": "2026-11-25T09:05:40.120Z",
}  # fmt: skip
_RUNNING = _COIL | {
    "status": "running", "finished_at": None, "length_m": 0.0, "inspected_m": 0.0, "lost_m": 0.0, "lines": 0, "inspected_lines": 0,
    "lost_lines": 0, "defects": 0, "by_class": {}, "by_severity": {}, "revision": 1,
    "reasons": [{"code": "coil.running", "args": {}, "text": "the coil still runs"}],
}  # fmt: skip
_PROVISIONAL = _COIL | {
    "status": "provisional",
    "reasons": [{"code": "coil.provisional", "args": {}, "text": "the coil has passed; its last results are still to come"}, _HELD],
}
_INTERVALS = [
    {"first_line": 0, "lines": 52000, "from_m": 0.0, "to_m": 13.0, "state": "inspected", "reason": None},
    {"first_line": 52000, "lines": 5120, "from_m": 13.0, "to_m": 14.28, "state": "lost", "reason": _LOST},
    {"first_line": 57120, "lines": 3192880, "from_m": 14.28, "to_m": 812.5, "state": "inspected", "reason": None},
]
_DEFECT = {
    "defect_id": "K4711-000001", "coil_id": "K4711", "class": "scratch", "code": "SC", "severity": 2, "score": 0.9961, "mean_score": 0.8312,
    "side": "top", "camera": "top-1", "along_mm": 28287.0, "across_mm": 354.25, "length_mm": 212.5, "width_mm": 2.5, "area_mm2": 301.75,
    "orientation_deg": -0.1, "contrast": -0.3837, "cut_by_gap": False, "line": 113148, "lines": 850, "column": 1558, "columns": 10,
    "revision": 1,
}  # fmt: skip
_PERIODIC = {
    "periodic_id": "K4711-top-P1", "coil_id": "K4711", "side": "top", "across_mm": 402.5, "period_mm": 2287.4, "period_error_mm": 9.1,
    "first_mm": 31.5, "last_mm": 811950.0, "seen": 349, "expected": 356, "seen_share": 0.9803, "by_chance_log10": -9.6,
    "rolls": ["work roll, stand 5, top"],
    "reason": {
        "code": "roll.marks",
        "args": {"across_mm": 402.5, "period_mm": 2287.4, "rolls": "work roll, stand 5, top"},
        "text": "defects repeat every 2287 mm, 402 mm from the operator-side edge; roll: work roll, stand 5, top",
    },
    "defect_ids": ["K4711-000001"],
}  # fmt: skip
_REVIEW = {
    "review_id": 7, "defect_id": "K4711-000001", "verdict": "confirmed", "class": None, "operator": "kim", "note": "",
    "at": "2026-11-25T09:01:12.300Z",
}  # fmt: skip
_STANDING = {"defect_id": "K4711-000001", "result": "confirmed", "class": "scratch", "reviews": [_REVIEW]}
_ALARM = {
    "key": "coverage.lost/top-1/line.overrun", "kind": "coverage.lost", "cost": 1, "camera": "top-1", "class": "", "severity": None,
    "reasons": [_LOST], "coil_id": "K4711", "count": 1, "first_seq": 41, "last_seq": 41, "first_time": "2026-11-25T08:12:03.114Z",
    "last_time": "2026-11-25T08:12:03.114Z", "standing": False, "acknowledged_by": "", "from_mm": 13000.0, "last_mm": 13000.0,
}  # fmt: skip
_EVENTS = [
    {
        "seq": 41, "time": "2026-11-25T08:12:03.114Z", "coil_id": "K4711", "kind": "coverage.lost",
        "data": {"camera": "top-1", "first_line": 52000, "along_mm": 13000.0, "reason": _LOST},
    },
    {
        "seq": 42, "time": "2026-11-25T08:20:31.870Z", "coil_id": "K4711", "kind": "coil.final",
        "data": {"decision": "hold", "length_m": 812.5, "reasons": [_HELD]},
    },
]  # fmt: skip
_STATION = {
    "name": "line1", "plant": "Pohang", "line": "HSM 2",
    "feed_id": _FEED_ID, "uptime_s": 86400.5, "ready": True, "reason": None, "coil": "K4711",
    "classes": ["inclusion", "patch", "scratch"], "marks": [],
    "cameras": [
        {"name": "top-1", "side": "top", "width_px": 4096, "first_column": 0, "mm_per_px": 0.25, "mm_per_line": 0.25, "live": True}
    ],
    "engine": {
        "provider": "cpu", "precision": "exact", "threads": 4, "reason": "no other provider is installed", "nodes": 120, "nodes_on_cpu": 0,
    },
    "model": {"name": "strip-s", "version": "0.3.0", "sha256": _MODEL_SHA256}, "recipe": _RECIPE,
    "counts": {"lines_exposed": 3250000, "lines_segmented": 3244880},
    "lines": [{"state": "inspected", "code": None, "lines": 3244880}, {"state": "lost", "code": "line.overrun", "lines": 5120}],
    "busy_s": {"infer": 512.4}, "latency_ms": {"p50": 41.0, "p99": 88.5}, "queued": {"captures": 0},
    "disk": {"free_gb": 412.5, "crops_gb": 3.25},
}  # fmt: skip
_OPTICS = {
    "coil_id": "K4711", "at": "2026-11-25T08:20:31.702Z", "camera": "top-1",
    "light_dn": [101.5, 103.0, 104.2, 104.0, 103.9, 103.1, 102.0, 100.8],
    "light_share": 0.98, "sharpness": 0.81, "sharpness_share": 1.01, "warnings": [],
}  # fmt: skip
_SAMPLE = {
    "sample_id": "K4711-top-1-000052000-00532", "coil_id": "K4711", "camera": "top-1", "line": 52000, "column": 532,
    "model_sha256": _MODEL_SHA256,
}  # fmt: skip
_SESSION = {
    "name": "kim",
    "role": "operator",
    "rights": ["acknowledge", "read", "review"],
    "expires_at": "2026-11-25T20:00:00Z",
    "by_log_in": True,
}
_RING = [[354.25, 28287.0], [356.75, 28287.0], [356.75, 28499.5], [354.25, 28499.5], [354.25, 28287.0]]

_NO_ANSWER = {
    "code": "webhook.no_answer",
    "args": {"webhook": "mes"},
    "text": "the receiver of webhook mes does not answer",
}
_WHERE = {"plant": "Pohang", "line": "HSM 2"}

BODIES: Mapping[str, Any] = {
    "log_in": {"name": "kim", "password": "a sentence that only Kim knows"},
    "start_coil": {"coil_id": "K4711", "heat": "H290", "product": "DC04", "strip_width_mm": 1250},
    "correct_coil": {"name": "K4711", "heat": "H291"},
    "override_coil": {"decision": "accept", "note": "the lost metres are cut off", "operator": "kim"},
    "add_review": {"verdict": "relabelled", "class": "scratch", "operator": "kim", "note": "begins under the surface"},
    "acknowledge_alarm": {"key": "coverage.lost/top-1/line.overrun", "operator": "kim"},
}
"""The body of a request, by the name of the call."""
ANSWERS: Mapping[tuple[str, int], Any] = {
    ("log_in", 200): _SESSION,
    ("get_session", 200): _SESSION,
    ("list_coils", 200): {"coils": [_COIL], "next": None},
    ("start_coil", 200): _RUNNING,
    ("start_coil", 201): _RUNNING,
    ("get_coil", 200): _COIL,
    ("correct_coil", 200): _COIL,
    ("finish_coil", 200): _PROVISIONAL,
    ("list_defects", 200): {"defects": [_DEFECT], "next": None, "last": 1},
    ("get_coverage", 200): {"coil_id": "K4711", "width_mm": 1248.75, "intervals": _INTERVALS, "cameras": {"top-1": _INTERVALS}},
    ("override_coil", 201): _COIL | {"override": _OVERRIDE, "revision": 1631},
    ("list_overrides", 200): {"coil_id": "K4711", "overrides": [_OVERRIDE]},
    ("list_periodic", 200): {"coil_id": "K4711", "periodic": [_PERIODIC]},
    ("get_map", 200): {
        "coil_id": "K4711",
        "cell_along_m": 406.25,
        "cell_across_mm": 624.38,
        "count": {"scratch": [[1, 0], [0, 0]]},
        "area_mm2": {"scratch": [[301.75, 0.0], [0.0, 0.0]]},
        "covered": [0.9968, 1.0],
    },
    ("get_defect", 200): _DEFECT,
    ("add_review", 201): _REVIEW | {"standing": _STANDING},
    ("list_reviews_of_defect", 200): {"reviews": [_REVIEW], "next": None, "standing": _STANDING},
    ("list_standing_reviews", 200): {"standing": [_STANDING], "next": None},
    ("list_reviews", 200): {"reviews": [_REVIEW], "next": None},
    ("list_samples", 200): {"samples": [_SAMPLE]},
    ("list_audit", 200): {
        "entries": [
            {
                "at": "2026-11-25T08:06:50.114Z",
                "name": "mes-1",
                "role": "mes",
                "address": "10.0.0.9",
                "action": "POST",
                "subject": "/api/v1/coils",
                "status": 201,
                "left_out": 0,
                "station": "line1",
            }
        ],
        "next": None,
    },
    ("list_events", 200): {"feed_id": _FEED_ID, "events": _EVENTS, "last": 42},
    ("list_optics", 200): {"optics": [_OPTICS]},
    ("list_alarms", 200): {"alarms": [_ALARM]},
    ("get_station", 200): _STATION,
    ("list_webhooks", 200): {
        "webhooks": [
            {
                "name": "mes",
                "url": "https://mes.plant.example/skelp",
                "events": ["coil.changed", "coil.final"],
                "sent": 41,
                "behind": 1,
                "failing_since": "2026-11-25T08:20:32.004Z",
                "reason": _NO_ANSWER,
                "error": "no answer: [Errno 111] Connection refused",
                "next_try_at": "2026-11-25T08:20:37.004Z",
                "dead": [{"seq": 17, "at": "2026-11-24T22:01:09.310Z", "error": "422 no such heat", "again": False}],
            }
        ]
    },
    ("get_plant", 200): {
        "name": "Pohang",
        "now": "2026-11-25T08:20:32.010Z",
        "stations": [
            {
                **_WHERE,
                "name": "line1",
                "in_use": True,
                "cameras": [{"name": "top-1", "side": "top"}],
                "runs": True,
                "quiet_s": 0.4,
                "feed_id": _FEED_ID,
                "newest_event": 42,
                "coil": _COIL,
                "stored_at": "2026-11-25T08:20:31.870Z",
                "alarms": [_ALARM],
            }
        ],
    },
    ("list_plant_coils", 200): {"coils": [{**_WHERE, "station": "line1", "runs": True, "coil": _COIL}], "next": None},
    ("list_plant_events", 200): {
        "events": [{"station": "line1", "feed_id": _FEED_ID, "event": e} for e in _EVENTS],
        "last": f"{_FEED_ID}:42",
    },
    ("get_liveness", 200): {"status": "alive"},
    ("get_readiness", 200): {"status": "ready"},
}
"""The answer in JSON, by the name of the call and the status."""
GEOJSON: Mapping[str, Any] = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "id": "K4711-000001",
            "geometry": {"type": "Polygon", "coordinates": [_RING]},
            "properties": _DEFECT,
        }
    ],
}
"""Defects as GeoJSON."""
CSV = ",".join(_DEFECT) + "\r\n" + ",".join(map(str, _DEFECT.values())) + "\r\n"
"""Defects as CSV."""
PARAMETERS: Mapping[str, Any] = {
    "coil_id": "K4711",
    "defect_id": "K4711-000001",
    "sample_id": "K4711-top-1-000052000-00532",
    "lang": "ko",
    "webhook": "mes",
}
"""The value of a parameter, by its name."""


def _problem(status: int, title: str, detail: str, **more: Any) -> dict[str, Any]:
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}


_LOCKED = {"code": "records.locked", "args": {"locked_s": 30.0}, "text": "another program has locked the database; waited 30.0 s for it"}
_DELETED = {
    "code": "coil.defects_deleted", "args": {"defects": 1, "marks": 0},
    "text": "its 1 defects and 0 marks were deleted when they were old enough",
}  # fmt: skip
PROBLEMS: Mapping[int, Any] = {
    401: _problem(401, "Unauthorized", "this token is revoked"),
    403: _problem(403, "Forbidden", "mes-1 has the role mes, which may not review defects"),
    404: _problem(404, "Not Found", "there is no coil K4712"),
    409: _problem(409, "Conflict", "coil K4711 is over; if it passes again, announce it with new_pass", conflict="coil_over"),
    410: _problem(410, "Gone", "the defects of coil K4711 were deleted", reason=_DELETED),
    413: _problem(413, "Request Entity Too Large", "the body has 2097152 bytes; at most 1048576 are taken"),
    422: _problem(
        422,
        "Unprocessable Entity",
        "the request is not valid: query.limit: Input should be less than or equal to 500 (got '501')",
        faults=[{"where": "query.limit", "fault": "Input should be less than or equal to 500 (got '501')"}],
    ),
    429: _problem(429, "Too Many Requests", "too many requests; at most 200 a second"),
    503: _problem(503, "Service Unavailable", "records cannot be read", reason=_LOCKED),
}
"""A refusal, by its status."""
