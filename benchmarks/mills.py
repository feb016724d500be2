"""What a model knows of a mill that it never saw: python -m benchmarks.mills plan | train NAME... | measure [--out FILE]

`plan` derives training configs from one base into runs/mills: one without each mill in turn, three folds over the official strips of the
line-scan mill, another seed, and one of data whose terms allow any use. `train` trains some of them. `measure` measures those that are
trained to their last step, and the base, on pictures that they were not trained on, and writes JSON. benchmarks/mills_plot.py draws it.
"""

from __future__ import annotations

import argparse
import csv
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
import torch

from skelp.terminal import err
from skelp_training.config import DataSet, TrainConfig, load_config
from skelp_training.data.leaks import check_leaks
from skelp_training.evaluation.detector import Detector
from skelp_training.evaluation.evaluate import HeldOut, evaluate
from skelp_training.fit.workers import this_worker
from skelp_training.release.build import build, export_checkpoint
from tools.line_mill_labels import OFFICIAL

BASE = Path("training/configs/strip-s.toml")
FOLDER = Path("runs/mills")
TRUTH = Path("../shared/data/severstal")
"""The line-scan mill's own labels. Those that are trained on say more (tools/line_mill_labels.py); figures come from these."""
MARKS = Path("data/severstal-marks.csv")
MILLS = {"neu": ("neu-strip",), "line-scan": ("severstal", "line-scan-strips"), "cold-strip": ("cold-strip",)}
"""The data sets of each mill. Its figures come from the first one."""
PIECES = ("neu-strip", "cold-strip")
"""Sets whose pictures were cut from within the strip."""
OPEN = ("simulated", "simulated-clean", "xsdd")
"""Sets whose terms allow any use."""
FOLDS = 3
_STEPS = {"without": 12_000, "fold": 8_000, "open": 10_000}


@dataclass(frozen=True)
class Run:
    """A derived config: its name, what it leaves out or changes, and the sets that it is measured on."""

    name: str
    measured_on: tuple[str, ...]

    @property
    def config(self) -> Path:
        return FOLDER / f"{self.name}.toml"


RUNS = (
    *(Run(f"without-{mill}", (sets[0],)) for mill, sets in MILLS.items()),
    *(Run(f"fold-{n}", ("severstal",)) for n in range(FOLDS)),
    Run("seed-1", tuple(sets[0] for sets in MILLS.values())),
    Run("open", tuple(sets[0] for sets in MILLS.values())),
)


