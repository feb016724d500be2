"""Checks memory and ledger in a long run at full speed: python -m benchmarks.endurance --minutes 60

It inspects simulated strip as fast as it can, in coils of 500 m, into a database on disk, and prints the resident memory each minute.
At the end it checks that memory grew by at most 10% after the first minutes, and that every line is in a ledger.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from skelp.capture.synthetic import SyntheticConfig, SyntheticSource
from skelp.config import ModelChoice
from skelp.domain.recipe import Recipe
from skelp.model import coil_maker, make_segmenter, open_model
from skelp.pipeline.assembly import Limits, assemble
from skelp.sinks.crops import CropStore, Quota
from skelp.sinks.live import LiveStrip
from skelp.sinks.lock_file import Owner
from skelp.sinks.record import RecordSink
from skelp.sinks.samples import CleanSamples, Sampling
from skelp.sinks.sql import Database, sqlite_url

_SETTLING_MIN = 3


def resident_mb() -> float:
    """Resident memory of this process, MB (Linux)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise OSError("/proc/self/status has no VmRSS; this benchmark runs on Linux only")


def main() -> None:
    """Print one JSON object. Exits with 1 if memory grew too much or lines are missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--width", type=int, default=4096)
    arguments = parser.parse_args()
    model, recipe = open_model(None), Recipe()
    source = SyntheticSource(SyntheticConfig(seed=3, width=arguments.width))
    segmenter = make_segmenter(model, ModelChoice(), [source.view], recipe, 512)
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="skelp-endurance-")))
        database = opened.enter_context(Database(sqlite_url(folder / "s.db"), recipe, Owner.this_process("endurance")))
        make, number = coil_maker(model, lambda *_: recipe, 0.25), itertools.count()
        crops = CropStore(folder / "crops", Quota())
        samples = CleanSamples(folder / "samples", Sampling())
        line = assemble(
            [source],
            segmenter,
            recipe,
            lambda: make(f"coil-{next(number):04d}", automatic=True),
            lambda coils: RecordSink(database.writer, crops, LiveStrip(), coils, samples),
            Limits(ring_frames=4, automatic_lines=2_000_000),
        )
        worker = threading.Thread(target=line.run)
        worker.start()
        memory = []
        for minute in range(max(1, round(arguments.minutes))):
            time.sleep(60)
            memory.append(round(resident_mb(), 1))
            print(f"minute {minute + 1}: {memory[-1]} MB", file=sys.stderr, flush=True)
        line.stop()
        worker.join()
        counts = line.meter.counts()
        recorded = sum(s.totals.exposed for s in database.reader.summaries(database.reader.coils(before=None, limit=10_000)))
    first = max(memory[:_SETTLING_MIN])
    facts = {
        "minutes": len(memory),
        "provider": segmenter.info.provider,
        "mpix_per_s": round(counts["lines_segmented"] * arguments.width / 1e6 / (60 * len(memory)), 1),
        "lines_exposed": counts["lines_exposed"],
        "lines_in_ledger": recorded,
        "balanced": recorded == counts["lines_exposed"],
        "memory_mb": memory,
        "growth": round(max(memory) / first - 1, 4),
    }
    print(json.dumps(facts, indent=2))
    sys.exit(0 if facts["balanced"] and max(memory) <= 1.1 * first else 1)


if __name__ == "__main__":
    main()
