"""Decisions of skelp with what caused them, and the recipes that make them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from skelp_client.records import Decision, Hashed, Reason, Revision


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason, what it asks for, and the defects that caused it, the worst first: their number, and the ids of at most 100."""

    reason: Reason
    then: Decision
    defects: int
    defect_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExplainedRevision(Revision):
    """A decision with what caused it, made again from the records. `same`: that gave what is recorded, which stands in any case."""

    same: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe of the station. `products`: those that it is for; `*` stands for any letters. `default`: it is for all others.

    `toml`: the text of its file. `text_sha256`: its SHA-256, which whoever changes it sends back.
    """

    name: str
    sha256: str
    products: tuple[str, ...]
    customers: tuple[str, ...]
    default: bool
    toml: str
    text_sha256: str


@dataclass(frozen=True, slots=True)
class KeptRecipe:
    """A recipe that decided on coils, as it was then. `values`: all of them, by the keys of a recipe file."""

    name: str
    sha256: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Changed:
    """A coil on which a recipe would decide otherwise."""

    coil_id: str
    name: str
    was: Decision
    now: Decision
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a recipe would decide. `was` and `now`: numbers of coils by decision. `unknown`: coils whose defects were deleted."""

    recipe: Hashed
    coils: int
    unknown: int
    was: Mapping[str, int]
    now: Mapping[str, int]
    changed: tuple[Changed, ...]
