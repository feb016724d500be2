"""The messages of the pipe beside the ring.

The child sends all of them but `Free`. The parent sends `Free` alone, and closes the pipe to stop the child.
"""

from __future__ import annotations

from dataclasses import dataclass

from skelp.domain.events import Payload
from skelp.domain.strip import LostLines, OwnLine


@dataclass(frozen=True, slots=True)
class Opened:
    """The source is open."""


@dataclass(frozen=True, slots=True)
class InSlot:
    """A frame lies in a slot until that is given back."""

    slot: int
    first_line: OwnLine
    lines: int
    time_ns: int
    breaks: bool
    strip_line: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing came for a moment: the child lives."""


@dataclass(frozen=True, slots=True)
class Published:
    """The source published an event."""

    payload: Payload


@dataclass(frozen=True, slots=True)
class Ended:
    """The source has no more captures."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The source raised. `known`: a SkelpError, whose text says what to do; otherwise a bug's traceback."""

    text: str
    known: bool


@dataclass(frozen=True, slots=True)
class Free:
    """The parent has copied a slot."""

    slot: int


FromChild = Opened | InSlot | LostLines[OwnLine] | Waiting | Published | Ended | Failed
