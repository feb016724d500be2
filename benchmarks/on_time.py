"""Runs the line at a mill's speed and measures how long results take: python -m benchmarks.on_time --minutes 10 --rate 40000 --screen

A live camera of simulated strip delivers frames at a fixed line rate, into coils of 500 m and a database on disk. It prints the time
from the end of a frame until a defect that it completed was stored, the same for all results, and the lines by state and reason. It
exits with 1 if lines are missing in the ledgers.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from benchmarks.endurance import resident_mb
from benchmarks.line import LINES
from skelp.bench import BAD_COIL, strip_of
from skelp.capture.synthetic import SyntheticConfig
from skelp.config import ModelChoice
from skelp.domain.outcome import Outcome
from skelp.domain.recipe import Recipe
from skelp.domain.strip import CameraFrame, CameraView, Capture, OwnLine, Pixels, Side, round_up
from skelp.garbage import leave_what_started
from skelp.inference.card import STEP
from skelp.model import coil_maker, make_segmenter, open_model
from skelp.pipeline.assembly import Limits, assemble
from skelp.ports import Sink
from skelp.sinks.crops import CropStore, Quota
from skelp.sinks.live import LiveStrip
from skelp.sinks.lock_file import Owner
from skelp.sinks.record import RecordSink
from skelp.sinks.samples import CleanSamples, Sampling
from skelp.sinks.sql import Database, sqlite_url

_COIL_LINES = 2_000_000
_SETTLING_S = 5.0


class Paced:
    """A live camera that delivers the same frames again and again, each when its last line would have been exposed."""

    live = True

    def __init__(self, frames: Sequence[Pixels], line_rate_hz: float, seconds: float) -> None:
        self.view = CameraView("paced", frames[0].shape[1], SyntheticConfig().scale)
        self._frames, self._every_s, self._seconds = frames, len(frames[0]) / line_rate_hz, seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    def captures(self) -> Iterator[Capture[OwnLine]]:
        lines, begin = len(self._frames[0]), time.monotonic()
        for n in itertools.count():
            due = begin + (n + 1) * self._every_s
            if due - begin > self._seconds:
                return
            time.sleep(max(0.0, due - time.monotonic()))
            # a camera's driver copies each frame, too
            yield CameraFrame("paced", OwnLine(n * lines), self._frames[n % len(self._frames)].copy(), round(due * 1e9))


@dataclass(frozen=True)
class Ages:
    """How old defects and all results were when they were stored, s."""

    defects_s: list[float] = field(default_factory=list)
    all_s: list[float] = field(default_factory=list)


class Timed:
    """A sink that notes how old results are when another sink has stored them."""

    def __init__(self, sink: Sink, ages: Ages) -> None:
        self._sink, self._ages = sink, ages
        self._begin = time.monotonic()

    def write(self, outcomes: Sequence[Outcome]) -> None:
        self._sink.write(outcomes)
        now = time.monotonic()
        if now - self._begin < _SETTLING_S:
            return
        for outcome in outcomes:
            if outcome.time_ns:
                age_s = now - outcome.time_ns / 1e9
                self._ages.all_s.append(age_s)
                self._ages.defects_s.extend([age_s] * len(outcome.defects))

    def close(self) -> None:
        self._sink.close()


def _ages_ms(seconds: Sequence[float]) -> dict[str, float]:
    quantiles = np.quantile(seconds, (0.5, 0.99, 0.999, 1.0)) * 1000
    return {"results": len(seconds)} | dict(zip(("p50", "p99", "p99.9", "longest"), (round(float(q), 1) for q in quantiles), strict=True))


def measured(seconds: float, line_rate_hz: float, width: int, recipe: Recipe, factor: float) -> dict[str, Any]:
    """Run the line for some seconds. Returns what was measured, by name."""
    model = open_model(None)
    camera = Paced(list(strip_of(width, LINES, BAD_COIL.times(factor))), line_rate_hz, seconds)
    segmenter = make_segmenter(model, ModelChoice(), [camera.view], recipe, round_up(LINES, STEP))
    ages = Ages()
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="skelp-on-time-")))
        database = opened.enter_context(Database(sqlite_url(folder / "s.db"), recipe, Owner.this_process("on-time")))
        make, number = coil_maker(model, lambda *_: recipe, camera.view.scale.mm_per_line), itertools.count()
        crops, samples = CropStore(folder / "crops", Quota()), CleanSamples(folder / "samples", Sampling())
        leave_what_started()
        line = assemble(
            [camera],
            segmenter,
            recipe,
            lambda: make(f"coil-{next(number):04d}", automatic=True),
            lambda coils: Timed(RecordSink(database.writer, crops, LiveStrip(), coils, samples), ages),
            Limits(block_lines=LINES, automatic_lines=_COIL_LINES),
        )
        worker = threading.Thread(target=line.run)
        worker.start()
        time.sleep(_SETTLING_S)
        memory_mb = [resident_mb()]
        worker.join()
        memory_mb.append(resident_mb())
        exposed = line.meter.counts()["lines_exposed"]
        stored = database.reader.summaries(database.reader.coils(before=None, limit=10_000))
    return {
        "provider": segmenter.info.provider,
        "precision": segmenter.info.precision,
        "screened": segmenter.looks.record if segmenter.looks else None,
        "mpix_per_s": round(line_rate_hz * width / 1e6, 1),
        "minutes": round(seconds / 60, 2),
        "defects_ms": _ages_ms(ages.defects_s),
        "all_ms": _ages_ms(ages.all_s),
        "lines_exposed": exposed,
        "lines_in_ledgers": sum(s.totals.exposed for s in stored),
        "lines": {f"{c.state.value} {c.code or ''}".strip(): c.lines for c in line.meter.lines()},
        "memory_mb": [round(mb, 1) for mb in memory_mb],
    }


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=40_000.0, help="lines a second")
    parser.add_argument("--width", type=int, default=4096)
    parser.add_argument("--screen", action="store_true", help="screen both sides")
    parser.add_argument("--defects", type=float, default=1.0, help="how many times the defects of a bad coil the strip has")
    arguments = parser.parse_args()
    recipe = Recipe(screen=tuple(Side) if arguments.screen else ())
    facts = measured(60 * arguments.minutes, arguments.rate, arguments.width, recipe, arguments.defects)
    print(json.dumps(facts, indent=2))
    sys.exit(0 if facts["lines_exposed"] == facts["lines_in_ledgers"] else 1)


if __name__ == "__main__":
    main()
