"""Reads a model's card: JSON under the key `skelp.card` in the metadata of the ONNX file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from skelp.domain.defect import CLEAN, DefectClass
from skelp.domain.drifting import ClassLearned
from skelp.domain.errors import SkelpError, nearest
from skelp.domain.maps import TILE_PX
from skelp.domain.recipe import Recipe
from skelp.validation import STRICT, parsed_json

CARD_KEY = "skelp.card"
_OPEN = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False)
_MISSPELLING_RATIO = 0.8
"""An unknown key counts as a misspelling of a known one from this similarity on (ratio of difflib)."""
STEP = TILE_PX
"""Height and width of a model's input, in px, must be multiples of this."""


class CardError(SkelpError):
    """A model file has no card, or its card is wrong."""


class NoCardError(CardError):
    """A model file has no card."""


class CardClass(BaseModel):
    """One class of a model, with its limits. `pseudo`: marks of this class are no defects. Unknown keys are refused."""

    model_config = STRICT

    id: Annotated[int, Field(ge=1, le=254)]
    name: Annotated[str, Field(min_length=1)]
    code: str = ""
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    min_area_mm2: Annotated[float, Field(ge=0)] = 0.0
    grow_threshold: Annotated[float | None, Field(ge=0, le=1)] = None
    pseudo: bool = False

    def as_domain(self) -> DefectClass:
        """The same class as a domain value."""
        return DefectClass(self.id, self.name, self.code, self.threshold, self.min_area_mm2, self.grow_threshold, self.pseudo)


class TrainedOn(BaseModel):
    """A data set, and the hash of the part that was used."""

    model_config = _OPEN

    name: str
    sha256: str


class ScreenedClass(BaseModel):
    """The limits of a class that a screen was made for. With lower ones the whole network would report more than the screen was shown."""

    model_config = STRICT

    threshold: Annotated[float, Field(ge=0, le=1)]
    growing: Annotated[float, Field(ge=0, le=1)]
    min_area_mm2: Annotated[float, Field(ge=0)]


class ScreenCard(BaseModel):
    """What is known of a model's screen, the small network of the first look (ADR 23).

    `limit`: a tile with at least this suspicion is looked at by the whole network. `made_for`: the limits of each class, in the order of
    the card's, and the recipe's bridge and edge margin. `quality`: what the screen keeps and passes on, by data set.
    """

    model_config = STRICT

    limit: Annotated[int, Field(ge=1, le=255)]
    made_for: tuple[ScreenedClass, ...]
    bridge_mm: Annotated[float, Field(ge=0)]
    edge_margin_mm: Annotated[float, Field(ge=0)]
    quality: dict[str, object] = {}


class FoundClass(BaseModel):
    """What a model found of a class: so many defects, with this mean of their mean scores."""

    model_config = STRICT

    defects: Annotated[int, Field(ge=1)]
    mean_score: Annotated[float, Field(gt=0, le=1)]


class FoundOnSet(BaseModel):
    """What the model found on pictures of a set that chose nothing of it, by this card's limits. Coils are compared with it (ADR 32).

    `classes`: without those of which it found nothing, and without marks.
    """

    model_config = STRICT

    pictures: Annotated[int, Field(ge=1)]
    classes: dict[str, FoundClass]


