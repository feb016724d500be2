"""Coils that were cut or welded out of others."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cut:
    """What is cut out of a coil: first it is cut, then trimmed, then turned. Metres and trims are those of the coil that is cut.

    `coil_id` None: the coil that is derived from. `to_m` None: up to its end. `recorded` False: steel that the station has no record of; it
    takes `to_m` and no `coil_id`. docs/rest.md says which turns belong together.
    """

    coil_id: str | None = None
    recorded: bool = True
    from_m: float = 0.0
    to_m: float | None = None
    head_to_tail: bool = False
    turned_over: bool = False
    sides_exchanged: bool = False
    trimmed_operator_mm: float = 0.0
    trimmed_drive_mm: float = 0.0

    def sent(self) -> dict[str, Any]:
        """The cut as JSON."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class MadeCut:
    """A stretch of coil `coil_id`, None for steel without records. It is in coil `piece_id` from `piece_from_m` to `piece_to_m`.

    `width_mm` is what is left of its width, None where nobody knows it.
    """

    piece_id: str
    piece_from_m: float
    piece_to_m: float
    coil_id: str | None
    from_m: float
    to_m: float
    head_to_tail: bool
    turned_over: bool
    sides_exchanged: bool
    trimmed_operator_mm: float
    trimmed_drive_mm: float
    width_mm: float | None
