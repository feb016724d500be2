"""`skelp bench`: measures how fast this machine inspects, from camera frame to stored defect. No stage is left out."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from skelp.capture.synthetic import SyntheticConfig, SyntheticStrip
from skelp.capture.synthetic.planting import Density
from skelp.config import ModelChoice
from skelp.domain.recipe import Recipe
from skelp.domain.strip import CameraFrame, CameraView, Capture, OwnLine, round_up
from skelp.garbage import leave_what_started
from skelp.inference.card import STEP
from skelp.model import coil_maker, make_segmenter, open_model
from skelp.pipeline.assembly import Limits, assemble
from skelp.pipeline.meter import Meter
from skelp.sinks.crops import CropStore, Quota
from skelp.sinks.live import LiveStrip
from skelp.sinks.lock_file import Owner
from skelp.sinks.record import RecordSink
from skelp.sinks.samples import CleanSamples, Sampling
from skelp.sinks.sql import Database, sqlite_url

_FRAMES = 24
BAD_COIL = Density(inclusion=0.6, patch=0.4, scratch=0.4)
"""About 1.4 defects a metre."""
_WARM_UP_S = 1.0


class _Replay:
    """Delivers frames of simulated strip again and again. They are drawn beforehand, so that the camera costs no time."""

    def __init__(self, width: int, lines: int, seconds: float, meter: Meter, density: Density) -> None:
        self._config = SyntheticConfig(width=width, frame_lines=lines, density=density)
        self._strip = SyntheticStrip(self._config)
        self._seconds, self._meter = seconds, meter
        self._frames = [self._strip.pixels(n * lines, lines) for n in range(_FRAMES)]
        self.measured_lines = 0
        self.busy_before: dict[str, float] = {}
        self.measured_s = 0.0

    @property
    def view(self) -> CameraView:
        return CameraView("bench", self._config.width, self._config.scale)

    @property
    def live(self) -> bool:
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    def captures(self) -> Iterator[Capture[OwnLine]]:
        lines = self._config.frame_lines
        begin, segmented_before, n = time.monotonic(), 0, 0
        measuring = False
        while time.monotonic() - begin < self._seconds + _WARM_UP_S:
            if not measuring and time.monotonic() - begin >= _WARM_UP_S:
                measuring, started = True, time.monotonic()
                self.busy_before, segmented_before = self._meter.busy_s(), self._segmented_lines()
            yield CameraFrame("bench", OwnLine(n * lines), self._frames[n % _FRAMES], time.monotonic_ns())
            n += 1
        self.measured_lines, self.measured_s = self._segmented_lines() - segmented_before, time.monotonic() - started

    def _segmented_lines(self) -> int:
        return self._meter.counts().get("lines_segmented", 0)


def bench(choice: ModelChoice, recipe: Recipe, *, width: int, lines: int, seconds: float, density: Density = BAD_COIL) -> dict[str, Any]:
    """Runs the whole line at full load for `seconds`, with a database on disk. Returns the result by name.

    `density`: how many defects the strip has.
    `stage_share`: the share of the time in which each stage worked. `held_back_by`: the busiest stage. The stage `infer` uses all threads.
    """
    model, meter = open_model(choice.path), Meter()
    block_lines = round_up(lines, STEP)
    source = _Replay(width, lines, seconds, meter, density)
    segmenter = make_segmenter(model, choice, [source.view], recipe, block_lines)
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="skelp-bench-")))
        database = opened.enter_context(Database(sqlite_url(folder / "bench.db"), recipe, Owner.this_process("bench")))
        crops = CropStore(folder / "crops", Quota())
        make = coil_maker(model, recipe, source.view.scale.mm_per_line)
        samples = CleanSamples(folder / "samples", Sampling(), model.sha256)
        leave_what_started()
        assemble(
            [source],
            segmenter,
            recipe,
            lambda: make("bench"),
            lambda coils: RecordSink(database.writer, crops, LiveStrip(), coils, samples),
            Limits(block_lines=block_lines, ring_frames=2),
            meter=meter,
        ).run()
        stored = database.reader.summary(database.reader.coil("bench")).tally.defects
    latencies = meter.latencies_ms()
    busy = {k: v - source.busy_before.get(k, 0.0) for k, v in meter.busy_s().items()}
    shares = {k: round(min(1.0, v / source.measured_s), 3) for k, v in sorted(busy.items(), key=lambda kv: -kv[1])}
    slowest = next(iter(shares))
    return {
        **asdict(segmenter.info),
        "screened": segmenter.looks.record if segmenter.looks else None,
        "width": width,
        "lines": lines,
        "mpix_per_s": round(source.measured_lines * width / 1e6 / source.measured_s, 1),
        "line_rate_hz": round(source.measured_lines / source.measured_s),
        "latency_ms": {"p50": round(latencies[len(latencies) // 2], 1), "p99": round(latencies[int(len(latencies) * 0.99)], 1)},
        "stage_share": shares,
        "defects_stored": stored,
        "held_back_by": slowest,
    }
