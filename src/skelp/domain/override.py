"""A person's decision on a coil. It stands beside that of skelp, which stays."""

from __future__ import annotations

from dataclasses import dataclass

from skelp.domain.decision import Decision


@dataclass(frozen=True, slots=True)
class Override:
    """What a person decided for a coil, and why. `at` is ISO 8601 UTC. Overrides are appended, never overwritten: the newest one stands."""

    override_id: int
    coil_id: str
    decision: Decision
    operator: str
    note: str
    at: str
