"""The primary host application: whether the one that the node waits for is online, by what it says on its STATE topic."""

from __future__ import annotations

from enum import Enum, auto

from skelp.validation import json_of


class Heard(Enum):
    """What a STATE message means for the node."""

    CAME = auto()
    AGAIN = auto()
    """It was online, and is so in a new session of its own."""
    LEFT = auto()
    NOTHING = auto()


class PrimaryHost:
    """What is known of the host. Timestamps count over all sessions of the node: an older message is not believed."""

    def __init__(self, host_id: str) -> None:
        self.id, self.online = host_id, False
        self._at: int | None = None

    def forget(self) -> None:
        """A new session begins: the host has to say again that it is online."""
        self.online = False

    def heard(self, payload: bytes) -> Heard:
        """Raises ValueError for what is no STATE message, and for one that is older than the one before."""
        match json_of(payload.decode("utf-8")):
            case {"online": bool() as online, "timestamp": int() as at} if not isinstance(at, bool):
                pass
            case _:
                raise ValueError("an object was expected, with online true or false and timestamp a whole number")
        if self._at is not None and at < self._at:
            raise ValueError(f"its timestamp {at} is before {self._at}, which the host said earlier; is its clock right?")
        before, self.online = self.online, online
        is_new, self._at = at != self._at, at
        if online:
            return Heard.CAME if not before else Heard.AGAIN if is_new else Heard.NOTHING
        return Heard.LEFT if before else Heard.NOTHING
