"""Assembles a line. The station, `skelp inspect`, `skelp bench`, the benchmarks and the tests all use this one function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skelp.domain.coilmap import Coil
from skelp.domain.events import Publish, nowhere
from skelp.domain.recipe import Recipe
from skelp.pipeline.blocks import BLOCK_LINES
from skelp.pipeline.coils import CoilTracker
from skelp.pipeline.inspector import Inspector
from skelp.pipeline.meter import Meter
from skelp.pipeline.runner import Line
from skelp.ports import CoilLookup, FrameSource, Segmenter, Sink


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes of a line.

    `block_lines`: lines of a block without context. `ring_frames`: frames that the queue holds for each camera; a live camera loses
    frames when it is full. `automatic_lines`: a coil that nobody announced ends after this number of lines; None: never.
    """

    block_lines: int = BLOCK_LINES
    ring_frames: int = 16
    automatic_lines: int | None = None


def assemble(
    sources: Sequence[FrameSource],
    segmenter: Segmenter,
    recipe: Recipe,
    coil: Callable[[], Coil],
    make_sink: Callable[[CoilLookup], Sink],
    limits: Limits = Limits(),
    *,
    meter: Meter | None = None,
    publish: Publish = nowhere,
) -> Line:
    """Connect cameras, network and sink to a line that runs once.

    `coil` makes a coil for steel that nobody announced. `make_sink` receives the line's coils, because a sink that stores results
    needs their identity. Raises SkelpError if recipe, model and cameras do not fit together.
    """
    views = [s.view for s in sources]
    tracker = CoilTracker([v.camera for v in views], coil, automatic_lines=limits.automatic_lines)
    classes = recipe.applied_to(segmenter.classes)
    inspector = Inspector(views, classes, recipe, segmenter.stride, lambda coil_id: tracker.coil(coil_id).strip_width_mm)
    return Line(
        sources,
        tracker,
        segmenter,
        inspector,
        make_sink(tracker),
        block_lines=limits.block_lines,
        ring_frames=limits.ring_frames,
        meter=meter,
        publish=publish,
    )
