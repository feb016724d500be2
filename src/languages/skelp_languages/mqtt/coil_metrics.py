"""A coil's result as metrics of the device: flat, each under its own name, so that any host shows and stores them without a template."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from skelp_client import Coil, Revision
from skelp_languages.following import Told
from skelp_languages.mqtt.codec import DataType, Value
from skelp_languages.mqtt.station_metrics import Row

RESEND_AFTER = "Feed/Resend After"
SEQ = "Feed/Seq"
SEVERITIES = ("1", "2", "3", "4", "5")
_IN_NAMES = " _-:()'"
"""Signs that a tag's name may have in SCADA systems, besides letters and digits."""


def _newest(coil: Coil) -> Coil | Revision:
    """skelp's own newest decision."""
    return coil.revised or coil


_TEXT, _WHOLE, _REAL, _YES, _MOMENT = DataType.STRING, DataType.INT64, DataType.DOUBLE, DataType.BOOLEAN, DataType.DATETIME
_FACTS: tuple[tuple[str, DataType, str, Callable[[Coil], Value]], ...] = (
    ("Coil/Id", _TEXT, "", lambda c: c.coil_id),
    ("Coil/Name", _TEXT, "", lambda c: c.name),
    ("Coil/Pass", _WHOLE, "", lambda c: c.pass_number),
    ("Coil/Heat", _TEXT, "", lambda c: c.heat),
    ("Coil/Product", _TEXT, "", lambda c: c.product),
    ("Coil/Customer", _TEXT, "", lambda c: c.customer),
    ("Coil/Decision", _TEXT, "", lambda c: c.stands),
    ("Coil/Decided By", _TEXT, "", lambda c: "person" if c.override else "skelp"),
    ("Coil/Own Decision", _TEXT, "", lambda c: _newest(c).decision),
    ("Coil/Reasons", _TEXT, "", lambda c: ",".join(dict.fromkeys(r.code for r in _newest(c).reasons))),
    ("Coil/Started", _MOMENT, "", lambda c: milliseconds(c.started_at)),
    ("Coil/Finished", _MOMENT, "", lambda c: milliseconds(c.finished_at) if c.finished_at else None),
    ("Coil/Interrupted", _YES, "", lambda c: c.interrupted),
    ("Coil/Automatic", _YES, "", lambda c: c.automatic),
    ("Coil/Width", _REAL, "mm", lambda c: c.strip_width_mm),
    ("Coil/Length", _REAL, "m", lambda c: c.length_m),
    ("Coil/Inspected", _REAL, "m", lambda c: c.inspected_m),
    ("Coil/Degraded", _REAL, "m", lambda c: c.degraded_m),
    ("Coil/Lost", _REAL, "m", lambda c: c.lost_m),
    ("Coil/Recipe", _TEXT, "", lambda c: _newest(c).recipe.name),
    ("Coil/Recipe Sha256", _TEXT, "", lambda c: _newest(c).recipe.sha256),
    ("Coil/Model", _TEXT, "", lambda c: c.model.name),
    ("Coil/Model Sha256", _TEXT, "", lambda c: c.model.sha256),
    ("Coil/Codes", _TEXT, "", lambda c: f"{c.codes.name} {c.codes.version}" if c.codes else ""),
    ("Coil/Codes Sha256", _TEXT, "", lambda c: c.codes.sha256 if c.codes else ""),
    ("Coil/Defects", _WHOLE, "", lambda c: c.defects),
)
"""Name, type, unit and value of what is said of each coil."""


def coil_rows(told: Told | None, previous: int | None, classes: Iterable[str], marks: Iterable[str]) -> list[Row]:
    """The metrics of a told coil; without one, their names and types. Those of the feed come last: a host that sets tags one by one
    has the coil when `Feed/Seq` changes.
    """
    coil = told.coil if told else None
    return [
        *((name, kind, unit, None if coil is None else of(coil)) for name, kind, unit, of in _FACTS),
        *_counts("Coil/Severity", SEVERITIES, None if coil is None else coil.by_severity),
        *_counts("Coil/Class", classes, None if coil is None else coil.by_class),
        *_counts("Coil/Mark", marks, None if coil is None else coil.marks),
        ("Feed/Kind", DataType.STRING, "", None if told is None else told.event.kind),
        ("Feed/Repeat", DataType.BOOLEAN, "", None if told is None else told.repeat),
        ("Feed/Previous", DataType.INT64, "", previous),
        (SEQ, DataType.INT64, "", None if told is None else told.event.seq),
    ]


def _counts(folder: str, names: Iterable[str], found: Mapping[str, int] | None) -> list[Row]:
    """How many there are of each. A name that the coil does not have is counted 0."""
    tags = tags_of([*names, *(found or ())])
    return [(f"{folder}/{tag}", DataType.INT64, "", None if found is None else found.get(name, 0)) for name, tag in tags.items()]


def tags_of(names: Iterable[str]) -> dict[str, str]:
    """A name for each as a host's tag: other signs are hyphens, and no two differ in capitals only."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in dict.fromkeys(names):
        plain = "".join(sign if sign.isalnum() or sign in _IN_NAMES else "-" for sign in name)
        tag, number = plain, 2
        while tag.lower() in taken:
            tag, number = f"{plain} {number}", number + 1
        taken.add(tag.lower())
        found[name] = tag
    return found


def milliseconds(moment: str) -> int:
    """A time of the station, ISO 8601 in UTC, as ms since 1970."""
    return round(datetime.fromisoformat(moment).timestamp() * 1000)
