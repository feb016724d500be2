"""What each number of the API is, and its unit. One name means one thing, so most are described once, by their name alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

QUANTITIES: Mapping[str, str] = {
    "acknowledged_seq": "Number of the last event that the peer acknowledged; null before the first.",
    "across_from_mm": "Where it begins across, mm from the operator-side edge of the strip.",
    "across_mm": "Distance from the operator-side edge of the strip, mm.",
    "across_to_mm": "Where it ends across, mm from the operator-side edge of the strip.",
    "after_seq": "Number of the event after which everything is sent again.",
    "after": "Number of the last event that the client has handled; 0 at first.",
    "again_m": "Length that passed again here, backwards and forwards, because the strip had run back; it was left out, m.",
    "along_mm": "Distance from the coil's head, mm.",
    "area_mm2": "Area, mm².",
    "away_s": "Time for which the camera sent nothing, s.",
    "behind": "Number of events after `sent`.",
    "busy_s": "Time for which each stage was busy since the station started, s, by stage.",
    "by_chance_log10": "How many such series random defects would show on this side of a coil, at most, as a power of ten.",
    "by_class": "Number of defects, by class.",
    "by_severity": "Number of defects, by severity (1 to 5).",
    "cell_across_mm": "Width of a cell, mm.",
    "cell_along_m": "Length of a cell, m.",
    "column": "First column in the camera's picture, px.",
    "columns": "Columns in the camera's picture, px.",
    "contrast": "Grey of the defect minus that of the steel around it, as a share of the latter; negative if darker, 0 if not measured.",
    "coordinates": "Corners as [across_mm, along_mm], mm.",
    "cost": "What it costs not to act: 1 steel is not inspected, 2 quality, 3 drift, 4 records.",
    "count": "How often it happened.",
    "counts": "Lines since the station started, by what was done with them.",
    "covered": "Share of each row of cells that was inspected, 0 to 1.",
    "crops_gb": "Size of all crops, GiB.",
    "defects": "Number of defects.",
    "degraded_lines": "Number of lines that were looked at but are not fit to be called clean.",
    "degraded_m": "Length that was looked at but is not fit to be called clean, m.",
    "duration_s": "How long it took, s; null if no camera tells the time.",
    "edges": "The strip's edges, px of the camera, from the operator side.",
    "expected": "Turns of the roll from the first to the last defect, without those in lines that were not inspected.",
    "exposed_lines": "Lines that the cameras of the coil exposed, all of them together.",
    "fastest_m_s": "Highest speed, m/s; null where none was measured.",
    "first_column": "Column at which the camera's picture begins, among the columns of all cameras of its side, px.",
    "first_line": "First line, counted from 0 at the coil's head.",
    "first_mm": "Place of the first one, mm from the coil's head.",
    "first_seq": "Number of the first event of the alarm.",
    "free_gb": "Free space on the disk of the results, GiB.",
    "from_m": "Where it begins, m from the coil's head.",
    "from_mm": "Where it happened first on coil `coil_id`, mm from the coil's head; null without a place.",
    "inspected_lines": "Number of lines that were inspected.",
    "inspected_m": "Length that was inspected, m.",
    "last": "The cursor to go on with, once there is something newer.",
    "last_mm": "Where it happened last on coil `coil_id`, mm from the coil's head; null without a place.",
    "last_seq": "Number of the last event of the alarm.",
    "length_m": "Length of the coil, m.",
    "length_mm": "Length along the strip, mm.",
    "light": "Light of the band that lost most, as a share of the reference; 1 is as set up.",
    "light_dn": "Mean grey of the steel, 0 to 255, in bands from the operator side.",
    "light_share": "Light of the band that lost most, as a share of the reference; 1 is as set up.",
    "limit": "Most entries of a page.",
    "line": "First line, counted from 0 at the coil's head.",
    "lines": "Number of lines.",
    "lost_lines": "Number of lines of which there are no pixels.",
    "lost_m": "Length of which there are no pixels, m.",
    "marks": "Number of marks that are no defects, by class.",
    "mean_score": "Mean probability over the defect, 0 to 1.",
    "mm_per_line": "Length of a line along the strip, mm.",
    "mm_per_px": "Width of a pixel across the strip, mm.",
    "newest": "Number of final coils to try, from the newest on.",
    "next": "The cursor of the next page; null on the last page.",
    "newest_event": "Number of the newest event of the station's feed.",
    "nodes": "Nodes of the model's graph.",
    "nodes_on_cpu": "Nodes of the graph that the provider leaves to the CPU.",
    "now": "Number of coils by what would be decided.",
    "number": "Number of the decision; 1 was made when the coil became final.",
    "orientation_deg": "Angle of the long axis to the rolling direction, degrees, above -90 to 90; positive toward the drive side.",
    "override_id": "Number of the decision.",
    "p50": "Median, ms; null before the first result.",
    "p99": "The value that 99 of 100 results do not exceed, ms; null before the first result.",
    "pass_number": "1 when the coil passes for the first time.",
    "per_m": "Defects per metre of its length, or of 1 m if it is shorter.",
    "period_error_mm": "How far `period_mm` may be wrong, mm.",
    "period_mm": "Distance from one defect of a series to the next, mm.",
    "piece_from_m": "Where it begins in the piece, m from the piece's head.",
    "piece_to_m": "Where it ends in the piece, m from the piece's head.",
    "points": "Corners as [x, y], px of the reduced picture.",
    "queued": "Items that wait in each channel now, by channel.",
    "quiet_s": "Time since the server last saw something new of the station, s.",
    "resend_after": "Number of the event after which everything is to be sent again; null if nobody asked.",
    "resend_handled": "Number of the newest request to send again that the process has handled; 0 before the first.",
    "resend_number": "Number of the newest request to send again; 0 if there never was one.",
    "review_id": "Number of the review.",
    "revision": "Number of the state of the record; it grows with every change.",
    "rows": "Number of cells along the coil.",
    "scale": "Size as a share of the camera's picture, 0 to 1.",
    "score": "Highest probability, 0 to 1.",
    "screened_m": "Length that the screen alone found sound, m; it is part of what was inspected.",
    "seen": "Number of defects of a series.",
    "seen_lines": "Those of `exposed_lines` that both models saw.",
    "seen_ms_ago": "Age of the picture when it was encoded, ms.",
    "seq": "Number in the feed; it grows by one, without holes.",
    "seen_share": "Share of the expected defects that were seen, 0 to 1.",
    "sent_seq": "Number of the last event that was sent to the peer; null before the first.",
    "sent": "Number of the event up to which all were sent, given up or not asked for.",
    "severity": "1 (slight) to 5 (severe), from the recipe; 0 for a mark that is no defect.",
    "severity_min": "Least severity, 1 to 5.",
    "sharpness": "Sharpness as a share of the reference; 1 is as set up.",
    "sharpness_share": "Sharpness as a share of the reference; 1 is as set up.",
    "slowest_m_s": "Lowest speed, m/s; null where none was measured.",
    "speed_m_s": "Speed of the strip, m/s; null if no camera tells it.",
    "status": "The HTTP status.",
    "strip_width_mm": "Width that the cameras should see, mm; null if neither the MES nor the recipe gives one.",
    "threads": "Threads that run the model.",
    "through_seq": "Number of the last event that the operator has seen.",
    "to_m": "Where it ends, m from the coil's head.",
    "to_mm": "Where it ends, mm from the coil's head.",
    "trimmed_drive_mm": "What was cut off along the drive side, mm.",
    "trimmed_operator_mm": "What was cut off along the operator side, mm.",
    "uptime_s": "Time since the station started, s.",
    "wait_s": "Longest time to wait for an event, s.",
    "unknown": "Number of coils whose defects were deleted, so that nobody can say.",
    "waiting": "Number of final coils and changes that the peer has not acknowledged.",
    "was": "Number of coils by what was decided.",
    "width": "Width of the picture, px.",
    "width_mm": "Width across the strip, mm.",
    "width_px": "Width of the camera's picture, px.",
}
"""By the name of a field or parameter."""
SPECIAL: Mapping[tuple[str, str], str] = {
    ("AlarmOut", "severity"): "The worst severity, 1 to 5; null if the alarm is not about a defect.",
    ("CoverageOut", "width_mm"): "The widest steel that was seen, from edge to edge, mm.",
    ("ConnectionBackData", "away_s"): "Time for which the peer got nothing, s.",
    ("SendAgainOut", "number"): "Number of the request; it grows by one.",
    ("CropsDeletedData", "defects"): "Number of defects whose pictures were deleted.",
    ("CropsFailedData", "defects"): "Number of defects whose pictures could not be written.",
    ("CutIn", "to_m"): "Where it ends, m from the coil's head. Default: the coil's end.",
    ("DefectOut", "length_mm"): "Length along the strip, mm.",
    ("DensityOut", "area_mm2"): "Area of defects in each cell [along][across], mm², by class.",
    ("AloneOut", "defects"): "Number of defects that the other model did not find.",
    ("ModelChoiceOut", "coils"): "Number of coils that it inspected before the next choice; coils that were derived do not count.",
    ("PreviewOut", "coils"): "Number of coils on which the recipe was tried.",
    ("DensityOut", "count"): "Number of defects in each cell [along][across], by class.",
    ("LiveLines", "seq"): "Number of the picture; a gap shows that some are missing.",
    ("OpticsOut", "sharpness"): "Changes of grey over 2 px as a share of those over 8 px; 1 where edges are sharp.",
    ("PeriodicOut", "last_mm"): "Place of the last one, mm from the coil's head.",
    ("StretchOut", "area_mm2"): "Area of its defects together, mm².",
    ("StretchOut", "from_mm"): "Where it begins, mm from the coil's head.",
    ("StretchOut", "severity"): "The worst severity of its defects, from the recipe.",
    ("ReasonOut", "args"): "Arguments of the code (docs/reasons.md has each with its unit).",
    ("ShadowOut", "seen_share"): "Share of `exposed_lines` that both models saw, 0 to 1.",
    ("get_map", "columns"): "Number of cells across the coil.",
    ("get_map_picture", "revision"): "Any number. Another one makes the address new, for a browser's cache.",
    ("list_defects", "cursor"): "`next` of the page before, or `last` for what was found since; 0 at first.",
    ("list_defects", "from_m"): "Only what ends behind this place, m from the coil's head.",
    ("list_defects", "marks"): "Whether marks that are no defects, such as chalk, are listed too.",
    ("list_defects", "to_m"): "Only what begins before this place, m from the coil's head.",
    ("DefectsDeletedData", "reviews"): "Number of reviews that were deleted with them.",
    ("EventsDeletedData", "events"): "Number of events that were deleted.",
    ("AuditEntryOut", "left_out"): "Entries of the same caller that were left out before this one, because there were too many.",
    ("list_audit", "cursor"): "`next` of the page before; absent at first.",
    ("list_reviews", "cursor"): "`next` of the page before; 0 at first.",
    ("list_plant_events", "limit"): "Most events of a page.",
    ("list_standing_reviews", "cursor"): "`next` of the page before; 0 at first.",
    ("list_optics", "limit"): "Most coils of each camera.",
}
"""By the schema or the call, and the name, where a name says less than all."""
_PARTS = ("anyOf", "oneOf", "prefixItems")
_WITHIN = ("items", "additionalProperties")


def is_number(schema: Mapping[str, Any]) -> bool:
    """Whether a field holds numbers, alone or in a list or table."""
    if schema.get("type") in ("integer", "number"):
        return True
    parts = [part for key in _PARTS for part in schema.get(key, [])] + [schema[key] for key in _WITHIN if isinstance(schema.get(key), dict)]
    return any(map(is_number, parts))


def describe(document: Mapping[str, Any]) -> None:
    """Give every number of an OpenAPI document its description, where it has none."""
    for schema_name, schema in document["components"]["schemas"].items():
        for name, field in schema.get("properties", {}).items():
            _describe(schema_name, name, field, field)
    for operation in (o for methods in document["paths"].values() for o in methods.values()):
        for parameter in operation.get("parameters", ()):
            _describe(operation["operationId"], parameter["name"], parameter["schema"], parameter)


def _describe(owner: str, name: str, schema: Mapping[str, Any], described: dict[str, Any]) -> None:
    text = SPECIAL.get((owner, name)) or (QUANTITIES.get(name) if is_number(schema) else None)
    if text:
        described.setdefault("description", text)
