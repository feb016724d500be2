"""The values of the examples: coil K4711 has one scratch, and a camera lost some of its lines."""

LOST = {"code": "line.overrun", "args": {}, "text": "the inspection was slower than the line"}
HELD = {
    "code": "coil.not_inspected",
    "args": {"uninspected_m": 1.28, "limit_m": 0.0},
    "text": "1.280 m are not fully inspected (limit 0 m)",
}
RECIPE = {"name": "default", "sha256": "606e276eab26d8d005d53fdac1a7c8fce20f1280dc077f4c01ae7af17e8bbef2"}
CODES = {"name": "example-mill", "version": "2026-11", "sha256": "a5b2" * 16}
SCRATCH_CODES = {"plant": "210", "cluster": "SURF-SCR"}
OTHER_RECIPE = {"name": "second-choice", "sha256": "c9d2c2b5dd2d3f5f6c5f2b7cb7d7a2f1d9a7d6c8c0bb4ab0b7a4a5f4a4e5c0aa"}
RULE = {
    "code": "coil.rule_count",
    "args": {"rule": "scratches", "then": "downgrade", "defects": 1.0, "limit": 0.0},
    "text": "rule \u201cscratches\u201d: 1 defects (limit 0); asks for a downgrade",
}
MODEL_SHA256 = "623ae26827665032fb3f91774333311e63a16c7613087e2408a0db2e612ab031"
FEED_ID = "0d9f5cc0-6b0a-4d3b-9a53-6c2f0d6f2a10"
COIL = {
    "coil_id": "K4711", "name": "K4711", "pass_number": 1, "status": "final", "automatic": False, "interrupted": False,
    "heat": "H290", "product": "DC04", "customer": "Hanbit Motors", "strip_width_mm": 1250.0,
    "started_at": "2026-11-25T08:06:50.002000Z", "finished_at": "2026-11-25T08:20:30.610000Z",
    "length_m": 812.5, "inspected_m": 811.22, "degraded_m": 0.0, "lost_m": 1.28,
    "lines": 3250000, "inspected_lines": 3244880, "degraded_lines": 0, "lost_lines": 5120,
    "defects": 1, "by_class": {"scratch": 1}, "by_severity": {"2": 1}, "marks": {},
    "decision": "hold", "reasons": [HELD], "revised": None, "override": None,
    "model": {"name": "strip-s 0.3.0", "sha256": MODEL_SHA256}, "recipe": RECIPE, "revision": 1630,
    "codes": CODES,
}  # fmt: skip
REVISION = {
    "coil_id": "K4711", "number": 2, "decision": "downgrade", "reasons": [RULE], "recipe": OTHER_RECIPE, "operator": "lee",
    "note": "for order 7731", "at": "2026-11-25T09:04:11.520Z",
}  # fmt: skip
FIRST = REVISION | {
    "number": 1, "decision": "hold", "reasons": [HELD], "recipe": RECIPE, "operator": "", "note": "", "at": COIL["finished_at"],
}  # fmt: skip
RECIPE_OUT = RECIPE | {
    "products": [],
    "customers": [],
    "default": True,
    "toml": 'name = "default"\nhold_from_severity = 3\n',
    "text_sha256": "7f3a" * 16,
}
OVERRIDE = {
    "override_id": 3, "coil_id": "K4711", "decision": "accept", "operator": "kim", "note": "the lost metres are cut off",
    "at": "2026-11-25T09:05:40.120Z",
}  # fmt: skip
RUNNING = COIL | {
    "status": "running", "finished_at": None, "length_m": 0.0, "inspected_m": 0.0, "lost_m": 0.0, "lines": 0, "inspected_lines": 0,
    "lost_lines": 0, "defects": 0, "by_class": {}, "by_severity": {}, "revision": 1,
    "reasons": [{"code": "coil.running", "args": {}, "text": "the coil still runs"}],
}  # fmt: skip
PROVISIONAL = COIL | {
    "status": "provisional",
    "reasons": [{"code": "coil.provisional", "args": {}, "text": "the coil has passed; its last results are still to come"}, HELD],
}
INTERVALS = [
    {"first_line": 0, "lines": 52000, "from_m": 0.0, "to_m": 13.0, "state": "inspected", "reason": None},
    {"first_line": 52000, "lines": 5120, "from_m": 13.0, "to_m": 14.28, "state": "lost", "reason": LOST},
    {"first_line": 57120, "lines": 3192880, "from_m": 14.28, "to_m": 812.5, "state": "inspected", "reason": None},
]
DEFECT = {
    "defect_id": "K4711-000001", "coil_id": "K4711", "class": "scratch", "code": "SC", "severity": 2, "score": 0.9961, "mean_score": 0.8312,
    "side": "top", "camera": "top-1", "along_mm": 28287.0, "across_mm": 354.25, "length_mm": 212.5, "width_mm": 2.5, "area_mm2": 301.75,
    "orientation_deg": -0.1, "contrast": -0.3837, "cut_by_gap": False, "line": 113148, "lines": 850, "column": 1558, "columns": 10,
    "revision": 1, "seen_as": None, "codes": SCRATCH_CODES,
}  # fmt: skip
DEFECT_OF_PIECE = DEFECT | {
    "defect_id": "K4711A-000001", "coil_id": "K4711A", "side": "bottom", "camera": "top-1~over", "along_mm": 771500.5, "across_mm": 344.25,
    "orientation_deg": 0.1, "line": 3086002, "seen_as": "K4711-000001",
}  # fmt: skip
CUT = {
    "piece_id": "K4711A", "piece_from_m": 0.0, "piece_to_m": 785.72, "coil_id": "K4711", "from_m": 14.28, "to_m": 800.0,
    "head_to_tail": True, "turned_over": True, "sides_exchanged": False, "trimmed_operator_mm": 10.0, "trimmed_drive_mm": 10.0,
    "width_mm": 1230.0,
}  # fmt: skip
PIECE = COIL | {
    "coil_id": "K4711A", "name": "K4711A", "strip_width_mm": 1230.0,
    "started_at": "2026-11-26T06:30:11.410000Z", "finished_at": "2026-11-26T06:30:11.410000Z",
    "length_m": 785.72, "inspected_m": 785.72, "lost_m": 0.0, "lines": 3142880, "inspected_lines": 3142880, "lost_lines": 0,
    "decision": "accept", "revision": 2,
    "reasons": [
        {
            "code": "coil.sound", "args": {"length_m": 785.72, "defects": 1, "severity": 3},
            "text": "785.7 m inspected; defects: 1, none of severity 3 or more",
        },
        {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}, "text": "2 mm at each edge are not inspected"},
        {
            "code": "coil.derived", "args": {"coils": "K4711"},
            "text": "no camera saw this coil pass: it was cut or welded of K4711, and its results are theirs",
        },
    ],
}  # fmt: skip
EXPLAINED_DEFECT = DEFECT | {
    "severity_because": [
        {
            "code": "severity.area",
            "args": {"area_mm2": 301.75, "from_mm2": 50.0, "grade": 2},
            "text": "area 301.8 mm², which is 50 mm² or more: grade 2",
        }
    ],
}
PERIODIC = {
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
STRETCH = {
    "stretch_id": "K4711-H1", "coil_id": "K4711", "side": "top", "class": "patch", "from_mm": 400012.5, "to_mm": 459987.0,
    "across_from_mm": 302.5, "across_to_mm": 598.0, "defects": 4161, "by_class": {"patch": 4120, "inclusion": 41}, "area_mm2": 91542.25,
    "per_m": 69.38, "severity": 2,
}  # fmt: skip
STATE = {
    "state": "running", "by": "speed", "from_m": 3.2, "to_m": 640.25, "started_at": "2026-11-25T08:07:01.220Z", "duration_s": 64.81,
    "slowest_m_s": 4.02, "fastest_m_s": 10.03, "again_m": 0.0, "inspected_m": 635.77, "screened_m": 0.0, "degraded_m": 0.0, "lost_m": 1.28,
}  # fmt: skip
WELD = STATE | {
    "state": "weld_seam", "by": "mes", "from_m": 640.0, "to_m": 640.5, "started_at": "2026-11-25T08:17:44.900Z", "duration_s": None,
    "slowest_m_s": None, "fastest_m_s": None, "inspected_m": 0.0, "lost_m": 0.0,
}  # fmt: skip
REVIEW = {
    "review_id": 7, "defect_id": "K4711-000001", "verdict": "confirmed", "class": None, "operator": "kim", "note": "",
    "at": "2026-11-25T09:01:12.300Z",
}  # fmt: skip
STANDING = {"defect_id": "K4711-000001", "result": "confirmed", "class": "scratch", "reviews": [REVIEW]}
ALARM = {
    "key": "coverage.lost/top-1/line.overrun", "kind": "coverage.lost", "cost": 1, "camera": "top-1", "class": "", "severity": None,
    "reasons": [LOST], "coil_id": "K4711", "count": 1, "first_seq": 41, "last_seq": 41, "first_time": "2026-11-25T08:12:03.114Z",
    "last_time": "2026-11-25T08:12:03.114Z", "standing": False, "acknowledged_by": "", "from_mm": 13000.0, "last_mm": 13000.0,
}  # fmt: skip
EVENTS = [
    {
        "seq": 41, "time": "2026-11-25T08:12:03.114Z", "coil_id": "K4711", "kind": "coverage.lost",
        "data": {"camera": "top-1", "first_line": 52000, "along_mm": 13000.0, "reason": LOST},
    },
    {
        "seq": 42, "time": "2026-11-25T08:20:31.870Z", "coil_id": "K4711", "kind": "coil.final",
        "data": {"decision": "hold", "length_m": 812.5, "reasons": [HELD]},
    },
]  # fmt: skip
STATION = {
    "name": "line1", "plant": "Pohang", "line": "HSM 2",
    "feed_id": FEED_ID, "uptime_s": 86400.5, "ready": True, "reason": None, "coil": "K4711",
    "line_now": {"state": "running", "speed_m_s": 9.84},
    "classes": ["inclusion", "patch", "scratch"], "marks": [],
    "cameras": [
        {"name": "top-1", "side": "top", "width_px": 4096, "first_column": 0, "mm_per_px": 0.25, "mm_per_line": 0.25, "live": True}
    ],
    "engine": {
        "provider": "cpu", "precision": "exact", "threads": 4, "reason": "no other provider is installed", "nodes": 120, "nodes_on_cpu": 0,
    },
    "model": {"name": "strip-s", "version": "0.3.0", "sha256": MODEL_SHA256}, "recipe": RECIPE,
    "counts": {"lines_exposed": 3250000, "lines_segmented": 3244880},
    "lines": [{"state": "inspected", "code": None, "lines": 3244880}, {"state": "lost", "code": "line.overrun", "lines": 5120}],
    "busy_s": {"infer": 512.4}, "latency_ms": {"p50": 41.0, "p99": 88.5}, "queued": {"captures": 0},
    "disk": {"free_gb": 412.5, "crops_gb": 3.25},
}  # fmt: skip
OPTICS = {
    "coil_id": "K4711", "at": "2026-11-25T08:20:31.702Z", "camera": "top-1",
    "light_dn": [101.5, 103.0, 104.2, 104.0, 103.9, 103.1, 102.0, 100.8],
    "light_share": 0.98, "sharpness": 0.81, "sharpness_share": 1.01, "warnings": [],
}  # fmt: skip
MODELS = {
    "running": STATION["model"], "chosen": {"name": "strip-s", "version": "3", "sha256": "9b" * 32}, "previous": STATION["model"],
    "trying": None, "refused": {
        "file": "strip-l-1.onnx", "at": "2026-11-25T08:02:11.040Z", "reason": {
            "code": "model.slower", "args": {"ms": 61.2, "on_line_ms": 31.5, "most": 1.25},
            "text": "the model is slower than the one on the line: 61.2 ms instead of 31.5 ms for the same frames, and at most 1.25 times "
                    "as long is allowed",
        },
    },
    "files": ["strip-l-1.onnx", "strip-s-3.onnx"], "watched": True,
}  # fmt: skip
MODEL_HISTORY = {
    "since": {"coil_id": "K4690", "name": "K4690", "started_at": "2026-11-25T04:31:02.500Z"},
    "choices": [
        {"at": "2026-11-25T08:05:40.210Z", "file": "strip-s-3.onnx", "model": MODELS["chosen"], "why": "asked", "coils": 0},
        {"at": "2026-11-25T04:30:51.007Z", "file": "", "model": STATION["model"], "why": "rates", "coils": 21},
    ],
}  # fmt: skip
_VERDICT = {
    "model": STATION["model"], "defects": 3, "by_class": {"scratch": 3}, "by_severity": {"1": 3}, "marks": {"stain": 2},
    "decision": "accept", "reasons": [
        {"code": "coil.edge_margin", "args": {"margin_mm": 2.0}, "text": "steel within 2 mm of the edges was not judged"},
    ],
    "alone": {"defects": 0, "worst": []},
}  # fmt: skip
SHADOW = {
    "coil_id": "K4711", "exposed_lines": 3250000, "seen_lines": 1170000, "seen_share": 0.36, "agree": True,
    "first": _VERDICT, "second": _VERDICT | {"model": MODELS["chosen"], "defects": 4, "by_class": {"scratch": 4}, "by_severity": {"1": 4},
    "alone": {
        "defects": 1, "worst": [{
            "class": "scratch", "severity": 1, "score": 0.9714, "side": "top", "along_mm": 41020.0, "across_mm": 880.5, "length_mm": 36.0,
            "width_mm": 1.5, "area_mm2": 41.25,
        }],
    }},
}  # fmt: skip
DRIFT = {
    "product": "DC04", "products": ["DC04", "S235"], "model": COIL["model"], "coils": 20, "before_coils": 184, "seen_m": 16020.5,
    "before_seen_m": 151200.0,
    "classes": [{
        "class": "scratch",
        "now": {"defects": 96, "per_100m": 0.599, "share": 0.8421, "mean_score": 0.7312, "rejected": 0.25},
        "before": {"defects": 310, "per_100m": 0.205, "share": 0.6019, "mean_score": 0.8466, "rejected": 0.0714},
        "card": {"defects": 91, "share": 0.302, "mean_score": 0.8731},
    }],
    "reasons": [{
        "code": "model.class_card_score",
        "args": {"class": "scratch", "now": 0.731, "card": 0.873, "coils": 20, "defects": 91},
        "text": "scratch: mean score 0.73 on the newest 20 coils of the product, 0.87 on the 91 defects of the model's card",
    }],
}  # fmt: skip
SAMPLE = {
    "sample_id": "K4711-top-1-000052000-00532", "coil_id": "K4711", "camera": "top-1", "line": 52000, "column": 532,
    "model_sha256": MODEL_SHA256,
}  # fmt: skip
SESSION = {
    "name": "kim",
    "role": "operator",
    "rights": ["acknowledge", "read", "review"],
    "expires_at": "2026-11-25T20:00:00Z",
    "by_log_in": True,
}
RING = [[344.25, 771500.5], [346.75, 771500.5], [346.75, 771713.0], [344.25, 771713.0], [344.25, 771500.5]]

NO_ANSWER = {
    "code": "webhook.no_answer",
    "args": {"webhook": "mes"},
    "text": "the receiver of webhook mes does not answer",
}
CONNECTION = {
    "name": "mes",
    "language": "level2",
    "peer": "10.0.0.9:3000",
    "state": "waiting",
    "detail": "nobody has connected for 41 s",
    "sent_seq": 41,
    "acknowledged_seq": 17,
    "last_sent_at": "2026-11-25T08:19:50.310Z",
    "last_acknowledged_at": "2026-11-25T08:12:02.115Z",
    "waiting": 2,
    "heard_at": "2026-11-25T08:20:31.004Z",
    "silent": False,
    "failing_since": None,
    "request": {"number": 3, "after_seq": 12, "by": "lee", "at": "2026-11-25T08:20:30.500Z", "handled": False},
}
WHERE = {"plant": "Pohang", "line": "HSM 2"}