def plan() -> None:
    """Write the derived configs. Their folder is as deep as that of the base, so that its relative paths stay true."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for run in RUNS:
        body = tomllib.loads(BASE.read_text(encoding="utf-8"))
        kind, _, which = run.name.partition("-")
        body["out"], body["run"] = f"{run.name}/model.onnx", run.name
        body["train"] |= {"steps": _STEPS.get(kind, body["train"]["steps"]), "validate_every": 4_000}
        if kind == "seed":
            body["train"]["seed"] = int(which)
        else:
            body.pop("known_steel", None)
        if kind == "without":
            _keep(body, lambda name, out=MILLS[which]: name not in out)
            if which == "line-scan":
                _without_classes(body, ("marking", "oxide"))
        elif kind == "open":
            _keep(body, lambda name: name in OPEN)
            _without_classes(body, ("marking", "stain", "oxide"))
            next(d for d in body["data"] if d["name"] == "xsdd")["classes"]["slag_inclusion"] = "inclusion"
        elif kind == "fold":
            strips = next(d for d in body["data"] if d["name"] == "severstal")
            strips["path"] = str(_fold(BASE.parent / strips["path"], int(which)).relative_to(FOLDER))
        run.config.write_text(tomlkit.dumps(body), encoding="utf-8")


def _keep(body: dict[str, Any], wanted: Any) -> None:
    body["data"] = [d for d in body["data"] if wanted(d["name"])]
    body["validate_on"] = [n for n in body["validate_on"] if wanted(n)]


def _without_classes(body: dict[str, Any], names: tuple[str, ...]) -> None:
    """Classes of which the remaining sets show nothing; training refuses them."""
    body["card"]["classes"] = [c for c in body["card"]["classes"] if c["name"] not in names]
    body["train"] |= {"paint_share": 0.0, "paint_class": ""}


def _fold(strips: Path, which: int) -> Path:
    """The official strips to train on, of which every third one of each kind is held out. The pictures stay where they are.

    The strips that the base holds out are in no fold, so that what is chosen by folds can be measured on them. Beside the folder that is
    trained on stands one with the mill's own labels of the same strips, to measure on.
    """
    with (TRUTH / "index.csv").open(newline="") as f:
        rows = sorted((r for r in csv.DictReader(f) if r["split"] == "train"), key=lambda r: (r["class"], r["name"]))
    split = {r["name"]: "val" if n % FOLDS == which else "train" for n, r in enumerate(rows)}
    for folder, source in ((FOLDER / f"strips-{which}", strips), (_truth(which), TRUTH)):
        folder.mkdir(exist_ok=True)
        for name in ("images", "masks", "classes.json"):
            link = folder / name
            link.unlink(missing_ok=True)
            link.symlink_to((source / name).resolve())
        with (folder / "index.csv").open("w", newline="") as f:
            writer = csv.writer(f)
            writer.writerow(["name", "class", "group", "split", "defect_fraction"])
            writer.writerows([r["name"], r["class"], r["group"], split[r["name"]], r["defect_fraction"]] for r in rows)
    return FOLDER / f"strips-{which}"


def _truth(which: int) -> Path:
    return FOLDER / f"strips-{which}-truth"


def train(names: list[str]) -> None:
    """Train the runs of these names and write their model files."""
    for run in RUNS:
        if run.name in names:
            with this_worker() as worker:
                build(load_config(run.config), worker)


def measure() -> Iterator[dict[str, Any]]:
    """The figures of each run that is trained, and of the base, on each of its sets."""
    base = load_config(BASE)
    for run in (Run("all", tuple(sets[0] for sets in MILLS.values())), *RUNS):
        config = base if run.name == "all" else load_config(run.config)
        if steps_of(config) < config.train.steps:
            err.print(f"{run.name}: {steps_of(config)} of {config.train.steps} steps; not measured")
            continue
        detector = Detector(exported(config, FOLDER / f"{run.name}.onnx"))
        for name in run.measured_on:
            own, data = base, next(d for d in base.data if d.name == name)
            if run.name.startswith("fold"):
                own = config
                data = DataSet(name=name, format="own", path=_truth(int(run.name[-1])), marks=MARKS, classes=OFFICIAL)
            yield {"run": run.name, "steps": config.train.steps, "set": name, **figures(detector, data, own)}


def steps_of(config: TrainConfig) -> int:
    """How far a run's last checkpoint is; 0 without one."""
    file = config.run / "last.pt"
    return int(torch.load(file, map_location="cpu", weights_only=True)["step"]) if file.is_file() else 0


def exported(config: TrainConfig, out: Path) -> Path:
    """The run's model without the output for unfamiliar steel, so that all are measured alike. Made again after more training."""
    if not out.is_file() or out.stat().st_mtime < (config.run / "last.pt").stat().st_mtime:
        export_checkpoint(config.model_copy(update={"out": out, "known_steel": None}))
    return out


def figures(detector: Detector, data: DataSet, config: TrainConfig) -> dict[str, Any]:
    """The figures on the held-out pictures of a set of the config, without those that show steel of training pictures.

    Marks of a class that the model does not have are sound steel, which they are.
    """
    check_leaks(config)  # writes leaks.json, if training has not
    held_out = HeldOut(with_sound_marks(data, config, detector), leaks=config.run / "leaks.json", pieces=data.name in PIECES)
    found, _ = evaluate(detector, held_out.items(detector.class_ids), curve=True)
    return found


def with_sound_marks(data: DataSet, config: TrainConfig, detector: Detector) -> DataSet:
    """The set, with marks of a class that the detector does not have as sound steel."""
    unknown = {c["name"]: "sound" for c in config.card["classes"] if c.get("pseudo") and c["name"] not in detector.class_ids}
    own = data.location / "classes.json" if data.location and data.format == "own" else None
    named = "".join(f.read_text(encoding="utf-8") for f in (data.marks_file, own) if f and f.is_file())
    renames = {name: unknown.get(target, target) for name, target in data.classes.items()}
    renames |= {name: sound for name, sound in unknown.items() if name in named and name not in renames}
    return data.model_copy(update={"classes": renames})


def main() -> None:
    """Plan, train or measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["plan", "train", "measure"])
    parser.add_argument("names", nargs="*", help="runs to train")
    parser.add_argument("--out", type=Path, default=FOLDER / "figures.json")
    arguments = parser.parse_args()
    if arguments.what != "train" and arguments.names:
        parser.error("only train takes names")
    known = [r.name for r in RUNS]
    if arguments.what == "train" and not (arguments.names and set(arguments.names) <= set(known)):
        parser.error(f"name runs to train, of {', '.join(known)}")
    if arguments.what == "plan":
        plan()
    elif arguments.what == "train":
        train(arguments.names)
    else:
        found = list(measure())
        arguments.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
