"""PaDiM by anomalib's OpenVINO inferencer, in tiles of 256 x 256 px: python -m benchmarks.others.padim FOLDER build | openvino

It runs in an environment of its own (`python -m benchmarks.others --install`). PaDiM (Defard et al., 2020) is fitted in one epoch to tiles
of the frames. Its ResNet-18 has random weights, because those of ImageNet are not in the package; speed does not depend on them.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.others.measuring import U8, frames_of, rate, report

FILE = "padim/weights/openvino/model.xml"
TILE = 256


def tiles_of(frame: U8) -> U8:
    """Tiles uint8 [n, 256, 256, 3] of a frame uint8 [lines, width], both multiples of 256."""
    rows, columns = frame.shape[0] // TILE, frame.shape[1] // TILE
    tiles = frame.reshape(rows, TILE, columns, TILE).swapaxes(1, 2).reshape(-1, TILE, TILE, 1)
    return np.repeat(tiles, 3, axis=3)


def build(folder: Path) -> None:
    """Fit it to the tiles of one frame, and export it."""
    from anomalib.data import Folder  # noqa: PLC0415 - it takes seconds
    from anomalib.deploy import ExportType  # noqa: PLC0415
    from anomalib.engine import Engine  # noqa: PLC0415
    from anomalib.models import Padim  # noqa: PLC0415

    root = folder / "padim"
    (root / "tiles").mkdir(parents=True, exist_ok=True)
    for n, tile in enumerate(tiles_of(frames_of(folder)[0])):
        cv2.imwrite(str(root / "tiles" / f"{n:02d}.png"), tile)
    data = Folder(name="steel", root=root, normal_dir="tiles", train_batch_size=8, eval_batch_size=8, num_workers=0)
    network, engine = Padim(pre_trained=False), Engine(default_root_dir=str(root), accelerator="cpu", logger=False)
    engine.fit(model=network, datamodule=data)
    engine.export(model=network, export_type=ExportType.OPENVINO, export_root=root, input_size=(TILE, TILE))


def inferencer(file: Path) -> Callable[[U8], list[Any]]:
    """Return a function that finds the anomalous regions of a frame: box and area each. All tiles of a frame are one batch."""
    from anomalib.deploy import OpenVINOInferencer  # noqa: PLC0415

    network = OpenVINOInferencer(path=file, device="CPU")

    def regions(frame: U8) -> list[Any]:
        rows, columns = frame.shape[0] // TILE, frame.shape[1] // TILE
        masks = np.asarray(network.predict(tiles_of(frame)).pred_mask, np.uint8)
        together = masks.reshape(rows, columns, TILE, TILE).swapaxes(1, 2).reshape(frame.shape)
        return list(cv2.connectedComponentsWithStats(together, connectivity=8)[2][1:])

    return regions


def main() -> None:
    """Build the model file, or measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("what", choices=["build", "openvino"])
    parser.add_argument("--seconds", type=float, default=5.0)
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    os.chdir(folder)  # anomalib writes caches where it is started
    if arguments.what == "build":
        build(folder)
        return
    report(rate(inferencer(folder / FILE), frames_of(folder), arguments.seconds))


if __name__ == "__main__":
    main()
