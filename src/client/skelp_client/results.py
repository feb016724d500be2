"""What follows from the defects of a coil: series of defects that repeat, heavy stretches. And the states in which it passed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from skelp_client.records import WIRE, Reason, Side


@dataclass(frozen=True, slots=True)
class Periodic:
    """Defects of one side that follow each other at a constant distance, at the same place across: what a damaged roll leaves.

    `rolls`: the rolls of the station's roll table that may have left them, the likeliest first. `defect_ids`: from the head on.
    """

    periodic_id: str
    coil_id: str
    side: Side
    across_mm: float
    period_mm: float
    period_error_mm: float
    first_mm: float
    last_mm: float
    seen: int
    expected: int
    seen_share: float
    by_chance_log10: float
    rolls: tuple[str, ...]
    reason: Reason
    defect_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of one side of a coil where so many defects lie that a person wants one mark instead of each.

    `class_name`: the class that most of its defects have; `by_class` has all. `severity`: the worst.
    """

    stretch_id: str
    coil_id: str
    side: Side
    class_name: str = field(metadata={WIRE: "class"})
    from_mm: float
    to_mm: float
    across_from_mm: float
    across_to_mm: float
    defects: int
    by_class: Mapping[str, int]
    area_mm2: float
    per_m: float
    severity: int


LineState = Literal["threading", "running", "slowing", "stopped", "reversed", "weld_seam", "no_strip", "head_crop", "tail_crop"]


@dataclass(frozen=True, slots=True)
class StateStretch:
    """A stretch of a coil that passed in one state of the line, and what was inspected in it. States may lie upon each other.

    `by`: how it is known: speed, encoder, picture, recipe or mes. stopped and reversed are places, where the coil did not grow.
    `again_m`: what was seen a second time there and left out. Times and speeds are None where no camera tells them.
    """

    state: LineState
    by: str
    from_m: float
    to_m: float
    started_at: str | None
    duration_s: float | None
    slowest_m_s: float | None
    fastest_m_s: float | None
    again_m: float
    inspected_m: float
    screened_m: float
    degraded_m: float
    lost_m: float
