"""Where a station is in the state machines of OPC 40100-1, and by which transitions it comes from one place to another.

    Preoperational   the station does not answer
    Error            it answers, and does not inspect; it says why with a code
    Ready            it inspects, and no coil runs
    ContinuousExecution   a coil runs

Each coil is a job: where one follows the other, the machine passes through Ready.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from skelp_client import StationStatus


@dataclass(frozen=True, slots=True)
class Where:
    """`state`: of the vision state machine; `automatic`: of the automatic mode, None where that is not active.

    `coil`: the id of the coil that runs. `why`: why the station does not inspect, its code and a sentence; another cause is the same place.
    """

    state: str
    automatic: str | None = None
    coil: str | None = None
    why: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """The state, the innermost one."""
        return self.automatic or self.state


@dataclass(frozen=True, slots=True)
class Move:
    """A transition, and where it leads. `silent`: it is passed through, and nobody needs to act on it."""

    transition: str
    to: Where
    silent: bool = False


AWAY = Where("Preoperational")
READY = Where("Operational", "Ready")
_INITIALIZED = Where("Operational", "Initialized")


def where(status: StationStatus | None) -> Where:
    """Where a station is. `status` None: it does not answer."""
    if status is None:
        return AWAY
    if not status.ready:
        reason = status.reason
        return Where("Error", why="" if reason is None else f"{reason.code}: {reason.text}")
    return READY if status.coil is None else Where("Operational", "ContinuousExecution", status.coil)


def moves(start: Where, end: Where, *, asked: bool = False) -> Iterator[Move]:
    """The transitions from one place to another. `asked`: a method caused the first one."""
    at, first = start, asked
    while at != end:
        move = _next(at, end, asked=first)
        yield move
        at, first = move.to, False


def _next(at: Where, end: Where, *, asked: bool) -> Move:
    suffix = "" if asked else "Auto"
    if end.state in ("Error", "Preoperational"):
        return Move(f"{at.state}To{end.state}{'Auto' if end.state == 'Error' else suffix}", end)
    if at.state == "Preoperational":
        return Move("PreoperationalToInitializedAuto", _INITIALIZED, silent=True)
    if at.automatic == "Ready":
        return Move(f"ReadyToContinuousExecution{suffix}", end)
    to_ready = {"Error": "ErrorToOperationalAuto", "Initialized": "InitializedToReadyAuto"}
    running = f"ContinuousExecutionToReady{'Stop' if asked else 'Auto'}"
    return Move(to_ready.get(at.name, running), READY, silent=end != READY)
