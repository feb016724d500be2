"""The records that a station answers with, as docs/rest.md describes them. Lengths carry their unit; times are ISO 8601 in UTC.

A field with another name on the wire has it in its metadata (`class` is a word of Python). Fields that a newer station adds are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from skelp_client.codes import CodesNamed, DefectCodes

State = Literal["inspected", "degraded", "lost"]
Side = Literal["top", "bottom"]
Decision = Literal["accept", "downgrade", "hold", "scrap"]
"""From the best to the worst. Treat one that you do not know as hold."""
Verdict = Literal["confirmed", "rejected", "relabelled", "withdrawn"]
WIRE = "wire"
"""The key of a field's metadata for its name on the wire."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why lines are degraded or lost, or why a coil is held. `text` is for people; docs/reasons.md lists codes and arguments."""

    code: str
    args: Mapping[str, str | int | float]
    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A value of a request that is not valid."""

    where: str
    fault: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem document (RFC 9457)."""

    status: int
    title: str
    detail: str
    conflict: str | None = None
    reason: Reason | None = None
    faults: tuple[Fault, ...] = ()
    oldest: int | None = None


@dataclass(frozen=True, slots=True)
class Hashed:
    """Name and SHA-256 of a model or a recipe."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Override:
    """What a person decided for a coil, and why."""

    override_id: int
    coil_id: str
    decision: Decision
    operator: str
    note: str
    at: str


@dataclass(frozen=True, slots=True)
class Revision:
    """A later decision of skelp on a coil, by another recipe. `operator` asked for it."""

    coil_id: str
    number: int
    decision: Decision
    reasons: tuple[Reason, ...]
    recipe: Hashed
    operator: str
    note: str
    at: str


@dataclass(frozen=True, slots=True)
class Coil:
    """One pass of a coil. Its `decision` is `hold` until `status` is `final`. `revised` is the newest later decision, by another recipe,
    and `override` what a person decided instead. `codes`: the common codes that its defects were recorded with.
    """

    coil_id: str
    name: str
    pass_number: int
    status: Literal["running", "provisional", "final"]
    automatic: bool
    interrupted: bool
    heat: str
    product: str
    strip_width_mm: float | None
    started_at: str
    finished_at: str | None
    length_m: float
    inspected_m: float
    degraded_m: float
    lost_m: float
    lines: int
    inspected_lines: int
    degraded_lines: int
    lost_lines: int
    defects: int
    by_class: Mapping[str, int]
    by_severity: Mapping[str, int]
    marks: Mapping[str, int]
    decision: Decision
    reasons: tuple[Reason, ...]
    model: Hashed
    recipe: Hashed
    revision: int
    override: Override | None = None
    revised: Revision | None = None
    customer: str = ""
    codes: CodesNamed | None = None

    @property
    def stands(self) -> Decision:
        """The decision that stands: a person's, else the newest of skelp."""
        return (self.override or self.revised or self).decision


@dataclass(frozen=True, slots=True)
class Interval:
    """Consecutive lines with one state and one reason. Inspected lines have none, or `line.screened`."""

    first_line: int
    lines: int
    from_m: float
    to_m: float
    state: State
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which metres of a coil were inspected: of the strip, and by each camera."""

    coil_id: str
    width_mm: float
    intervals: tuple[Interval, ...]
    cameras: Mapping[str, tuple[Interval, ...]]

    @property
    def uninspected_m(self) -> float:
        """Metres that were not fully inspected."""
        return sum(i.to_m - i.from_m for i in self.intervals if i.state != "inspected")


@dataclass(frozen=True, slots=True)
class Defect:
    """One defect. `severity` is 1 to 5, and 0 for a mark that is no defect. `seen_as`: on a derived coil, its id where a camera saw it."""

    defect_id: str
    coil_id: str
    class_name: str = field(metadata={WIRE: "class"})
    code: str
    severity: int
    score: float
    mean_score: float
    side: Side
    camera: str
    along_mm: float
    across_mm: float
    length_mm: float
    width_mm: float
    area_mm2: float
    orientation_deg: float
    contrast: float
    cut_by_gap: bool
    line: int
    lines: int
    column: int
    columns: int
    revision: int
    seen_as: str | None = None
    codes: DefectCodes | None = None


@dataclass(frozen=True, slots=True)
class ExplainedDefect(Defect):
    """One defect, and why it has its severity: what each rule of its coil's recipe added. Empty from a station that is too old to say."""

    severity_because: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """What one operator said about a defect."""

    review_id: int
    defect_id: str
    verdict: Verdict
    class_name: str | None = field(metadata={WIRE: "class"})
    operator: str
    note: str
    at: str


@dataclass(frozen=True, slots=True)
class StandingReview:
    """What follows from all operators' last verdicts on a defect."""

    defect_id: str
    result: Literal["open", "confirmed", "rejected", "relabelled", "disputed"]
    class_name: str | None = field(metadata={WIRE: "class"})
    reviews: tuple[Review, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A piece of steel on which nothing was found."""

    sample_id: str
    coil_id: str
    camera: str
    line: int
    column: int
    model_sha256: str


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the feed. docs/events.md lists the kinds and the `data` of each. `coil_id` is empty where it is about no coil."""

    seq: int
    time: str
    coil_id: str
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Alarm:
    """What needs a person. `cost`: 1 steel is not inspected, 2 quality, 3 drift, 4 records. `standing`: it still lasts."""

    key: str
    kind: str
    cost: int
    camera: str
    class_name: str = field(metadata={WIRE: "class"})
    severity: int | None
    reasons: tuple[Reason, ...]
    coil_id: str
    count: int
    first_seq: int
    last_seq: int
    first_time: str
    last_time: str
    standing: bool
    acknowledged_by: str
    from_mm: float | None
    last_mm: float | None
