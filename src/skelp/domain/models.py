"""Which model the line uses: what was chosen, and how a request for another one goes (ADR 30)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from skelp.domain.coilmap import Coil
from skelp.domain.drifting import Learned
from skelp.domain.reasons import Reason
from skelp.domain.status import ModelId


class Why(StrEnum):
    """Why a model was chosen.

    A person asked for it, with or without a watch on its rates, or went back to it; or the model after
    it failed on the line, or its rates left their band.
    """

    ASKED = "asked"
    UNWATCHED = "unwatched"
    ROLLED_BACK = "rolled_back"
    RATES = "rates"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class KnownModel:
    """What the records keep of a model that inspects: the names of its classes, and what its card says that it found of each."""

    sha256: str
    classes: tuple[str, ...]
    learned: Learned = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """A model that was chosen for the coils from then on. `file`: its name in the folder of models; empty for the station file's.

    `station_sha256`: the station file's model at that time. When that is another one, the choice is over. `at` is ISO 8601 UTC.
    """

    file: str
    model: ModelId
    station_sha256: str
    why: Why
    at: str = ""


@dataclass(frozen=True, slots=True)
class ModelHistory:
    """The models that were chosen for the line, newest first, each with the number of coils that it inspected before the next choice.

    `since`: the first of the newest coils that one model inspected, without another one between; None if there is no coil. Derived coils
    do not count: no camera saw them pass.
    """

    choices: tuple[tuple[ChosenModel, int], ...]
    since: Coil | None


@dataclass(frozen=True, slots=True)
class ModelRefusal:
    """The file of a model that was refused, why, and when. `at` is ISO 8601 UTC."""

    file: str
    reason: Reason
    at: str


@dataclass(frozen=True, slots=True)
class ModelsStatus:
    """`running`: the model of the coil that began last. `chosen`: that of the coils that begin from now on.

    `previous`: what a rollback goes back to. `trying`: the file that is being opened and tried. `refused`: the last request, if it was
    refused. `files`: what may be asked for. `watched`: the station goes back by itself if the rates of the chosen model leave their band.
    """

    running: ModelId
    chosen: ModelId
    previous: ModelId | None
    trying: str | None
    refused: ModelRefusal | None
    files: tuple[str, ...]
    watched: bool = False
