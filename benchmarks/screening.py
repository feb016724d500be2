"""What a model's screen costs in recall: python -m benchmarks.screening training/configs/strip-s.toml MODEL --out FILE

Each held-out picture is judged twice, by the whole network and screened, by the same rule. Objects are those of the labels.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skelp.domain.maps import Maps
from skelp.inference.model_file import ModelFile
from skelp.inference.screened import ScreenedSegmenter
from skelp.inference.segmenter import Engine
from skelp.terminal import print_rows
from skelp_training.config import load_config
from skelp_training.data.leaks import check_leaks
from skelp_training.data.pools import Pool, pools_of
from skelp_training.evaluation.detector import Detector
from skelp_training.evaluation.screened import share
from skelp_training.evaluation.trials import measure
from skelp_training.release.screen import has_held_out

_MOST_ENGINES = 6


class ScreenedDetector(Detector):
    """A detector that looks with the model's screen first."""

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self._file, self._engines = ModelFile.open(file), OrderedDict[tuple[int, ...], ScreenedSegmenter]()

    def infer(self, pixels: NDArray[np.uint8]) -> Maps:
        """As Detector.infer."""
        shape = pixels.shape
        if shape not in self._engines:
            engine = Engine("auto", "fp32", None, Path.home() / ".cache" / "skelp")
            self._engines[shape] = ScreenedSegmenter(self._file, engine, batch=1, height=shape[0], width=shape[1])
            if len(self._engines) > _MOST_ENGINES:
                self._engines.popitem(last=False)
        found = self._engines[shape]
        self._engines.move_to_end(shape)
        return next(found.run(pixels[None, None]).each())


def compared(whole: Detector, screened: ScreenedDetector, pool: Pool) -> dict[str, Any]:
    """Objects that each touches, by class, and where the two class maps differ."""
    names = {c.id: c.name for c in whole.classes}
    objects, touched, touched_screened = Counter[str](), Counter[str](), Counter[str]()
    reports = [0, 0]
    cells = differ = 0
    for sample in pool.samples:
        maps = [d.run(sample.image, piece=sample.piece) for d in (whole, screened)]
        both = [measure(d, sample, m, group=sample.group) for d, m in zip((whole, screened), maps, strict=True)]
        for (kind, _, hit), (_, _, still) in zip(both[0].objects, both[1].objects, strict=True):
            objects[names[kind]] += 1
            touched[names[kind]] += bool(hit)
            touched_screened[names[kind]] += bool(still)
        reports = [n + len(result.regions) for n, result in zip(reports, both, strict=True)]
        cells += int(((maps[0].class_id > 0) | (maps[1].class_id > 0)).sum())
        differ += int((maps[0].class_id != maps[1].class_id).sum())
    lost = {kind: touched[kind] - touched_screened[kind] for kind in objects}
    return {
        "pictures": len(pool.samples),
        "objects": objects.total(),
        "touched": touched.total(),
        "touched_screened": touched_screened.total(),
        "recall_lost": share(sum(lost.values()), objects.total()),
        "lost_by_class": {kind: f"{lost[kind]} of {objects[kind]}" for kind in sorted(objects)},
        "reports": reports[0],
        "reports_screened": reports[1],
        "cells_differ": round(differ / max(1, cells), 4),
    }


def _table(found: dict[str, dict[str, Any]]) -> list[Sequence[str]]:
    heads = ["pictures", "objects", "touched", "touched_screened", "reports", "reports_screened", "cells_differ"]
    return [["set", *heads], *([name, *(str(f[h]) for h in heads)] for name, f in found.items())]


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    config = load_config(arguments.config)
    whole, screened = Detector(arguments.model), ScreenedDetector(arguments.model)
    names = [d.name for d in config.data if has_held_out(d, config)]
    pools = pools_of(config, "val", names, check_leaks(config))
    found = {pool.name: compared(whole, screened, pool) for pool in pools}
    print_rows(_table(found))
    if arguments.out:
        arguments.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
