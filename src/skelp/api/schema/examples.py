"""Examples of bodies and answers, which the OpenAPI document shows. Tests hold each to its schema.

They are of one story, whose values are in story.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skelp.api.schema.story import (
    ALARM,
    CODES,
    COIL,
    CONNECTION,
    CUT,
    DEFECT,
    DEFECT_OF_PIECE,
    DRIFT,
    EVENTS,
    EXPLAINED_DEFECT,
    FEED_ID,
    FIRST,
    INTERVALS,
    MODEL_HISTORY,
    MODELS,
    NO_ANSWER,
    OPTICS,
    OVERRIDE,
    PERIODIC,
    PIECE,
    PROVISIONAL,
    RECIPE,
    RECIPE_OUT,
    REVIEW,
    REVISION,
    RING,
    RULE,
    RUNNING,
    SAMPLE,
    SCRATCH_CODES,
    SESSION,
    SHADOW,
    STANDING,
    STATE,
    STATION,
    STRETCH,
    WELD,
    WHERE,
)

BODIES: Mapping[str, Any] = {
    "log_in": {"name": "kim", "password": "a sentence that only Kim knows"},
    "start_coil": {"coil_id": "K4711", "heat": "H290", "product": "DC04", "customer": "Hanbit Motors", "strip_width_mm": 1250},
    "correct_coil": {"name": "K4711", "heat": "H291"},
    "derive_coil": {
        "coil_id": "K4711A",
        "cuts": [
            {
                "from_m": 14.28,
                "to_m": 800,
                "head_to_tail": True,
                "turned_over": True,
                "trimmed_operator_mm": 10,
                "trimmed_drive_mm": 10,
            }
        ],
    },
    "tell_state": {"state": "weld_seam", "from_m": 640.25},
    "override_coil": {"decision": "accept", "note": "the lost metres are cut off", "operator": "kim"},
    "decide_again": {"recipe": "second-choice", "note": "for order 7731", "operator": "lee"},
    "preview_recipe": {"toml": RECIPE_OUT["toml"], "newest": 100, "recipe": "default"},
    "change_recipe": {
        "toml": RECIPE_OUT["toml"],
        "instead_of": RECIPE_OUT["text_sha256"],
        "operator": "lee",
        "note": "agreed",
    },
    "add_review": {"verdict": "relabelled", "class": "scratch", "operator": "kim", "note": "begins under the surface"},
    "ask_for_model": {"file": "strip-s-3.onnx"},
    "report_connection": {
        name: value for name, value in CONNECTION.items() if name not in ("name", "heard_at", "silent", "failing_since", "request")
    }
    | {"resend_handled": 2},
    "send_connection_again": {"after_seq": 12, "operator": "lee"},
    "acknowledge_alarm": {"key": "coverage.lost/top-1/line.overrun", "operator": "kim"},
}
"""The body of a request, by the name of the call."""
ANSWERS: Mapping[tuple[str, int], Any] = {
    ("log_in", 200): SESSION,
    ("get_session", 200): SESSION,
    ("list_coils", 200): {"coils": [COIL], "next": None},
    ("start_coil", 200): RUNNING,
    ("start_coil", 201): RUNNING,
    ("get_coil", 200): COIL,
    ("correct_coil", 200): COIL,
    ("finish_coil", 200): PROVISIONAL,
    ("list_defects", 200): {"defects": [DEFECT], "next": None, "last": 1},
    ("get_coverage", 200): {"coil_id": "K4711", "width_mm": 1248.75, "intervals": INTERVALS, "cameras": {"top-1": INTERVALS}},
    ("derive_coil", 200): PIECE,
    ("derive_coil", 201): PIECE,
    ("list_origin", 200): {"coil_id": "K4711A", "cuts": [CUT]},
    ("list_pieces", 200): {"coil_id": "K4711", "cuts": [CUT]},
    ("override_coil", 201): COIL | {"override": OVERRIDE, "revision": 1631},
    ("list_overrides", 200): {"coil_id": "K4711", "overrides": [OVERRIDE]},
    ("list_decisions", 200): {"coil_id": "K4711", "decisions": [FIRST, REVISION]},
    ("explain_decision", 200): REVISION
    | {"same": True, "findings": [{"reason": RULE, "then": "downgrade", "defects": 1, "defect_ids": ["K4711-000001"]}]},
    ("decide_again", 201): REVISION,
    ("decide_again", 200): REVISION,
    ("list_recipes", 200): {"recipes": [RECIPE_OUT]},
    ("change_recipe", 200): RECIPE_OUT,
    ("get_kept_recipe", 200): RECIPE | {"values": {"name": RECIPE["name"], "hold_from_severity": 3, "bridge_mm": 8.0, "rules": []}},
    ("get_kept_codes", 200): CODES
    | {"classes": {"scratch": {**SCRATCH_CODES, "text": {"en": "scratch", "ko": "\uae01\ud798"}}}, "default": None},
    ("preview_recipe", 200): {
        "recipe": RECIPE,
        "coils": 100,
        "unknown": 0,
        "was": {"accept": 90, "hold": 10},
        "now": {"accept": 89, "downgrade": 1, "hold": 10},
        "changed": [{"coil_id": "K4702", "name": "K4702", "was": "accept", "now": "downgrade", "reasons": [RULE]}],
    },
    ("list_periodic", 200): {"coil_id": "K4711", "periodic": [PERIODIC]},
    ("list_stretches", 200): {"coil_id": "K4711", "stretches": [STRETCH]},
    ("list_states", 200): {"coil_id": "K4711", "states": [STATE, WELD | {"inspected_m": 0.5}]},
    ("tell_state", 200): WELD,
    ("tell_state", 201): WELD,
    ("get_model", 200): MODELS,
    ("ask_for_model", 202): MODELS,
    ("roll_model_back", 202): MODELS,
    ("list_model_history", 200): MODEL_HISTORY,
    ("get_drift", 200): DRIFT,
    ("get_shadow", 200): SHADOW,
    ("list_shadows", 200): {"shadows": [{"name": "K4711", "started_at": COIL["started_at"]} | SHADOW]},
    ("get_aas", 200): {
        "assetAdministrationShells": [
            {
                "modelType": "AssetAdministrationShell",
                "id": f"https://skelp.dev/id/coil/{FEED_ID}/K4711/aas",
                "idShort": "Coil",
                "assetInformation": {"assetKind": "Instance", "globalAssetId": f"https://skelp.dev/id/coil/{FEED_ID}/K4711"},
            }
        ],
        "submodels": [
            {
                "modelType": "Submodel",
                "id": f"https://skelp.dev/id/coil/{FEED_ID}/K4711/CoilSurfaceInspection/1630",
                "idShort": "CoilSurfaceInspection",
                "submodelElements": [{"modelType": "Property", "idShort": "CoilId", "valueType": "xs:string", "value": "K4711"}],
            }
        ],
    },
    ("get_map", 200): {
        "coil_id": "K4711",
        "cell_along_m": 406.25,
        "cell_across_mm": 624.38,
        "count": {"scratch": [[1, 0], [0, 0]]},
        "area_mm2": {"scratch": [[301.75, 0.0], [0.0, 0.0]]},
        "covered": [0.9968, 1.0],
    },
    ("get_defect", 200): EXPLAINED_DEFECT,
    ("add_review", 201): REVIEW | {"standing": STANDING},
    ("list_reviews_of_defect", 200): {"reviews": [REVIEW], "next": None, "standing": STANDING},
    ("list_standing_reviews", 200): {"standing": [STANDING], "next": None},
    ("list_reviews", 200): {"reviews": [REVIEW], "next": None},
    ("list_samples", 200): {"samples": [SAMPLE]},
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
    ("list_events", 200): {"feed_id": FEED_ID, "events": EVENTS, "last": 42},
    ("list_optics", 200): {"optics": [OPTICS]},
    ("list_alarms", 200): {"alarms": [ALARM]},
    ("list_connections", 200): {"connections": [CONNECTION]},
    ("report_connection", 200): {"resend_number": 3, "resend_after": 12},
    ("report_connection", 201): {"resend_number": 0, "resend_after": None},
    ("send_connection_again", 200): CONNECTION,
    ("get_station", 200): STATION,
    ("list_webhooks", 200): {
        "webhooks": [
            {
                "name": "mes",
                "url": "https://mes.plant.example/skelp",
                "events": ["coil.changed", "coil.final"],
                "sent": 41,
                "behind": 1,
                "failing_since": "2026-11-25T08:20:32.004Z",
                "reason": NO_ANSWER,
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
                **WHERE,
                "name": "line1",
                "in_use": True,
                "cameras": [{"name": "top-1", "side": "top"}],
                "runs": True,
                "quiet_s": 0.4,
                "feed_id": FEED_ID,
                "newest_event": 42,
                "coil": COIL,
                "stored_at": "2026-11-25T08:20:31.870Z",
                "alarms": [ALARM],
            }
        ],
    },
    ("list_plant_coils", 200): {"coils": [{**WHERE, "station": "line1", "runs": True, "coil": COIL}], "next": None},
    ("list_plant_events", 200): {
        "events": [{"station": "line1", "feed_id": FEED_ID, "event": e} for e in EVENTS],
        "last": f"{FEED_ID}:42",
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
            "id": "K4711A-000001",
            "geometry": {"type": "Polygon", "coordinates": [RING]},
            "properties": DEFECT_OF_PIECE,
        }
    ],
}
"""Defects as GeoJSON."""
_ROW = {**DEFECT_OF_PIECE, "plant_code": SCRATCH_CODES["plant"], "cluster_code": SCRATCH_CODES["cluster"]}
del _ROW["codes"]
CSV = ",".join(_ROW) + "\r\n" + ",".join(map(str, _ROW.values())) + "\r\n"
"""Defects as CSV."""
PARAMETERS: Mapping[str, Any] = {
    "coil_id": "K4711",
    "defect_id": "K4711-000001",
    "sample_id": "K4711-top-1-000052000-00532",
    "lang": "ko",
    "number": 2,
    "recipe": "default",
    "webhook": "mes",
    "connection": "mes",
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
