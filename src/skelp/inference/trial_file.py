"""Stores what a trial found, so that a station need not try again at each start."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from skelp.domain.disk import cannot_write
from skelp.validation import STRICT
from skelp.whole_file import whole_file

_FORMAT = 1


class Conditions(BaseModel):
    """All that a trial's result depends on. `machine`: versions and hardware for each provider (`machine.py`)."""

    model_config = STRICT

    format: int = _FORMAT
    model: str
    shape: tuple[int, int, int, int]
    threads: int
    candidates: tuple[str, ...]
    machine: dict[str, dict[str, str]]


class Result(BaseModel):
    """What a trial found, on which day (UTC)."""

    model_config = STRICT

    conditions: Conditions
    on: date
    mpix_per_s: dict[str, Annotated[float, Field(gt=0)]]


class TrialFile:
    """The file of one trial: its name is made of the model, the shape and a hash of all conditions."""

    def __init__(self, folder: Path, conditions: Conditions) -> None:
        digest = hashlib.sha256(conditions.model_dump_json().encode()).hexdigest()
        batch, _, height, width = conditions.shape
        self._file = folder / f"{conditions.model[:16]}-{batch}x{height}x{width}-{digest[:8]}.json"
        self._conditions = conditions

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no other process of this machine tries anything, and keep others waiting. If the folder cannot be written, go on."""
        with ExitStack() as opened:
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                lock = opened.enter_context((self._file.parent / "lock").open("w"))
                fcntl.flock(lock, fcntl.LOCK_EX)
            except OSError:
                pass  # a station with a cache that cannot be written starts all the same, and says so when the result is stored
            yield

    def read(self) -> Result | None:
        """The stored result; None if there is none that can be read and was found under the same conditions."""
        try:
            result = Result.model_validate_json(self._file.read_bytes())
        except (OSError, ValidationError):
            return None
        same = result.conditions == self._conditions and set(result.mpix_per_s) == set(self._conditions.candidates)
        return result if same else None

    def write(self, mpix_per_s: dict[str, float]) -> None:
        """Store the speed of each candidate. Raises SkelpError if the file cannot be written."""
        result = Result(conditions=self._conditions, on=datetime.now(UTC).date(), mpix_per_s=mpix_per_s)
        advice = "set model.cache to a folder that can be written"
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(self._file.parent, error, advice) from error
        with whole_file(self._file, what_to_do=advice) as draft:
            draft.write_text(result.model_dump_json(indent=1) + "\n", encoding="utf-8")
