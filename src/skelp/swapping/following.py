"""Lets a second model follow the line in the shadow of the first one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import structlog

from skelp.domain.coilmap import Coil
from skelp.domain.errors import SkelpError
from skelp.domain.events import ModelRefused
from skelp.domain.reasons import ModelCannotRun
from skelp.domain.recipe import Recipe
from skelp.domain.shadow import ShadowResult
from skelp.inference.model_file import ModelFile
from skelp.pipeline.networks import Network
from skelp.pipeline.runner import Line
from skelp.pipeline.shadow import Shadow
from skelp.ports import RecordChanges, RecordWriter
from skelp.swapping.opening import Opener, RefusedError, read

log = structlog.get_logger()


def follow(
    line: Line,
    path: Path,
    own: ModelFile,
    like: Network,
    opener: Opener,
    writer: RecordWriter,
    recipe_of: Callable[[Coil], Recipe],
) -> None:
    """Let the model in this file follow the line. If it cannot, that is published, and the line goes on without it.

    `own`: the station file's model, with whose classes and stride it must agree. `like`: the network whose provider it uses.
    `recipe_of` gives the recipe of a coil.
    """

    def opened() -> Network:
        model = read(path)
        opener.check(model, own)
        return opener.beside(model, like)

    def done(result: ShadowResult) -> None:
        _store(writer, lambda change: change.add_shadow(result))

    def failed(error: Exception) -> None:
        why = error.why if isinstance(error, RefusedError) else ModelCannotRun(str(error))
        log.warning("the line goes on without its second model", file=str(path), why=str(error))
        _store(writer, lambda change: change.publish(ModelRefused(path.name, why)))

    def of(coil_id: str) -> tuple[Coil, Network]:
        return line.tracker.coil(coil_id), line.networks.of(coil_id)

    shadow = Shadow(opened, opener.views, opener.recipe, recipe_of, own.card.stride, of, lambda: line.has_time, done, failed)
    line.follow(shadow)


def _store(writer: RecordWriter, change_by: Callable[[RecordChanges], None]) -> None:
    try:
        with writer.transaction() as change:
            change_by(change)
    except SkelpError as error:
        log.warning("what the second model said was not stored", why=str(error))
