"""What a station says of itself: optics, records, whether it inspects."""

from __future__ import annotations

from skelp.domain.reasons.code import Code, Reason


class LightLost(Reason, code=Code.OPTICS_LIGHT):
    """One of `bands` bands across the strip, counted from the operator side, has only `share` of its reference light."""

    band: int
    bands: int
    share: float


class FocusLost(Reason, code=Code.OPTICS_FOCUS):
    """The picture has only `share` of its reference sharpness."""

    share: float


class PicturesDeleted(Reason, code=Code.RECORDS_PICTURES_DELETED):
    """Pictures of the oldest defects were deleted to stay within the disk quota. The defects' records stay."""

    defects: int


class PicturesFailed(Reason, code=Code.RECORDS_PICTURES_FAILED):
    """Pictures of defects could not be written to disk. The defects' records are kept."""

    defects: int


class NoLineYet(Reason, code=Code.STATION_NO_LINE_YET):
    """The station has not inspected a line since it started."""


class StationQuiet(Reason, code=Code.STATION_QUIET):
    """The station inspected no line for `quiet_s` seconds."""

    quiet_s: float


class StationStopped(Reason, code=Code.STATION_STOPPED):
    """The inspection stopped with an error."""

    error: str


class StationInterrupted(Reason, code=Code.STATION_INTERRUPTED):
    """The station was killed or lost power. `lines` were estimated from `away_s` seconds at `lines_hz` lines a second."""

    lines: int
    away_s: float
    lines_hz: float
