"""What a model's screen costs in recall: python -m benchmarks.screening training/configs/strip-s.toml MODEL --out FILE

Each held-out picture is judged twice, by the whole network and screened, by the same rule; and so is simulated strip that taught nothing.
Objects are those of the labels. `--worst FILE` draws the defects of the whole network that the screen is least suspicious of.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import matplotlib.pyplot as plt
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from skelp.capture.synthetic import SyntheticConfig, SyntheticStrip
from skelp.capture.synthetic.planting import Density
from skelp.domain.maps import TILE_PX, Maps
from skelp.inference.engine import Engine
from skelp.inference.model_file import ModelFile
from skelp.inference.screened import ScreenedSegmenter
from skelp.inference.second_look import OWN, places
from skelp.terminal import print_rows
from skelp_training.config import DataSet, load_config
from skelp_training.data.leaks import check_leaks
from skelp_training.data.pictures import U8, Sample
from skelp_training.data.pools import Pool, pools_of
from skelp_training.evaluation.detector import Detector, padded
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


def simulated(seed: int = 977, strips: int = 12, width: int = 4096) -> Pool:
    """Frames of simulated strip with many defects, each of another strip."""
    data = DataSet(name="simulated", format="simulated")
    strip = SyntheticConfig(width=width, density=Density(inclusion=8, patch=4, scratch=4))
    frames = []
    for n in range(strips):
        drawn = SyntheticStrip(replace(strip, seed=seed + n))
        frames.append(Sample(f"simulated {seed + n}", drawn.pixels(0, 544), drawn.class_map(0, 544), group=str(n)))
    return Pool.of(data, frames)


def draw_worst(whole: Detector, screen: ort.InferenceSession, pools: Sequence[Pool], file: Path, count: int = 16) -> None:
    """A sheet of the defects, outlined, in whose places the screen's highest suspicion, of 255, is lowest."""
    found: list[tuple[int, str, U8]] = []
    for pool in pools:
        for sample in pool.samples:
            suspicion = places(screen.run(None, {"frames": padded(sample.image)[None, None]})[0][0])
            reported = whole.detect(whole.run(sample.image, piece=sample.piece)).of(whole.defect_ids)
            for n, _ in enumerate(reported.regions):
                cells = reported.labels == n + 1
                peak = int(suspicion[np.flatnonzero(cells.any(axis=0)) // (OWN * TILE_PX)].max())
                found.append((peak, pool.name, _around(sample.image, cells)))
        found = sorted(found, key=lambda f: f[0])[:count]
    figure, axes = plt.subplots(-(-count // 4), 4, figsize=(10, 2.7 * -(-count // 4)))
    for axis in axes.flat:
        axis.axis("off")
    for axis, (peak, name, picture) in zip(axes.flat, found, strict=False):
        axis.imshow(picture)
        axis.set_title(f"{peak}, {name}", fontsize=9)
    figure.tight_layout()
    figure.savefig(file, dpi=100)


def _around(image: U8, cells: NDArray[np.bool_]) -> U8:
    """The defect with some steel around, uint8 [256, 256, 3], with more contrast and its outline."""
    rows, columns = np.nonzero(cells)
    line, column = int(rows.mean()), int(columns.mean())
    low, high = np.percentile(image, [1, 99])
    grey = np.clip((image - low) * 255.0 / max(1.0, high - low), 0, 255).astype(np.uint8)
    shown = cv2.cvtColor(np.pad(grey, 128)[line : line + 256, column : column + 256], cv2.COLOR_GRAY2RGB)
    outlines, _ = cv2.findContours(
        np.pad(cells, 128)[line : line + 256, column : column + 256].astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    return np.asarray(cv2.drawContours(shown, outlines, -1, (220, 30, 30), 1), np.uint8)


def _table(found: dict[str, dict[str, Any]]) -> list[Sequence[str]]:
    heads = ["pictures", "objects", "touched", "touched_screened", "reports", "reports_screened", "cells_differ"]
    return [["set", *heads], *([name, *(str(f[h]) for h in heads)] for name, f in found.items())]


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--worst", type=Path)
    arguments = parser.parse_args()
    config = load_config(arguments.config)
    whole, screened = Detector(arguments.model), ScreenedDetector(arguments.model)
    names = [d.name for d in config.data if has_held_out(d, config)]
    pools = [*pools_of(config, "val", names, check_leaks(config)), simulated()]
    found = {pool.name: compared(whole, screened, pool) for pool in pools}
    print_rows(_table(found))
    if arguments.worst:
        draw_worst(whole, ort.InferenceSession(ModelFile.open(arguments.model).screen), pools, arguments.worst)
    if arguments.out:
        arguments.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
