"""A learning curve on a mill that was left out: python -m benchmarks.new_mill cold-strip --pictures 0 5 20 80 --model FILE [--steps 1000]

It trains a model that never saw that mill on with so many labelled pictures of it, as `skelp adapt --fine-tune CONFIG --teach N` does, but
without clean steel of the line. The config is the run `without-MILL` of benchmarks/mills.py, with the classes of the model. It measures recall at stated rates of false reports on held-out pictures of the mill,
and what is left on NEU's photographs.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from typing import Any

from benchmarks.mills import BASE, FOLDER, MILLS, exported, figures
from skelp_training.config import load_config
from skelp_training.evaluation.detector import Detector
from skelp_training.release.adapt import FineTuning, fine_tune, taught_pictures


def point(mill: str, count: int, steps: int) -> dict[str, Any]:
    """The figures after training on with `count` pictures of the mill; 0: of the model that never saw it."""
    base, without = load_config(BASE), load_config(FOLDER / f"without-{mill}.toml")
    own = next(d for d in base.data if d.name == MILLS[mill][0])
    out, started, learned = FOLDER / f"{mill}-{count}-{steps}" / "model.onnx", time.monotonic(), 0
    if count == 0:
        detector = Detector(exported(without, FOLDER / f"without-{mill}.onnx"))
    else:
        shutil.rmtree(out.parent, ignore_errors=True)
        taught = own.model_copy(update={"pictures": count, "groups_apart": True, "background": False, "marks": None})
        fine_tune(FineTuning(without, FOLDER, None, steps, taught), out)
        detector = Detector(out)
        learned = taught_pictures(detector.card)
    taken = round((time.monotonic() - started) / 60, 1)
    known = next(d for d in base.data if d.name == "neu-strip")
    return {
        "mill": mill,
        "pictures": learned,
        "steps": steps if count else 0,
        "minutes": taken if count else None,
        "mill_figures": figures(detector, own, base),
        "neu_figures": figures(detector, known, base),
    }


def main() -> None:
    """Measure each point and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mill", choices=[mill for mill in MILLS if mill != "neu"])
    parser.add_argument("--pictures", type=int, nargs="+", default=[0, 5, 20, 80])
    parser.add_argument("--steps", type=int, default=1000)
    arguments = parser.parse_args()
    found = [point(arguments.mill, n, arguments.steps) for n in arguments.pictures]
    (FOLDER / f"curve-{arguments.mill}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
