"""The messages that parent and child send through their pipe. The pixels go through the ring.

The child sends all of them but `SlotFree`. The parent sends only `SlotFree`, and closes the pipe to stop the child.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skelp.domain.events import Payload
from skelp.domain.strip import LostLines, OwnLine


@dataclass(frozen=True, slots=True)
class Opened:
    """The source is open."""


@dataclass(frozen=True, slots=True)
class FrameInSlot:
    """A frame lies in a slot of the ring until the parent frees the slot."""

    slot: int
    first_line: OwnLine
    lines: int
    time_ns: int
    breaks: bool
    strip_line: int | None
    positions: NDArray[np.int64] | None
    exposed_ns: int | None


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The source has nothing to deliver now, and the child is alive."""


@dataclass(frozen=True, slots=True)
class Published:
    """The source published an event."""

    payload: Payload


@dataclass(frozen=True, slots=True)
class Ended:
    """The source has no more captures."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The source raised an exception. `text` is the message of a SkelpError (`known`), or the traceback of a bug."""

    text: str
    known: bool


@dataclass(frozen=True, slots=True)
class SlotFree:
    """The parent has copied the frame out of a slot."""

    slot: int


FromChild = Opened | FrameInSlot | LostLines[OwnLine] | Heartbeat | Published | Ended | Failed
