"""Events of coils, their defects and their coverage."""

from __future__ import annotations

from skelp.domain.coverage import State
from skelp.domain.events.payload import Kind, Payload
from skelp.domain.reasons import Reason


class CoilStarted(Payload, kind=Kind.COIL_STARTED):
    """Lines from now on belong to this coil. `automatic`: nobody announced it."""

    name: str
    automatic: bool


class CoilChanged(Payload, kind=Kind.COIL_CHANGED):
    """The coil's identity or status was changed. `data` has only the fields that changed. `corrected`: it was final before."""

    name: str | None = None
    heat: str | None = None
    product: str | None = None
    customer: str | None = None
    status: str | None = None
    finished_at: str | None = None
    corrected: bool | None = None


class CoilFinal(Payload, kind=Kind.COIL_FINAL):
    """The coil is final: all its results are there. `decision`: accept, downgrade, hold or scrap."""

    decision: str
    reasons: tuple[Reason, ...]
    length_m: float


class CoilDecided(Payload, kind=Kind.COIL_DECIDED):
    """A person decided on a final coil. skelp's decision stays in the record beside it; `instead_of` is skelp's."""

    decision: str
    instead_of: str
    operator: str
    note: str


class CoilRevised(Payload, kind=Kind.COIL_REVISED):
    """skelp decided again on a final coil, by another recipe. The earlier decisions stay; GET /coils/{id}/decisions has all of them.

    `instead_of` is the decision before. `operator` asked for it.
    """

    number: int
    decision: str
    reasons: tuple[Reason, ...]
    instead_of: str
    recipe: str
    operator: str
    note: str


class CoilDerived(Payload, kind=Kind.COIL_DERIVED):
    """A coil was cut or welded out of others; no camera saw it pass. coil.final follows. `coils`: the ids of the others, separated by
    commas. GET /coils/{id}/origin has each cut.
    """

    name: str
    coils: str
    length_m: float


class DefectFound(Payload, kind=Kind.DEFECT_FOUND):
    """A defect was found. `along_mm` counts from the coil's head, in mm."""

    defect_id: str
    class_name: str
    severity: int
    side: str
    along_mm: float


class PeriodicFound(Payload, kind=Kind.PERIODIC_FOUND):
    """Defects repeat along the coil, as the marks of a damaged roll do. It is published when the series is beyond chance, and again when
    its rolls or its distance turn out to be others.

    `seen`: how many there are so far. `along_mm`: the newest one's place. GET /coils/{id}/periodic has its later state.
    """

    periodic_id: str
    side: str
    reason: Reason
    seen: int
    along_mm: float


class DefectReviewed(Payload, kind=Kind.DEFECT_REVIEWED):
    """An operator reviewed a defect. `class` is the one given when it was relabelled, else the defect's own."""

    defect_id: str
    verdict: str
    class_name: str
    operator: str


class _Uninspected(Payload):
    camera: str
    first_line: int
    along_mm: float
    reason: Reason


class CoverageDegraded(_Uninspected, kind=Kind.COVERAGE_DEGRADED):
    """From `first_line` on, a camera's lines are not fully inspected. GET /coils/{id}/coverage says where they end."""


class CoverageLost(_Uninspected, kind=Kind.COVERAGE_LOST):
    """From `first_line` on, a camera's lines are lost. GET /coils/{id}/coverage says where they end."""


def uninspected(state: State, camera: str, first_line: int, along_mm: float, reason: Reason) -> Payload:
    """The event of lines that are degraded or lost."""
    kind = CoverageLost if state is State.LOST else CoverageDegraded
    return kind(camera, first_line, along_mm, reason)


class LineStateChanged(Payload, kind=Kind.LINE_STATE):
    """The coil passes in another state of the line from here on: threading, running, slowing, stopped, reversed or weld_seam.

    `by`: how that is known: speed, encoder, picture or mes. `from_m` counts from the coil's head.
    """

    state: str
    by: str
    from_m: float
    speed_m_s: float | None = None
