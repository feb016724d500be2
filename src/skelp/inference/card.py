"""What a model says of itself: JSON under the key `skelp.card` in the ONNX file's metadata."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from skelp.domain.defect import CLEAN, DefectClass
from skelp.domain.errors import SkelpError

CARD_KEY = "skelp.card"
STEP = 32
"""Height and width of what a model is given are multiples of this."""


class CardError(SkelpError):
    """A model file without a card, or with one that does not hold."""


class CardClass(BaseModel):
    """One defect class of a model."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: Annotated[int, Field(ge=1, le=254)]
    name: Annotated[str, Field(min_length=1)]
    code: str = ""
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    min_area_mm2: Annotated[float, Field(ge=0)] = 0.0
    grow_threshold: Annotated[float | None, Field(ge=0, le=1)] = None

    def as_domain(self) -> DefectClass:
        return DefectClass(self.id, self.name, self.code, self.threshold, self.min_area_mm2, self.grow_threshold)


class TrainedOn(BaseModel):
    """A data set and the hash of what was used of it."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: str
    sha256: str


class ModelCard(BaseModel):
    """Only name, version, stride and classes are required, so that any network can be wrapped."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: Annotated[str, Field(min_length=1)]
    version: Annotated[str, Field(min_length=1)]
    stride: Literal[1, 2, 4, 8]
    classes: Annotated[tuple[CardClass, ...], Field(min_length=1)]
    mm_per_px: Annotated[float | None, Field(gt=0)] = None
    trained_on: tuple[TrainedOn, ...] = ()
    quality: dict[str, object] = {}
    parent: str | None = None
    licence: str | None = None

    @model_validator(mode="after")
    def _classes_are_distinct(self) -> ModelCard:
        for what, values in (("ids", [c.id for c in self.classes]), ("names", [c.name for c in self.classes])):
            if len(set(values)) != len(values):
                raise ValueError(f"class {what} must differ, got {values}")
        return self

    @property
    def highest_id(self) -> int:
        """The largest class id that the network may answer."""
        return max((c.id for c in self.classes), default=CLEAN)

    @staticmethod
    def parse(text: str | None, *, where: str) -> ModelCard:
        """Read a card. Raises CardError that names what is missing or wrong in the file `where`."""
        if not text:
            raise CardError(
                f"{where} has no card: put JSON with name, version, stride and classes under the metadata key "
                f"'{CARD_KEY}' (see docs/models.md)"
            )
        try:
            return ModelCard.model_validate_json(text)
        except ValidationError as error:
            faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'card'}: {e['msg']}" for e in error.errors())
            raise CardError(f"{where} has a card that does not hold: {faults}") from error
