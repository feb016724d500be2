"""Decisions of skelp on coils, and the recipes that make them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from skelp.api.schema.base import NO_CONTROLS, NO_CONTROLS_BUT_LINES, Body, Hashed, Note, ReasonOut, ShortText, Text

Decided = Literal["accept", "downgrade", "hold", "scrap"]
"""From the best to the worst. A program that does not know a decision treats it as hold."""
Toml = Annotated[str, Field(max_length=20_000, pattern=NO_CONTROLS_BUT_LINES)]
"""A recipe in TOML, as its file."""
Sha256 = Annotated[str, Field(max_length=64, pattern=r"^[0-9a-f]{64}$")]


class RevisionOut(BaseModel):
    """A decision of skelp on a coil. Number 1 was made when the coil became final; later ones by another recipe, when `operator` asked."""

    coil_id: str
    number: int
    decision: Decided
    reasons: list[ReasonOut]
    recipe: Hashed
    operator: str
    note: str
    at: str


class RevisionList(BaseModel):
    """All decisions of skelp on a coil, the first one first. Where no person decided, the last one stands."""

    coil_id: str
    decisions: list[RevisionOut]


class FindingOut(BaseModel):
    """A reason, what it asks for, and the defects that caused it, the worst first: their number, and the ids of at most 100."""

    reason: ReasonOut
    then: Decided
    defects: int
    defect_ids: list[str]


class ExplainedOut(RevisionOut):
    """A decision with what caused it. It is made again from the records, by the recipe that decided.

    `same`: whether that gave the same decision for the same reasons. Where it did not, what is recorded stands, and `findings` are of now.
    """

    same: bool
    findings: list[FindingOut]


class DecideIn(Body):
    """Asks for a decision on a final coil by another recipe of the station.

    A caller with a token signs with the token's name; without tokens, `operator` is needed.
    """

    recipe: Annotated[str, Field(min_length=1, max_length=128, pattern=NO_CONTROLS)]
    note: Note = ""
    operator: ShortText | None = None


class RecipeOut(BaseModel):
    """A recipe of the station. `products`, `customers`: those that it is for; `*` stands for any letters, and an empty list for all.
    `default`: it is for all others.

    `toml` is the text of its file; empty for the recipe that skelp has without a file, which cannot be changed. `text_sha256` is its
    SHA-256, which whoever changes it sends back.
    """

    name: str
    sha256: str
    products: list[str]
    customers: list[str]
    default: bool
    toml: str
    text_sha256: str


class KeptRecipeOut(BaseModel):
    """A recipe that is in the records. `values`: what its file said or left out, by the keys of a recipe file."""

    name: str
    sha256: str
    values: dict[str, Any]


class RecipeList(BaseModel):
    """The recipes of the station, the default one first."""

    recipes: list[RecipeOut]


class PreviewIn(Body):
    """A recipe to try on coils that are recorded. Nothing is stored.

    `newest`: it is tried on so many of the newest final coils. `recipe`, `product`, `customer`: only on coils of these.
    """

    toml: Toml
    newest: Annotated[int, Field(ge=1, le=1000)] = 100
    recipe: Text | None = None
    product: Text | None = None
    customer: Text | None = None


class ChangedOut(BaseModel):
    """A coil on which the recipe would decide otherwise."""

    coil_id: str
    name: str
    was: Decided
    now: Decided
    reasons: list[ReasonOut]


class PreviewOut(BaseModel):
    """What a recipe would decide. `was` and `now`: numbers of coils by decision. `unknown`: coils whose defects were deleted."""

    recipe: Hashed
    coils: int
    unknown: int
    was: dict[str, int]
    now: dict[str, int]
    changed: list[ChangedOut]


class RecipeIn(Body):
    """The new text of a recipe's file. `instead_of`: the `text_sha256` of the text that was edited, so that nobody's
    change is lost.

    A caller with a token signs with the token's name; without tokens, `operator` is needed.
    """

    toml: Toml
    instead_of: Sha256
    note: Note = ""
    operator: ShortText | None = None
