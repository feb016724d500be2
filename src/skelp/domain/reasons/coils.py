"""What a coil's decision rests on."""

from __future__ import annotations

from skelp.domain.reasons.code import Code, Reason


class CoilNoLine(Reason, code=Code.COIL_NO_LINE):
    """No line of this coil was inspected."""


class CoilNotInspected(Reason, code=Code.COIL_NOT_INSPECTED):
    """More metres are degraded or lost than the recipe allows."""

    uninspected_m: float
    limit_m: float


class CoilSevereDefects(Reason, code=Code.COIL_SEVERE_DEFECTS):
    """The coil has defects of the severity from which the recipe holds a coil."""

    defects: int
    severity: int


class CoilManyDefects(Reason, code=Code.COIL_MANY_DEFECTS):
    """The coil has more defects per 100 m than the recipe allows."""

    per_100m: float
    limit_per_100m: float


class CoilRunning(Reason, code=Code.COIL_RUNNING):
    """The coil still runs, so there is no decision yet."""


class CoilProvisional(Reason, code=Code.COIL_PROVISIONAL):
    """The coil has passed, and its last results are still to come."""


class CoilInterrupted(Reason, code=Code.COIL_INTERRUPTED):
    """The station was stopped or interrupted while this coil ran: the rest of it was not seen."""


class CoilSound(Reason, code=Code.COIL_SOUND):
    """The whole coil was inspected, and none of its defects has the severity from which the recipe holds a coil."""

    length_m: float
    defects: int
    severity: int


class CoilEdgeMargin(Reason, code=Code.COIL_EDGE_MARGIN):
    """The recipe leaves out so many millimetres at each edge of the strip."""

    margin_mm: float


class CoilWidthNotGiven(Reason, code=Code.COIL_WIDTH_NOT_GIVEN):
    """Nobody gave the strip's width, so steel outside the picture would not be noticed."""


class Other(Reason, code=Code.OTHER):
    """A reason from before reasons had codes that could not be translated, as it was written then."""

    text: str
