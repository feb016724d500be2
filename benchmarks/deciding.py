"""How long another recipe takes to decide on many coils: python -m benchmarks.deciding --coils 1000 100000 [--out FILE]

One final coil with 30 defects and 6 intervals is stored as a station stores it, and multiplied inside an SQLite database. Then
`skelp decide` does its work on all of them: first without recording, then with. Peak memory is that of the process until then.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.records import CHUNK, CLASSES, TEMPLATE, Multiplier
from skelp.domain.coverage import Interval, State
from skelp.domain.decision import Decision
from skelp.domain.models import KnownModel
from skelp.domain.queries import EVERY_COIL
from skelp.domain.reasons import FrameDropped
from skelp.domain.recipe import NEVER, Recipe
from skelp.domain.rules import Rule
from skelp.domain.zones import Zone
from skelp.sinks.lock_file import Owner
from skelp.sinks.sql import Database, open_redeciding, sqlite_url
from skelp.sinks.sql.address import parse_url
from skelp.sinks.sql.engines import open_unchanged
from skelp.terminal import err, print_rows
from tests.fakes import coil, defect

DEFECTS = 30
MODEL = "5" * 64
FIRST = Recipe(hold_above_uninspected_m=1e6)
ASKED = Recipe(
    "other",
    hold_from_severity=NEVER,
    hold_above_uninspected_m=1e6,
    zones={"edges": Zone(edge_mm=40.0), "usable": Zone(middle_mm=900.0)},
    rules=(
        Rule("scratches", Decision.DOWNGRADE, classes=("scratch",), zone="usable", severity_from=2, in_any_m=30.0, more_than=2.0),
        Rule("small ones", Decision.HOLD, outside=("edges",), per_m=100.0, more_than=80.0),
        Rule("area", Decision.SCRAP, of="area_mm2", more_than=1e6),
    ),
)


def store_template(database: Database) -> None:
    """One final coil as a station stores it."""
    chosen = random.Random(1)
    with database.writer.transaction() as change:
        change.add_coil(coil(TEMPLATE, recipe_name=FIRST.name, recipe_sha256=FIRST.sha256, model_sha256=MODEL, strip_width_mm=1000.0))
        change.add_model(KnownModel(MODEL, CLASSES))
        for n in range(6):
            state, reason = (State.LOST, FrameDropped()) if n % 2 else (State.INSPECTED, None)
            change.record_interval(TEMPLATE, "cam", Interval(10_000 * n, 10_000, state, reason))
        found = [
            defect(
                n,
                defect_id=f"{TEMPLATE}-{n:06d}",
                coil_id=TEMPLATE,
                severity=chosen.randint(1, 4),
                class_name=chosen.choice(CLASSES),
                along_mm=chosen.uniform(0, 60_000),
                across_mm=chosen.uniform(0, 990),
            )
            for n in range(DEFECTS)
        ]
        change.add_defects(found)
        change.complete_coil(TEMPLATE)


def measured(count: int, folder: Path) -> dict[str, Any]:
    """Times in s, and what was decided."""
    url = sqlite_url(folder / "records.db")
    with Database(url, FIRST, Owner.this_process("bench")) as database:
        store_template(database)
    with open_unchanged(parse_url(url)) as engines:
        multiplier = Multiplier(engines.writing)
        for first in range(1, count, CHUNK):
            multiplier.add(first, min(count - 1, first + CHUNK - 1))
    facts: dict[str, Any] = {"coils": count, "defects": count * DEFECTS}
    with open_redeciding(url, "bench", ASKED) as records:
        for name, record in (("decided_s", False), ("recorded_s", True)):
            began, coils, added, decisions = time.perf_counter(), 0, 0, dict[str, int]()
            for batch in records.decided(EVERY_COIL, ()):
                coils += len(batch)
                added += records.record(batch, "bench", "") if record else 0
                for found in batch:
                    decided = found.ruling.decision.value if found.ruling else "unknown"
                    decisions[decided] = decisions.get(decided, 0) + 1
            facts |= {name: round(time.perf_counter() - began, 2), "decisions": decisions, "added": added}
            if coils != count:
                raise SystemExit(f"{coils} coils were decided on, and {count} are there")
    return facts | {"peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)}


def main() -> None:
    """Measure and print; write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--coils", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    found = []
    for count in options.coils:
        with tempfile.TemporaryDirectory() as folder:
            found.append(measured(count, Path(folder)))
        err.print(found[-1])
    head = ("coils", "decided, s", "recorded, s", "peak, MiB")
    print_rows([head, *([str(f[key]) for key in ("coils", "decided_s", "recorded_s", "peak_mib")] for f in found)])
    if options.out:
        options.out.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
