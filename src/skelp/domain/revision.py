"""A decision of skelp on a coil: the first one, or a later one by another recipe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from skelp.domain.decision import Decision
from skelp.domain.reasons import (
    CoilClassesIgnored,
    CoilCropped,
    CoilEdgeMargin,
    CoilMarks,
    CoilScreened,
    CoilSound,
    CoilUninspectedAllowed,
    CoilWidthNotGiven,
    Reason,
)
from skelp.domain.ruling import Ruling
from skelp.domain.status import RecipeId

_OF_SOLD = (
    CoilClassesIgnored,
    CoilCropped,
    CoilEdgeMargin,
    CoilMarks,
    CoilScreened,
    CoilSound,
    CoilUninspectedAllowed,
    CoilWidthNotGiven,
)
"""What is told of a coil that is sold. Before recipes had rules, skelp told it of an interrupted coil too, which is held."""


@dataclass(frozen=True, slots=True)
class Revision:
    """What skelp decided, by which recipe. Number 1 was made when the coil became final; later ones are appended, never overwritten.

    `operator` asked for it and `note` says why; both are empty for number 1. `at` is ISO 8601 UTC.
    """

    coil_id: str
    number: int
    decision: Decision
    reasons: tuple[Reason, ...]
    recipe: RecipeId
    operator: str
    note: str
    at: str

    def follows_from(self, ruling: Ruling) -> bool:
        """Whether a ruling is this decision, for these reasons."""
        return self.decision is ruling.decision and _because(self.decision, self.reasons) == _because(ruling.decision, ruling.reasons)


def _because(decision: Decision, reasons: Iterable[Reason]) -> set[Reason]:
    """The reasons, without those that are told of a coil that is sold, if it is not."""
    return {r for r in reasons if decision.rank <= Decision.DOWNGRADE.rank or not isinstance(r, _OF_SOLD)}
