"""What a decision on a coil follows from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from skelp.domain.decision import Decision, worst
from skelp.domain.ends import AS_SEEN, Ends
from skelp.domain.found import NOTHING, Found
from skelp.domain.reasons import Reason


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a coil when it is decided on. Lengths are those that the recipe judges, without crops.

    `marks`: the number of marks that are no defects, by class. `periodic`: the number of series of defects that repeat, and `rolls` what
    may have left them. `found`: the defects one by one, for recipes that need them. `width_mm` None: the strip's width is not known.
    """

    length_m: float
    uninspected_m: float = 0.0
    by_severity: Mapping[int, int] = field(default_factory=dict)
    marks: Mapping[str, int] = field(default_factory=dict)
    width_known: bool = True
    screened_m: float = 0.0
    periodic: int = 0
    rolls: Sequence[str] = ()
    found: Found = NOTHING
    whole_m: float | None = None
    """Length of the whole coil, with crops; None: nothing is cropped."""
    width_mm: float | None = None
    welds: int = 0
    """Weld seams that are cropped."""
    ends: Ends = AS_SEEN

    @property
    def inspected_m(self) -> float:
        """Length that was inspected, without what is degraded or lost, m."""
        return max(0.0, self.length_m - self.uninspected_m)

    @property
    def coil_m(self) -> float:
        """Length of the whole coil, m."""
        return self.length_m if self.whole_m is None else self.whole_m


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason, what it asks for, and the defects that caused it, the worst first."""

    reason: Reason
    then: Decision
    defect_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    """The decision on a coil: the worst that its findings ask for. Those of an accepted coil say what its decision leaves out."""

    findings: tuple[Finding, ...]

    @property
    def decision(self) -> Decision:
        return worst(f.then for f in self.findings)

    @property
    def reasons(self) -> list[Reason]:
        return [f.reason for f in self.findings]
