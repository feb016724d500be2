"""The result file of a coil: its defects as CSV (RFC 4180, UTF-8), one a line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable

from skelp_client import Defect

_COLUMNS: dict[str, Callable[[Defect], object]] = {
    "defect_id": lambda d: d.defect_id,
    "class": lambda d: d.class_name,
    "code": lambda d: d.code,
    "plant_code": lambda d: d.codes.plant if d.codes else "",
    "cluster_code": lambda d: d.codes.cluster if d.codes else "",
    "severity": lambda d: d.severity,
    "score": lambda d: d.score,
    "side": lambda d: d.side,
    "camera": lambda d: d.camera,
    "along_mm": lambda d: d.along_mm,
    "across_mm": lambda d: d.across_mm,
    "length_mm": lambda d: d.length_mm,
    "width_mm": lambda d: d.width_mm,
    "area_mm2": lambda d: d.area_mm2,
    "orientation_deg": lambda d: d.orientation_deg,
    "cut_by_gap": lambda d: str(d.cut_by_gap).lower(),
}


def defects_csv(defects: Iterable[Defect]) -> bytes:
    """The file. Lengths are in mm; places count from the coil's head and from the strip's operator-side edge."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(_COLUMNS)
    rows.writerows([column(defect) for column in _COLUMNS.values()] for defect in defects)
    return out.getvalue().encode()
