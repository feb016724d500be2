"""What is recommended for a coil."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Decision(StrEnum):
    """What skelp recommends for a coil, from the best to the worst. The plant may decide otherwise.

    `accept`: prime, as ordered. `hold`: a person must decide.
    """

    ACCEPT = "accept"
    DOWNGRADE = "downgrade"
    HOLD = "hold"
    SCRAP = "scrap"

    @property
    def rank(self) -> int:
        """0 for the best one, and more for each worse one."""
        return list(Decision).index(self)


def worst(decisions: Iterable[Decision]) -> Decision:
    """The worst of them; `accept` if there is none."""
    return max(decisions, key=lambda d: d.rank, default=Decision.ACCEPT)
