"""Runs the line and prints what was right: python -m benchmarks.line_of_50 --folder FOLDER --out FILE

`--folder` keeps the records, so that `skelp run` with that storage folder and the name line-of-50 shows them in the console.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

from benchmarks.line_of_50.compare import Score, compare
from benchmarks.line_of_50.plan import COIL_M, Plan
from benchmarks.line_of_50.run import run
from benchmarks.line_of_50.truth import truths
from skelp.capture.synthetic.programme import ProgrammedSource
from skelp.config import ModelChoice
from skelp.domain.status import ModelId
from skelp.model import make_segmenter, open_model
from skelp.terminal import print_rows


def main() -> None:
    """Run and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--coils", type=int, default=50)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    plan, model = Plan(coils=asked.coils), open_model(asked.model)
    view = ProgrammedSource(plan.config, plan.acts).view
    segmenter = make_segmenter(model, ModelChoice(), [view], plan.inner, 512)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch)
        begins = run(plan, segmenter, ModelId(model.card.name, model.card.version, model.sha256), folder)
        score = compare(plan, truths(plan, begins), folder)
    took = time.monotonic() - started
    print(f"{asked.coils} coils of {COIL_M:.1f} m with {model.card.name} {model.card.version} in {took:.0f} s")
    show(score)
    if asked.out:
        about = {
            "coils": asked.coils,
            "model": f"{model.card.name} {model.card.version}",
            "provider": segmenter.info.provider,
            "seconds": round(took),
        }
        asked.out.write_text(json.dumps(about | score.record, indent=1) + "\n")


def show(score: Score) -> None:
    """Print how many of each thing were right, how many were told and are not true, and what was wrong."""
    kinds = dict.fromkeys(name.split(",")[0] for name in score.counts if "," in name)
    rows = [
        (kind, *(str(score.counts[f"{kind}, {of}"]) if f"{kind}, {of}" in score.counts else "" for of in ("to find", "right", "false")))
        for kind in kinds
    ]
    print_rows([("", "to find", "right", "told and not true"), *rows])
    for line in score.wrong:
        print(line)


if __name__ == "__main__":
    main()
