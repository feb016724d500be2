"""What `skelp doctor` prints."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `fit`: False if the machine is not fit because of it; None if the line is only information."""

    subject: str
    text: str
    fit: bool | None = None
