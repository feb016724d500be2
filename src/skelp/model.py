"""Opens a model file, and makes of it and a recipe what a line needs: its segmenter and its coils."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skelp.capture.synthetic import SyntheticConfig, SyntheticStrip
from skelp.capture.synthetic.planting import Density
from skelp.config import ModelChoice
from skelp.domain.coilmap import Coil
from skelp.domain.common_codes import CommonCodes
from skelp.domain.errors import SkelpError
from skelp.domain.nameplate import ModelFacts
from skelp.domain.recipe import Recipe
from skelp.domain.recipe_book import RecipeOf
from skelp.domain.status import ModelId
from skelp.domain.strip import CameraView, round_up
from skelp.inference.card import STEP
from skelp.inference.compiler import compile_networks, engine_that_compiles
from skelp.inference.engine import Engine, check_shape
from skelp.inference.engine_file import Record, refuse_other_file, with_engines, write_engines
from skelp.inference.model_file import ModelFile
from skelp.inference.providers import Precision, Provider, candidates
from skelp.inference.screened import ScreenedSegmenter
from skelp.inference.segmenter import OnnxSegmenter
from skelp.inference.trial import settled
from skelp.pipeline.measure import block_height


def default_model() -> Path:
    """The file of the shipped model. A wheel has strip-open, whose licence allows any use; a checkout strip-s, which saw real strip."""
    here = Path(__file__).parent
    candidates = [here / "models" / "strip-open" / "model.onnx", here.parents[1] / "models" / "strip-s" / "model.onnx"]
    return next((c for c in candidates if c.is_file()), candidates[-1])


def open_model(path: Path | None) -> ModelFile:
    """Open a model file and run it once to verify it. None: the shipped model. Raises ModelError or CardError."""
    model = ModelFile.open(path or default_model())
    model.verify()
    return model


def facts_of(model: ModelFile) -> ModelFacts:
    """What a model's card says of it. Only skelp-training writes how a model was trained, which is by labels."""
    card = model.card
    return ModelFacts(
        ModelId(card.name, card.version, model.sha256),
        card.stride,
        {c.name: not c.pseudo for c in card.classes},
        tuple((data.name, data.sha256) for data in card.trained_on),
        supervised="trained_with" in (card.model_extra or {}),
        quality=json.dumps(card.quality, ensure_ascii=False, sort_keys=True) if card.quality else "",
        licence=card.licence,
    )


def make_segmenter(
    model: ModelFile,
    choice: ModelChoice,
    views: Sequence[CameraView],
    recipe: Recipe,
    block_lines: int,
    report: Callable[[str], None] = lambda _: None,
) -> OnnxSegmenter | ScreenedSegmenter:
    """Make a segmenter for the blocks of all cameras, with the context that the recipe needs.

    Raises SkelpError if the cameras differ in width, if the recipe's bridge needs more context than a block has lines, or if it asks for
    a screen that the model does not have or that was made for other limits.
    """
    widths = {round_up(v.width, STEP) for v in views}
    if len(widths) > 1:
        raise SkelpError(
            f"cameras of different width ({sorted(v.width for v in views)} px) cannot share a batch; set the same width for all"
        )
    screened = any(v.side in recipe.screen for v in views)
    if screened:
        model.check_screen(recipe)
    engine = engine_of(choice)
    return (ScreenedSegmenter if screened else OnnxSegmenter)(
        model,
        engine if choice.engine is None else with_engines(model, engine, choice.engine),
        batch=frames_at_once(engine, len(views)),
        height=block_height(recipe.bridge_mm, views, model.card.stride, block_lines),
        width=widths.pop(),
        report=report,
    )


def frames_at_once(engine: Engine, cameras: int) -> int:
    """How many frames the network is shown at once: those of all cameras on a GPU, one on a CPU, where more take longer for a pixel."""
    tried = {c.provider for c in candidates(engine.provider, Precision(engine.precision))}
    return 1 if tried <= {Provider.OPENVINO, Provider.CPU} else cameras


def engine_of(choice: ModelChoice) -> Engine:
    """How the chosen model is run, before `auto` is settled."""
    return Engine(choice.provider, choice.precision, choice.threads, choice.cache)


def strip_to_compare(frames: int, height: int, width: int) -> Iterator[NDArray[np.uint8]]:
    """Frames of simulated strip that is full of defects and marks, each uint8 [1, 1, H, W]: on plain steel all answers are alike."""
    strip = SyntheticStrip(SyntheticConfig(width=width, density=Density(inclusion=20, patch=10, scratch=10, water=2, oil=2)))
    for n in range(frames):
        yield strip.pixels(n * height, height)[None, None]


def compile_model(
    model: ModelFile, choice: ModelChoice, out: Path, *, batch: int, height: int, width: int, report: Callable[[str], None]
) -> tuple[Record, float]:
    """Compile the networks that a line with such frames opens, and write them to an engine file.

    Returns its record, and the largest share of the cells of defects in which an engine answers otherwise than the model on simulated
    strip. Raises SkelpError if the provider compiles nothing ahead, if that share is too large, or if the file cannot be written or is
    something else than an engine file.
    """
    refuse_other_file(out)
    check_shape(height, width)
    engine = engine_that_compiles(engine_of(choice))
    batch = frames_at_once(engine, batch)
    engine = settled(model, engine, (batch, 1, height, width), report)
    compilation = compile_networks(model, engine, np.concatenate(list(strip_to_compare(batch, height, width))), report)
    return write_engines(out, model, engine, compilation.networks), compilation.different


class AutomaticIds:
    """Gives the ids of coils that nobody announced: when each began.

    No id comes twice. If the clock is set back, the next one is that of the millisecond after the last one.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._last = datetime.min.replace(tzinfo=UTC)

    def __call__(self) -> str:
        """The id of a coil that begins now. One thread may call it at a time."""
        self._last = max(self._now(), self._last + timedelta(milliseconds=1))
        return f"auto-{self._last.strftime('%Y%m%dT%H%M%S%f')[:-3]}Z"


def coil_maker(model: ModelFile, recipe_of: RecipeOf, mm_per_line: float, codes: CommonCodes | None = None) -> Callable[..., Coil]:
    """Return a function that makes coils with the names and hashes of this model, of the recipe for their product and customer, and of the
    common codes.
    """
    kept: dict[str, Any] = {"codes_name": codes.name, "codes_version": codes.version, "codes_sha256": codes.sha256} if codes else {}

    def make(coil_id: str, **more: Any) -> Coil:
        recipe = recipe_of(more.get("product", ""), more.get("customer", ""))
        return Coil(
            coil_id=coil_id,
            name=more.pop("name", coil_id),
            started_at=datetime.now(UTC),
            mm_per_line=mm_per_line,
            strip_width_mm=more.pop("strip_width_mm", None) or recipe.strip_width_mm,
            model_name=f"{model.card.name} {model.card.version}",
            model_sha256=model.sha256,
            recipe_name=recipe.name,
            recipe_sha256=recipe.sha256,
            **kept,
            **more,
        )

    return make
