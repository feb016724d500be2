"""The models of a station: the one on the line, and one in its shadow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from skelp_client.records import WIRE, Decision, Hashed, Reason, Side
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
    `watched`: the station goes back by itself if the rates of `chosen` leave their band. A station that is too old does not say so.
    """

    running: Model
    chosen: Model
    previous: Model | None
    trying: str | None
    refused: ModelRefusal | None
    files: tuple[str, ...]
    watched: bool = False


@dataclass(frozen=True, slots=True)
class Since:
    """A coil, and when it began."""

    coil_id: str
    name: str
    started_at: str


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model that was chosen for the coils from `at` on, and the number of coils that it inspected before the next choice.

    `file` is empty for the model of the station file.
    """

    at: str
    file: str
    model: Model
    why: Literal["asked", "unwatched", "rolled_back", "rates", "failed"]
    coils: int


@dataclass(frozen=True, slots=True)
class ModelHistory:
    """The models that were chosen for the line, the newest first. `since`: the first coil of those that the newest model inspects."""

    since: Since | None
    choices: tuple[ModelChoice, ...]


@dataclass(frozen=True, slots=True)
class LoneDefect:
    """A defect that one model found, and the other one did not."""

    class_name: str = field(metadata={WIRE: "class"})
    severity: int
    score: float
    side: Side
    along_mm: float
    across_mm: float
    length_mm: float
    width_mm: float
    area_mm2: float


@dataclass(frozen=True, slots=True)
class Alone:
    """What one model found with nothing of the other one within 10 mm: the number of defects, and the worst of them."""

    defects: int
    worst: tuple[LoneDefect, ...]


@dataclass(frozen=True, slots=True)
class ModelVerdict:
    """What one model found on the lines that both saw, and what the recipe decides from that alone.

    `alone`: what the other one did not find; None where that was not compared.
    """

    model: Model
    defects: int
    by_class: Mapping[str, int]
    by_severity: Mapping[str, int]
    marks: Mapping[str, int]
    decision: Decision
    reasons: tuple[Reason, ...]
    alone: Alone | None = None


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


@dataclass(frozen=True, slots=True)
class ListedShadow(Shadow):
    """What a second model would have said about a coil, with the coil's name, and when it began."""

    name: str
    started_at: str


@dataclass(frozen=True, slots=True)
class FoundOnCoils:
    """What was found of a class on some coils; None where there is nothing to say. `share`: of all their defects. `mean_score`: the mean
    over coils of their defects' mean scores. `rejected`: the share of a coil's reviewed defects that operators call none, as a mean.
    """

    defects: int
    per_100m: float
    share: float | None
    mean_score: float | None
    rejected: float | None


@dataclass(frozen=True, slots=True)
class FoundOnCard:
    """What a model found of a class on the held-out pictures of its card."""

    defects: int
    share: float | None
    mean_score: float


@dataclass(frozen=True, slots=True)
class ClassDrift:
    """A class on the newest coils (`now`), on those before, and on the card's pictures; None where there are none."""

    class_name: str = field(metadata={WIRE: "class"})
    now: FoundOnCoils
    before: FoundOnCoils | None
    card: FoundOnCard | None


@dataclass(frozen=True, slots=True)
class Drift:
    """What a model finds on the newest `coils` of a product, and on the `before_coils` before. `reasons`: what has drifted."""

    product: str
    products: tuple[str, ...]
    model: Hashed
    coils: int
    before_coils: int
    seen_m: float
    before_seen_m: float
    classes: tuple[ClassDrift, ...]
    reasons: tuple[Reason, ...]
