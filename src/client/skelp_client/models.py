"""The models of a station: the one on the line, and one in its shadow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from skelp_client.records import Decision, Reason
from skelp_client.status import Model


@dataclass(frozen=True, slots=True)
class ModelRefusal:
    """The request for a model that was refused last: its file, why, and when."""

    file: str
    at: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Models:
    """`running`: the model of the coil that began last. `chosen`: that of the coils that begin from now on.

    `previous`: what a rollback goes back to. `trying`: the file that is being tried. `files`: the models that may be asked for.
    """

    running: Model
    chosen: Model
    previous: Model | None
    trying: str | None
    refused: ModelRefusal | None
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelVerdict:
    """What one model found on the lines that both saw, and what the recipe decides from that alone."""

    model: Model
    defects: int
    by_class: Mapping[str, int]
    by_severity: Mapping[str, int]
    marks: Mapping[str, int]
    decision: Decision
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Shadow:
    """What a second model would have said about a coil. `first` inspected it, and is counted on the same lines as `second`.

    `agree`: both lead to the same decision on these lines. Neither is the coil's result.
    """

    coil_id: str
    exposed_lines: int
    seen_lines: int
    seen_share: float
    agree: bool
    first: ModelVerdict
    second: ModelVerdict
