"""What is asked of lists of coils and defects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CoilQuery:
    """Filters of a list of coils; None: no filter. A time from is included, a time to is not; a coil that runs has not finished.

    `named`: a part of the name, upper and lower case alike. `decision`: as the record has it, so a coil that is not final is on hold.
    `stands`: what a person decided last, else skelp's newest decision. `derived`: whether it was cut or welded out of others.
    """

    started_from: datetime | None = None
    started_to: datetime | None = None
    finished_from: datetime | None = None
    finished_to: datetime | None = None
    product: str | None = None
    customer: str | None = None
    decision: str | None = None
    stands: str | None = None
    named: str | None = None
    recipe: str | None = None
    derived: bool | None = None


EVERY_COIL = CoilQuery()
"""No filter."""


@dataclass(frozen=True, slots=True)
class DefectQuery:
    """Filters of a list of defects; None: no filter. `from_m` and `to_m` are metres from the head. `after`: cursor of the page before.

    `marks`: marks that are no defects are listed too.
    """

    class_name: str | None = None
    severity_min: int | None = None
    side: str | None = None
    from_m: float | None = None
    to_m: float | None = None
    after: int = 0
    limit: int = 1000
    marks: bool = False
