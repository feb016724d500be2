"""Runs the simulated line through the pipeline of a station, into a station's records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.line_of_50.plan import COIL_LINES, MM, Plan
from skelp.capture.synthetic.programme import ProgrammedSource
from skelp.domain.coilmap import Coil
from skelp.domain.line_state import LineState
from skelp.domain.status import ModelId
from skelp.domain.strip import Pixels, Side
from skelp.pipeline.assembly import Limits, assemble, network_for
from skelp.pipeline.runner import Line
from skelp.ports import Segmenter
from skelp.sinks.crops import CropStore, Quota
from skelp.sinks.live import LiveStrip
from skelp.sinks.outbox import Outbox
from skelp.sinks.record import RecordSink
from skelp.sinks.samples import CleanSamples, Sampling
from skelp.sinks.sql import Database, Place
from skelp.sinks.storage import open_storage

DIM, DIRTY_COLUMNS = 0.5, slice(245, 330)
"""How much of the light a dirty window lets through, and the columns where it is dirty."""
STATION = "line-of-50"
_GRADUALLY = COIL_LINES // 2
"""Lines over which the window becomes dirty, and clean again."""
_BESIDE = round(250 / MM)
"""Lines on each side of a seam that the MES tells."""


@dataclass(slots=True)
class Announcer:
    """The MES of the simulated line: it announces each coil when the seam before it has passed, and tells the seams.

    `begins`: the strip's line at which each coil began.
    """

    plan: Plan
    database: Database
    make: Callable[[int], Coil]
    line: Line | None = None
    begins: list[int] = field(default_factory=list)

    def passed(self, newest: int) -> None:
        """The strip's line `newest` was exposed."""
        coil = len(self.begins)
        if self.line is None or coil >= self.plan.coils or newest + 1 < coil * COIL_LINES:
            return
        self.begin(newest + 1)

    def begin(self, line: int) -> None:
        """Announce the next coil, which begins at a line of the strip."""
        coil = len(self.begins)
        if self.line is None:
            raise RuntimeError("the line was not assembled")
        with self.database.writer.transaction() as change:
            if coil:
                seam = self.plan.seams[coil - 1] - self.begins[-1]
                change.tell_state(_id(coil - 1), LineState.WELD_SEAM, seam - _BESIDE, 2 * _BESIDE)
            started, _ = change.start_coil(self.make(coil), {}, new_pass=False)
        self.line.tracker.start(started)
        self.begins.append(line)


def _id(coil: int) -> str:
    return f"C{coil:02d}"


def run(plan: Plan, segmenter: Segmenter, model: ModelId, folder: Path) -> list[int]:
    """Run the line into a station's folder. Returns the strip's line at which each coil began."""
    place = Place("simulated", STATION, {"sim": Side.TOP})
    with open_storage(folder, None, plan.inner, STATION, place) as database:
        with database.writer.transaction() as change:
            for recipe in (plan.inner, plan.outer):
                change.add_recipe(recipe)

        def make(coil: int) -> Coil:
            recipe = plan.recipe(coil)
            return Coil(
                _id(coil),
                _id(coil),
                datetime.now(UTC),
                MM,
                product=plan.product(coil),
                model_name=model.title,
                model_sha256=model.sha256,
                recipe_name=recipe.name,
                recipe_sha256=recipe.sha256,
            )

        announcer = Announcer(plan, database, make)
        source = ProgrammedSource(plan.config, plan.acts, announcer.passed, _window(plan))
        outbox = Outbox()
        crops = CropStore(folder / "crops", Quota(min_free_bytes=0))
        samples = CleanSamples(folder / "samples", Sampling(every_lines=10**9, keep=1))
        line = announcer.line = assemble(
            [source],
            network_for(segmenter, plan.inner, [source.view]),
            plan.inner,
            lambda: make(plan.coils),
            lambda coils: RecordSink(database.writer, crops, LiveStrip(), coils, samples, outbox),
            Limits(),
            publish=outbox.put,
            rolls=plan.roll_table,
        )
        announcer.begin(0)
        line.run()
    return announcer.begins


def _window(plan: Plan) -> Callable[[Pixels, NDArray[np.int64]], Pixels]:
    first, end = plan.dirty[0] * COIL_LINES, (plan.dirty[1] + 1) * COIL_LINES

    def dim(pixels: Pixels, positions: NDArray[np.int64]) -> Pixels:
        if positions[-1] < first or positions[0] >= end:
            return pixels
        dirt = np.clip(np.minimum(positions - first, end - positions) / _GRADUALLY, 0.0, 1.0)
        dimmed = pixels.copy()
        dimmed[:, DIRTY_COLUMNS] = (pixels[:, DIRTY_COLUMNS] * (1 - (1 - DIM) * dirt[:, None])).astype(np.uint8)
        return dimmed

    return dim
