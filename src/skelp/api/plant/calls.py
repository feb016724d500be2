"""The calls of a plant's server and of its stations. All of them only read."""

from __future__ import annotations

from skelp.api.rights import RIGHTS, V1, Calls
from skelp.domain.access import Right

_OF_A_STATION = (
    "/coils",
    "/coils/{coil_id}",
    "/coils/{coil_id}/coverage",
    "/coils/{coil_id}/decisions",
    "/coils/{coil_id}/decisions/{number}",
    "/coils/{coil_id}/defects",
    "/coils/{coil_id}/map",
    "/coils/{coil_id}/map.png",
    "/coils/{coil_id}/overrides",
    "/coils/{coil_id}/origin",
    "/coils/{coil_id}/periodic",
    "/kept-recipes/{sha256}",
    "/kept-codes/{sha256}",
    "/coils/{coil_id}/states",
    "/coils/{coil_id}/pieces",
    "/coils/{coil_id}/shadow",
    "/coils/{coil_id}/reviews/standing",
    "/coils/{coil_id}/stretches",
    "/defects/{defect_id}",
    "/defects/{defect_id}/reviews",
    "/reviews",
    "/events",
    "/alarms",
    "/model/drift",
    "/model/history",
    "/shadows",
    "/station/optics",
    "/connections",
)
"""Paths below V1 that need no more than the records: what lies on a station's disk or in its memory is the station's to give."""
_DOCUMENT = ("GET", "/openapi.json")
_STATION_RIGHTS = {("GET", V1 + path): RIGHTS["GET", V1 + path] for path in _OF_A_STATION}

STATION = Calls(_STATION_RIGHTS | {_DOCUMENT: Right.READ}, {_DOCUMENT}, open_to_anybody=())
"""The calls of one station, without the path of the station."""
_BELOW = {(method, f"/stations/{{station}}{path}"): right for (method, path), right in STATION.rights.items()}
PLANT = Calls(
    {
        _DOCUMENT: Right.READ,
        ("GET", f"{V1}/session"): Right.READ,
        ("DELETE", f"{V1}/session"): Right.READ,
        ("GET", f"{V1}/plant"): Right.READ,
        ("GET", f"{V1}/coils"): Right.READ,
        ("GET", f"{V1}/events"): Right.READ,
        ("GET", f"{V1}/audit"): Right.ADMIN,
        **_BELOW,
    },
    {_DOCUMENT, *_BELOW},
)
"""The calls of the plant. Each station has a document of its own, so the plant's lacks the calls below /stations."""
