"""Records of a station, as its client reads them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from skelp_client import Coil, Event
from skelp_client.reading import read
from skelp_client.status import StationStatus
from skelp_languages.following import Told

RECIPE = {"name": "default", "sha256": "1" * 64}
COIL = {
    "coil_id": "K1", "name": "K1", "pass_number": 1, "status": "final", "automatic": False, "interrupted": False, "heat": "H7",
    "product": "DC04", "strip_width_mm": 1250.0,
    "started_at": "2026-11-27T10:00:00Z", "finished_at": "2026-11-27T10:01:00.500Z", "length_m": 100.0,
    "inspected_m": 90.0, "degraded_m": 7.0, "lost_m": 3.0, "lines": 1000, "inspected_lines": 900, "degraded_lines": 70, "lost_lines": 30,
    "defects": 3, "by_class": {"scratch": 2, "scale": 1}, "by_severity": {"2": 3}, "marks": {"marking": 4}, "decision": "hold",
    "reasons": [{"code": c, "args": {}, "text": ""} for c in ("coil.not_inspected", "coil.severe_defects", "coil.not_inspected")],
    "model": {"name": "net 1", "sha256": "0" * 64}, "recipe": RECIPE, "revision": 1, "customer": "Works 2",
}  # fmt: skip
STATUS = {
    "name": "line-1", "plant": "Pohang", "line": "PLTCM", "feed_id": "f", "uptime_s": 1.0, "ready": True, "reason": None, "coil": "K2",
    "line_now": {"state": "running", "speed_m_s": 1.2345}, "classes": ["scratch", "marking"], "marks": ["marking"], "cameras": [],
    "engine": {"provider": "cpu", "precision": "exact", "threads": 1, "reason": "", "nodes": 1, "nodes_on_cpu": 1},
    "model": {"name": "net", "version": "1", "sha256": "0" * 64}, "recipe": RECIPE, "counts": {}, "lines": [], "busy_s": {},
    "latency_ms": {"p50": None, "p99": None}, "queued": {}, "disk": {"free_gb": 1.0, "crops_gb": 1.0},
}  # fmt: skip


def coil(coil_id: str = "K1", **changes: Any) -> Coil:
    return replace(read(Coil, COIL), coil_id=coil_id, **changes)


def status(**changes: Any) -> StationStatus:
    return read(StationStatus, STATUS | changes)


def told(seq: int, kind: str = "coil.final", *, repeat: bool = False, time: str = "2026-11-27T10:01:01Z", **changes: Any) -> Told:
    return Told(Event(seq, time, f"K{seq}", kind, {}), repeat, coil(f"K{seq}", **changes))