class ModelCard(BaseModel):
    """The card of a model. Only name, version, stride and classes are required, so that any network can get a card.

    A card may have other keys. A key is refused if it looks like a misspelling of a known key that is missing.
    """

    model_config = _OPEN

    name: Annotated[str, Field(min_length=1)]
    version: Annotated[str, Field(min_length=1)]
    stride: Literal[1, 2, 4, 8]
    classes: Annotated[tuple[CardClass, ...], Field(min_length=1)]
    mm_per_px: Annotated[float | None, Field(gt=0)] = None
    trained_on: tuple[TrainedOn, ...] = ()
    chosen_on: tuple[str, ...] = ()
    """Hashes of the pictures that its thresholds, or the end of its training, were chosen on. No figure comes from them."""
    quality: dict[str, object] = {}
    parent: str | None = None
    licence: str | None = None
    screen: ScreenCard | None = None
    found: dict[str, FoundOnSet] = {}
    """By data set."""

    @model_validator(mode="after")
    def _classes_are_distinct(self) -> ModelCard:
        for what, values in (("ids", [c.id for c in self.classes]), ("names", [c.name for c in self.classes])):
            if len(set(values)) != len(values):
                raise ValueError(f"class {what} must differ, got {values}")
        if all(c.pseudo for c in self.classes):
            raise ValueError("every class is pseudo, so the model finds no defect; at least one class must be a defect")
        return self

    @model_validator(mode="after")
    def _found_its_own_classes(self) -> ModelCard:
        other = sorted({name for of_set in self.found.values() for name in of_set.classes} - {c.name for c in self.classes if not c.pseudo})
        if other:
            raise ValueError(f"found names {', '.join(other)}, which are no defect classes of this model")
        return self

    @model_validator(mode="after")
    def _no_key_is_misspelt(self) -> ModelCard:
        missing = set(ModelCard.model_fields) - self.model_fields_set
        for key in self.model_extra or {}:
            near = nearest(key, missing, _MISSPELLING_RATIO)
            if near:
                raise ValueError(f"unknown key {key}; did you mean {near}? If it is a key of your own, give it a name that is less similar")
        return self

    @property
    def domain_classes(self) -> tuple[DefectClass, ...]:
        """The classes as domain values."""
        return tuple(c.as_domain() for c in self.classes)

    @property
    def learned(self) -> dict[str, ClassLearned]:
        """What it found of each class on the pictures of all sets together."""
        every: dict[str, list[FoundClass]] = {}
        for name, found in (item for of_set in self.found.values() for item in of_set.classes.items()):
            every.setdefault(name, []).append(found)
        counts = {name: sum(f.defects for f in found) for name, found in every.items()}
        means = {name: sum(f.defects * f.mean_score for f in found) / counts[name] for name, found in every.items()}
        return {name: ClassLearned(counts[name], means[name]) for name in every}

    @property
    def highest_id(self) -> int:
        """The largest class id in the card."""
        return max((c.id for c in self.classes), default=CLEAN)

    def why_no_screen(self, recipe: Recipe) -> str | None:
        """Why the model cannot be screened with the limits of a recipe; None if it can."""
        return "it has no screen" if self.screen is None else next(self._not_made_for(recipe, self.screen), None)

    def _not_made_for(self, recipe: Recipe, screen: ScreenCard) -> Iterator[str]:
        if len(screen.made_for) != len(self.classes):
            yield "its screen was made for other classes"
            return
        if recipe.bridge_mm > screen.bridge_mm:
            yield f"its screen was made for a bridge_mm of {screen.bridge_mm:g} at most"
        if recipe.edge_margin_mm < screen.edge_margin_mm:
            yield f"its screen was made for an edge_margin_mm of {screen.edge_margin_mm:g} at least"
        for was, now, made_for in zip(self.classes, recipe.applied_to(self.domain_classes), screen.made_for, strict=True):
            if was.pseudo and not now.pseudo:
                yield f"its screen passes over marks, and the recipe makes {now.name} a defect"
            if not now.pseudo and (now.threshold < made_for.threshold or now.growing < made_for.growing):
                yield f"its screen was made for higher thresholds of {now.name}"
            if not now.pseudo and now.min_area_mm2 < made_for.min_area_mm2:
                yield f"its screen was made for larger {now.name}"

    @staticmethod
    def parse(text: str | None, *, where: str) -> ModelCard:
        """Read a card from JSON. Raises CardError that names the file `where` and what is missing or wrong."""
        if not text:
            raise NoCardError(
                f"{where} has no card: put JSON with name, version, stride and classes under the metadata key "
                f"'{CARD_KEY}' (see docs/models.md)"
            )
        try:
            return parsed_json(text, ModelCard, where=f"the card of {where}")
        except SkelpError as error:
            raise CardError(str(error)) from error
