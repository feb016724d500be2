"""Reasons about the records and the pictures of defects: what keeps the station from storing results."""

from __future__ import annotations

from skelp.domain.reasons.code import Code, Reason


class RecordsSlow(Reason, code=Code.RECORDS_SLOW):
    """Results could not be stored as fast as they came, so the queues were full. `write_s`: seconds that one write took."""

    write_s: float


class RecordsLocked(Reason, code=Code.RECORDS_LOCKED):
    """Another program had the database locked, so no result could be stored. `locked_s`: seconds that the station waited for it."""

    locked_s: float


class RecordsUnreachable(Reason, code=Code.RECORDS_UNREACHABLE):
    """The database server did not answer, so no result could be stored."""


class RecordsRefused(Reason, code=Code.RECORDS_REFUSED):
    """The database server answered, but refused the station. `answer`: what it said."""

    answer: str


class RecordsDiskFull(Reason, code=Code.RECORDS_DISK_FULL):
    """The disk of the database is full, so no result could be stored."""


class RecordsReadOnly(Reason, code=Code.RECORDS_READ_ONLY):
    """The database may only be read, so no result could be stored."""


class RecordsNoAccess(Reason, code=Code.RECORDS_NO_ACCESS):
    """The file of the database could not be opened."""


class RecordsDamaged(Reason, code=Code.RECORDS_DAMAGED):
    """The file of the database is damaged, or it is not a database."""


class RecordsDiskFault(Reason, code=Code.RECORDS_DISK_FAULT):
    """The disk of the database reported a fault while it was read or written."""


class PicturesDeleted(Reason, code=Code.RECORDS_PICTURES_DELETED):
    """Pictures of the oldest defects were deleted to stay within the disk quota. The records of these defects remain."""

    defects: int


class PicturesFailed(Reason, code=Code.RECORDS_PICTURES_FAILED):
    """Pictures of defects could not be written to disk, for another reason than those below. The records of these defects are stored."""

    defects: int


class PicturesDiskFull(Reason, code=Code.RECORDS_PICTURES_DISK_FULL):
    """Pictures of defects could not be written, because the disk was full. The records of these defects are stored."""

    defects: int


class PicturesNotAllowed(Reason, code=Code.RECORDS_PICTURES_NOT_ALLOWED):
    """Pictures of defects could not be written, because the station may not write there. The records of these defects are stored."""

    defects: int


class WebhookNoAnswer(Reason, code=Code.WEBHOOK_NO_ANSWER):
    """The receiver of a webhook did not answer, so its events wait."""

    webhook: str


class WebhookRefused(Reason, code=Code.WEBHOOK_REFUSED):
    """The receiver of a webhook answered, but did not take an event. `status`: that of its answer."""

    webhook: str
    status: int
