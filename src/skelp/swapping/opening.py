"""Opens a model beside the one on the line, and refuses it with its true cause if it cannot take over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from skelp.config import ModelChoice
from skelp.domain.defect import DefectClass
from skelp.domain.errors import SkelpError
from skelp.domain.models import KnownModel
from skelp.domain.reasons import (
    ModelBadCard,
    ModelCannotRun,
    ModelFailsItsCard,
    ModelGone,
    ModelNoCard,
    ModelNoDistance,
    ModelNoScreen,
    ModelNotAModel,
    ModelOtherClasses,
    ModelOtherStride,
    ModelRecipeUnfit,
    Reason,
)
from skelp.domain.recipe import Recipe
from skelp.domain.status import ModelId
from skelp.domain.strip import CameraView
from skelp.inference.card import CardError, NoCardError
from skelp.inference.model_file import ModelFile
from skelp.model import make_segmenter
from skelp.pipeline.assembly import network_for
from skelp.pipeline.networks import Network


class RefusedError(SkelpError):
    """A model is refused for this reason."""

    def __init__(self, why: Reason) -> None:
        super().__init__("the model is refused", why)
        self.why = why


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A model that is open for the line. `file`: its name in the folder of models; empty for the station file's."""

    file: str
    model: ModelFile
    network: Network

    @property
    def id(self) -> ModelId:
        return identity(self.model)

    @property
    def known(self) -> KnownModel:
        """What the records keep of it."""
        card = self.model.card
        return KnownModel(self.model.sha256, tuple(c.name for c in card.classes), card.learned)


def identity(model: ModelFile) -> ModelId:
    """A model by name and content."""
    return ModelId(model.card.name, model.card.version, model.sha256)


@dataclass(frozen=True, slots=True)
class Opener:
    """Opens models for the line with these cameras and this recipe, as the station file says.

    `recipes` gives all recipes that coils may have; none: `recipe` alone.
    """

    choice: ModelChoice
    views: Sequence[CameraView]
    recipe: Recipe
    block_lines: int
    report: Callable[[str], None] = lambda _: None
    recipes: Callable[[], Sequence[Recipe]] = lambda: ()

    def network(self, model: ModelFile, like: Network | None = None) -> Network:
        """Open a model and warm it up.

        `like` None: with provider, precision and engine file of the station file. Else with provider and precision of that network, so
        that the two can be compared; an engine file is for the station file's model only. Raises SkelpError.
        """
        choice = self.choice
        if like is not None:
            info = like.looking.info
            choice = choice.model_copy(update={"provider": info.provider, "precision": info.precision, "engine": None})
        segmenter = make_segmenter(model, choice, self.views, self.recipe, self.block_lines, self.report)
        return network_for(segmenter, self.recipe, self.views, identity(model))

    def beside(self, model: ModelFile, like: Network) -> Network:
        """As `network`, for a model that is to take over. Raises RefusedError."""
        try:
            return self.network(model, like)
        except SkelpError as error:
            raise RefusedError(ModelCannotRun(str(error))) from error

    def check(self, model: ModelFile, on_line: ModelFile) -> None:
        """Raise RefusedError unless a model can take over from the one on the line: recipe, blocks and reports stay as they are."""
        if model.card.stride != on_line.card.stride:
            raise RefusedError(ModelOtherStride(model.card.stride, on_line.card.stride))
        if (other := _other_classes(model.card.domain_classes, on_line.card.domain_classes)) is not None:
            raise RefusedError(other)
        if on_line.measures_distance and not model.measures_distance:
            raise RefusedError(ModelNoDistance())
        for recipe in (self.recipe, *self.recipes()):
            try:
                recipe.applied_to(model.card.domain_classes)
            except SkelpError as error:
                raise RefusedError(ModelRecipeUnfit(str(error))) from error
            if recipe.screen and (why_not := model.card.why_no_screen(recipe)):
                raise RefusedError(ModelNoScreen(why_not))


def read(path: Path) -> ModelFile:
    """Read a model file and run it once to verify it. Raises RefusedError."""
    if not path.is_file():
        raise RefusedError(ModelGone())
    try:
        model = ModelFile.open(path)
    except NoCardError as error:
        raise RefusedError(ModelNoCard()) from error
    except CardError as error:
        raise RefusedError(ModelBadCard(str(error))) from error
    except SkelpError as error:
        raise RefusedError(ModelNotAModel(str(error))) from error
    try:
        model.verify()
    except SkelpError as error:
        raise RefusedError(ModelFailsItsCard(str(error))) from error
    return model


def _other_classes(classes: Sequence[DefectClass], on_line: Sequence[DefectClass]) -> Reason | None:
    """How the classes differ in name, or in whether they are defects; None if they do not. Ids, codes and limits may differ."""
    new, old = ({c.name: c.pseudo for c in some} for some in (classes, on_line))
    lacking, more = sorted(old.keys() - new.keys()), sorted(new.keys() - old.keys())
    changed = sorted(name for name in old.keys() & new.keys() if old[name] != new[name])
    if not (lacking or more or changed):
        return None
    return ModelOtherClasses(*(", ".join(names) or None for names in (lacking, more, changed)))
