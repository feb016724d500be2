"""A learning curve on a mill that a model never saw: python -m benchmarks.new_mill cold-strip --model FILE [--pictures 0 5 20 80]

It trains the model file on with so many labelled pictures of the mill, as `skelp adapt --fine-tune CONFIG --teach N` does, but without
clean steel of the line. The config is the run `without-MILL` of benchmarks/mills.py (`plan` writes it), with the classes of the model. It
measures recall at stated rates of false reports on held-out pictures of the mill, and what is left on NEU's photographs.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from pathlib import Path
from typing import Any

from benchmarks.mills import BASE, FOLDER, MILLS, figures, with_sound_marks
from skelp_training.config import TrainConfig, load_config
from skelp_training.evaluation.detector import Detector
from skelp_training.release.adapt import FineTuning, fine_tune, taught_pictures


def point(model: Path, mill: str, count: int, steps: int, seed: int) -> dict[str, Any]:
    """The figures after training on with `count` pictures of the mill; 0: of the model as it is."""
    base, detector = load_config(BASE), Detector(model)
    own = next(d for d in base.data if d.name == MILLS[mill][0])
    known = next(d for d in base.data if d.name == "neu-strip")
    out, started = FOLDER / f"{mill}-{count}-{steps}-{seed}" / "model.onnx", time.monotonic()
    if count:
        shutil.rmtree(out.parent, ignore_errors=True)
        config = with_classes_of(detector, load_config(FOLDER / f"without-{mill}.toml"))
        config = config.model_copy(update={"train": config.train.model_copy(update={"seed": seed})})
        changes = {"pictures": count, "groups_apart": True, "background": False, "marks": None}
        taught = with_sound_marks(own, base, detector).model_copy(update=changes)
        fine_tune(model, FineTuning(config, FOLDER, None, steps, taught), out)
        detector = Detector(out)
    return {
        "mill": mill,
        "pictures": taught_pictures(detector.card) if count else 0,
        "steps": steps if count else 0,
        "seed": seed,
        "minutes": round((time.monotonic() - started) / 60, 1) if count else None,
        "mill_figures": figures(detector, own, base),
        "neu_figures": figures(detector, known, base),
    }


def with_classes_of(detector: Detector, config: TrainConfig) -> TrainConfig:
    """The config with the classes of a model that may lack the marks: they are sound steel then, and none is painted."""
    classes = [c for c in config.card["classes"] if c["name"] in detector.class_ids]
    plain = {"paint_share": 0.0, "paint_class": ""} if "marking" not in detector.class_ids else {}
    return config.model_copy(
        update={
            "card": {**config.card, "classes": classes},
            "data": tuple(with_sound_marks(d, config, detector) for d in config.data),
            "train": config.train.model_copy(update=plain),
        }
    )


def main() -> None:
    """Measure each point and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mill", choices=[mill for mill in MILLS if mill != "neu"])
    parser.add_argument("--model", type=Path, required=True, help="a float model file that was not trained on the mill")
    parser.add_argument("--pictures", type=int, nargs="+", default=[0, 5, 20, 80])
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--seed", type=int, default=1, help="draws other crops; the pictures that teach stay the same")
    arguments = parser.parse_args()
    found = [point(arguments.model, arguments.mill, n, arguments.steps, arguments.seed) for n in arguments.pictures]
    (FOLDER / f"curve-{arguments.mill}-{arguments.seed}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
