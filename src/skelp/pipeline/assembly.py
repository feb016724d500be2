"""Assembles a line. The station, `skelp inspect`, `skelp bench`, the benchmarks and the tests all use this one function."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2

from skelp.domain.coilmap import Coil
from skelp.domain.events import Publish, nowhere
from skelp.domain.recipe import Recipe
from skelp.domain.rolls import RollTable
from skelp.domain.status import ModelId
from skelp.domain.strip import CameraView
from skelp.pipeline.coils import CoilTracker
from skelp.pipeline.holdup import WhySlow, records_slow
from skelp.pipeline.inspector import Inspector
from skelp.pipeline.limits import Limits
from skelp.pipeline.looking import Looking
from skelp.pipeline.meter import Meter
from skelp.pipeline.networks import Changed, Network, Networks, nobody
from skelp.pipeline.runner import Line
from skelp.ports import CoilLookup, FrameSource, Segmenter, Sink

__all__ = ["Limits", "assemble", "network_for"]


def network_for(segmenter: Segmenter, recipe: Recipe, views: Sequence[CameraView], model: ModelId | None = None) -> Network:
    """A network as the line with these cameras uses it. `model` as in Network. Raises SkelpError if the recipe does not fit its classes."""
    looking = Looking(segmenter, {v.camera: v for v in views if v.side in recipe.screen})
    return Network(looking, recipe.applied_to(segmenter.classes), model)


def assemble(  # noqa: PLR0913 - what a line is made of
    sources: Sequence[FrameSource],
    network: Segmenter | Network,
    recipe: Recipe,
    coil: Callable[[], Coil],
    make_sink: Callable[[CoilLookup], Sink],
    limits: Limits = Limits(),  # noqa: B008 - it is frozen
    *,
    meter: Meter | None = None,
    publish: Publish = nowhere,
    why_slow: WhySlow = records_slow,
    rolls: RollTable = RollTable(),  # noqa: B008 - it is frozen
    changed: Changed = nobody,
    recipe_of: Callable[[Coil], Recipe] | None = None,
) -> Line:
    """Connect cameras, network and sink to a line that runs once.

    `coil` makes a coil for steel that nobody announced. `make_sink` receives the line's coils, because a sink that stores results
    needs their identity. `why_slow` gives the reason of lines that are lost while the sink stores. `rolls` names the rolls of
    defects that repeat. `changed` as in Networks: a line whose network may change begins with a Network, which `network_for` makes.
    `recipe_of` gives the recipe by which a coil is inspected, which is `recipe` without it; none has longer bridges or another screen.

    Raises SkelpError if recipe, model and cameras do not fit together.
    """
    cv2.setNumThreads(1)  # the line has threads of its own: those of OpenCV only wait for each other on cores that the network needs
    views = [s.view for s in sources]
    first = network if isinstance(network, Network) else network_for(network, recipe, views)
    networks = Networks(first, changed)
    tracker = CoilTracker(
        [v.camera for v in views], coil, automatic_lines=limits.automatic_lines, begun=networks.begin, forgotten=networks.forget
    )
    by_coil = recipe_of or (lambda _: recipe)
    inspector = Inspector(
        views,
        lambda coil_id: by_coil(tracker.coil(coil_id)).applied_to(networks.of(coil_id).looking.classes),
        recipe,
        first.looking.stride,
        lambda coil_id: tracker.coil(coil_id).strip_width_mm,
        rolls,
        lambda coil_id: by_coil(tracker.coil(coil_id)),
    )
    return Line(
        sources,
        tracker,
        networks,
        inspector,
        make_sink(tracker),
        limits,
        meter=meter,
        publish=publish,
        why_slow=why_slow,
    )
