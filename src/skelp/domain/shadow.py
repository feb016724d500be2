"""What a second model would have said about a coil, on the lines that it had time for (ADR 30)."""

from __future__ import annotations

from dataclasses import dataclass

from skelp.domain.alone import Alone
from skelp.domain.coilmap import Tally
from skelp.domain.decision import Decision
from skelp.domain.reasons import Reason
from skelp.domain.status import ModelId


@dataclass(frozen=True, slots=True)
class ModelVerdict:
    """What one model found on the lines that both saw, and what the recipe decides from that alone.

    `alone`: what the other model did not find; None if that was not compared, because there were too many defects.
    """

    model: ModelId
    tally: Tally
    decision: Decision
    reasons: tuple[Reason, ...]
    alone: Alone | None = None


@dataclass(frozen=True, slots=True)
class ShadowResult:
    """`exposed_lines`: lines of all cameras; `seen_lines`: those of them that the second model saw too.

    `first` is the model that inspected the coil, `second` the one in its shadow. Both are counted on the same lines, with the same gaps, so
    a defect that reaches into a gap is cut for both. Neither is the coil's result.
    """

    coil_id: str
    exposed_lines: int
    seen_lines: int
    first: ModelVerdict
    second: ModelVerdict

    @property
    def seen_share(self) -> float:
        """Share of the lines that the second model saw, 0 to 1."""
        return self.seen_lines / self.exposed_lines if self.exposed_lines else 0.0

    @property
    def agree(self) -> bool:
        """Whether both lead to the same decision on what the second model saw."""
        return self.first.decision is self.second.decision
