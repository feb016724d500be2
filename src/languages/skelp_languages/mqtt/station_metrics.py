"""What the station says of itself, as metrics: those of the node (the station) and those of the device (the line)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from skelp_client import StationStatus
from skelp_languages import __version__
from skelp_languages.mqtt.codec import DataType, Metric, Value

NO_ANSWER = "station.no_answer"
"""The reason code while the station does not answer. It is the only one that does not come from the station (docs/reasons.md)."""
REBIRTH = "Node Control/Rebirth"
BD_SEQ = "bdSeq"

Row = tuple[str, DataType, str, Value]
"""Name, type, unit and value of a metric."""


_TEXT = DataType.STRING
_FACTS: tuple[tuple[str, DataType, Callable[[StationStatus], Value]], ...] = (
    ("Station/Name", _TEXT, lambda s: s.name),
    ("Station/Plant", _TEXT, lambda s: s.plant),
    ("Station/Line", _TEXT, lambda s: s.line),
    ("Model/Name", _TEXT, lambda s: s.model.name),
    ("Model/Version", _TEXT, lambda s: s.model.version),
    ("Model/Sha256", _TEXT, lambda s: s.model.sha256),
    ("Recipe/Name", _TEXT, lambda s: s.recipe.name),
    ("Recipe/Sha256", _TEXT, lambda s: s.recipe.sha256),
    ("Cameras/Number", DataType.INT64, lambda s: len(s.cameras)),
    ("Cameras/Names", _TEXT, lambda s: ",".join(c.name for c in s.cameras)),
)
"""Name, type and value of what the station says of itself."""


def node_rows(station: StationStatus | None) -> list[Row]:
    """The metrics of the node. None: the station has not answered yet."""
    return [
        (REBIRTH, DataType.BOOLEAN, "", False),
        ("Properties/Software", _TEXT, "", "skelp"),
        ("Properties/Version", _TEXT, "", __version__),
        *readiness_rows(station),
        *((name, kind, "", None if station is None else of(station)) for name, kind, of in _FACTS),
    ]


def readiness_rows(station: StationStatus | None) -> list[Row]:
    """Whether the station inspects, and the code of the reason if it does not."""
    if station is None:
        return [("Station/Ready", DataType.BOOLEAN, "", False), ("Station/Reason", _TEXT, "", NO_ANSWER)]
    code = station.reason.code if station.reason else ""
    return [("Station/Ready", DataType.BOOLEAN, "", station.ready), ("Station/Reason", _TEXT, "", code)]


def line_rows(station: StationStatus | None) -> list[Row]:
    """What the line does now. All of it is unknown while the station does not answer."""
    now = station.line_now if station else None
    speed = now.speed_m_s if now else None
    return [
        ("Line/State", _TEXT, "", now.state if now else None),
        ("Line/Speed", DataType.DOUBLE, "m/s", None if speed is None else round(speed, 2)),
        ("Line/Coil", _TEXT, "", (station.coil or "") if station else None),
    ]


def metrics(rows: Iterable[Row], at_ms: int, *, historical: bool = False) -> list[Metric]:
    """Rows as metrics of one moment."""
    return [Metric(name, kind, value, at_ms, historical, unit) for name, kind, unit, value in rows]
