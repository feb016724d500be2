"""`skelp bench`: measures how fast this machine inspects, from camera frame to stored defect. No stage is left out."""

from __future__ import annotations

import itertools
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from skelp.capture.synthetic import SyntheticConfig, SyntheticStrip
from skelp.capture.synthetic.planting import Density
from skelp.config import ModelChoice
from skelp.domain.recipe import Recipe
from skelp.domain.strip import CameraFrame, CameraView, Capture, OwnLine, Pixels, round_up
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

FRAMES = 24
"""Frames of each camera that are inspected again and again."""
BAD_COIL = Density(inclusion=0.6, patch=0.4, scratch=0.4)
"""About 1.4 defects a metre."""
_WARM_UP_S = 1.0


class _Clock:
    """Keeps the cameras in step, frame by frame. After the warm-up it measures the lines that were inspected and the stages' busy time."""

    def __init__(self, cameras: int, seconds: float, meter: Meter) -> None:
        self._step = threading.Barrier(cameras, action=self._tick)
        self._seconds, self._meter = seconds, meter
        self._begin = self._started = 0.0
        self._runs = True
        self._lines_before = 0
        self.busy_before: dict[str, float] = {}
        self.lines = 0
        self.seconds = 0.0

    def next(self) -> bool:
        """Wait for the other cameras. Returns whether one more frame is wanted of each."""
        self._step.wait()
        return self._runs

    def give_up(self) -> None:
        """A camera has failed: the others must not wait for it."""
        self._step.abort()

    def _tick(self) -> None:
        now = time.monotonic()
        self._begin = self._begin or now
        if not self._started and now - self._begin >= _WARM_UP_S:
            self._started, self.busy_before, self._lines_before = now, self._meter.busy_s(), self._inspected()
        elif self._started and now - self._started >= self._seconds:  # frames may take longer than the warm-up
            self._runs = False
            self.lines, self.seconds = self._inspected() - self._lines_before, now - self._started

    def _inspected(self) -> int:
        return self._meter.counts().get("lines_segmented", 0)


class _Replay:
    """Delivers frames of simulated strip again and again. They are drawn beforehand, so that the camera costs no time."""

    def __init__(self, view: CameraView, frames: Sequence[Pixels], clock: _Clock) -> None:
        self._view, self._frames, self._clock = view, frames, clock

    @property
    def view(self) -> CameraView:
        return self._view

    @property
    def live(self) -> bool:
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is not None:
            self._clock.give_up()

    def captures(self) -> Iterator[Capture[OwnLine]]:
        lines = len(self._frames[0])
        for n in itertools.count():
            if not self._clock.next():
                return
            yield CameraFrame(self._view.camera, OwnLine(n * lines), self._frames[n % len(self._frames)], time.monotonic_ns())


def strip_of(width: int, lines: int, density: Density = BAD_COIL) -> Iterator[Pixels]:
    """The simulated strip that `bench` inspects again and again: 24 frames uint8 [lines, width]."""
    strip = SyntheticStrip(SyntheticConfig(width=width, frame_lines=lines, density=density))
    return (strip.pixels(n * lines, lines) for n in range(FRAMES))


def _cameras(count: int, width: int, lines: int, density: Density, clock: _Clock) -> list[_Replay]:
    """Cameras side by side over one strip. There are as many defects for each camera as one would see on a strip of its own."""
    seen: list[list[Pixels]] = [[] for _ in range(count)]
    for frame in strip_of(count * width, lines, density.times(count)):
        for pixels, own in zip(np.split(frame, count, axis=1), seen, strict=True):
            own.append(np.ascontiguousarray(pixels))
    names = ["bench"] if count == 1 else [f"bench-{n + 1}" for n in range(count)]
    scale = SyntheticConfig().scale
    return [_Replay(CameraView(name, width, scale, first_column=n * width), seen[n], clock) for n, name in enumerate(names)]


def bench(
    choice: ModelChoice, recipe: Recipe, *, width: int, lines: int, seconds: float, density: Density = BAD_COIL, cameras: int = 1
) -> dict[str, Any]:
    """Runs the whole line at full load for `seconds`, with a database on disk. Returns the result by name.

    `width`: of each camera, in px. The cameras see one side of one strip, side by side. `density`: how many defects each of them sees.
    `line_rate_hz`: the lines of each camera, `mpix_per_s`: the pixels of all together.
    `stage_share`: the share of the time in which each stage worked. `held_back_by`: the busiest stage. The stage `infer` uses all threads.
    """
    model, meter = open_model(choice.path), Meter()
    block_lines = round_up(lines, STEP)
    clock = _Clock(cameras, seconds, meter)
    sources = _cameras(cameras, width, lines, density, clock)
    views = [source.view for source in sources]
    segmenter = make_segmenter(model, choice, views, recipe, block_lines)
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="skelp-bench-")))
        database = opened.enter_context(Database(sqlite_url(folder / "bench.db"), recipe, Owner.this_process("bench")))
        crops = CropStore(folder / "crops", Quota())
        make = coil_maker(model, lambda *_: recipe, views[0].scale.mm_per_line)
        samples = CleanSamples(folder / "samples", Sampling())
        leave_what_started()
        assemble(
            sources,
            segmenter,
            recipe,
            lambda: make("bench"),
            lambda coils: RecordSink(database.writer, crops, LiveStrip(), coils, samples),
            Limits(block_lines=block_lines, ring_frames=2),
            meter=meter,
        ).run()
        stored = database.reader.summary(database.reader.coil("bench")).tally.defects
    latencies = meter.latencies_ms()
    busy = {k: v - clock.busy_before.get(k, 0.0) for k, v in meter.busy_s().items()}
    shares = {k: round(min(1.0, v / clock.seconds), 3) for k, v in sorted(busy.items(), key=lambda kv: -kv[1])}
    slowest = next(iter(shares))
    return {
        **asdict(segmenter.info),
        "screened": segmenter.looks.record if segmenter.looks else None,
        "cameras": cameras,
        "width": width,
        "lines": lines,
        "mpix_per_s": round(clock.lines * width / 1e6 / clock.seconds, 1),
        "line_rate_hz": round(clock.lines / cameras / clock.seconds),
        "latency_ms": {"p50": round(latencies[len(latencies) // 2], 1), "p99": round(latencies[int(len(latencies) * 0.99)], 1)},
        "stage_share": shares,
        "defects_stored": stored,
        "held_back_by": slowest,
    }
