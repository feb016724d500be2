"""Requests that contradict what the station has already recorded."""

from __future__ import annotations

from enum import StrEnum

from skelp.domain.errors import SkelpError


class Conflict(StrEnum):
    """Why a request is refused. REST sends it as `conflict`; docs/rest.md says what to do about each."""

    COIL_OVER = "coil_over"
    COIL_DIFFERS = "coil_differs"
    STILL_RUNNING = "still_running"
    NOT_FINAL = "not_final"
    NAME_TAKEN = "name_taken"
    RECIPE_CHANGED = "recipe_changed"
    TOO_MANY_STATES = "too_many_states"
    CUT_IMPOSSIBLE = "cut_impossible"
    MODEL_BUSY = "model_busy"
    NO_MODEL_FOLDER = "no_model_folder"
    NO_MODEL_BEFORE = "no_model_before"
    TOO_MANY_CONNECTIONS = "too_many_connections"
    NOTHING_ACKNOWLEDGED = "nothing_acknowledged"
    FEED_OTHER = "feed_other"
    FEED_BEYOND = "feed_beyond"


class ConflictError(SkelpError):
    """The request contradicts the records, so nothing was changed. The message says what is there and what to do."""

    def __init__(self, conflict: Conflict, message: str) -> None:
        super().__init__(message)
        self.conflict = conflict
