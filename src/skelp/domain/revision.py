"""A decision of skelp on a coil: the first one, or a later one by another recipe."""

from __future__ import annotations

from dataclasses import dataclass

from skelp.domain.decision import Decision
from skelp.domain.reasons import Reason
from skelp.domain.status import RecipeId


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

    def says_the_same(self, decision: Decision, reasons: tuple[Reason, ...], recipe_sha256: str) -> bool:
        """Whether deciding again gave nothing new."""
        return (self.decision, self.reasons, self.recipe.sha256) == (decision, reasons, recipe_sha256)
