"""Reasons about the station: optics, records, and whether it inspects."""

from __future__ import annotations

from skelp.domain.reasons.code import Code, Reason


class LightLost(Reason, code=Code.OPTICS_LIGHT):
    """Band `band` of `bands` across the strip, counted from the operator side, has only the share `share` of its reference light."""

    band: int
    bands: int
    share: float


class FocusLost(Reason, code=Code.OPTICS_FOCUS):
    """The picture has only the share `share` of its reference sharpness."""

    share: float


class RecordsLocked(Reason, code=Code.RECORDS_LOCKED):
    """Another program held the database, so results waited, the queues filled, and frames were dropped."""


class RecordsSlow(Reason, code=Code.RECORDS_SLOW):
    """The disk or the database took longer to store results than the line took to deliver them, so frames were dropped."""


class PicturesDeleted(Reason, code=Code.RECORDS_PICTURES_DELETED):
    """Pictures of the oldest defects were deleted to stay within the disk quota. The records of these defects remain."""

    defects: int


class PicturesFailed(Reason, code=Code.RECORDS_PICTURES_FAILED):
    """Pictures of defects could not be written to disk. The records of these defects are stored."""

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
    """The station was killed or lost power. `lines` is estimated: `away_s` seconds at `lines_hz` lines/s."""

    lines: int
    away_s: float
    lines_hz: float
