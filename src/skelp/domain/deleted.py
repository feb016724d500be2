"""What was recorded, and then deleted because the station file says so."""

from __future__ import annotations

from skelp.domain.errors import SkelpError
from skelp.domain.reasons import Reason


class DeletedError(SkelpError):
    """A request for records that were deleted by rule. REST answers 410, because an empty list would say that there was nothing.

    `oldest`: for events of one station, the number of the oldest one that is still there. `after`: the cursor that goes on behind the
    hole in the feeds of a plant.
    """

    def __init__(self, message: str, reason: Reason | None = None, *, oldest: int | None = None, after: str | None = None) -> None:
        super().__init__(message, reason)
        self.oldest, self.after = oldest, after
