"""YOLO11n-seg by Ultralytics' own predict, in tiles of 640 x 640 px: python -m benchmarks.others.yolo FOLDER build | onnx | openvino

It runs in an environment of its own (`python -m benchmarks.others --install`). Ultralytics is AGPL-3.0: it is used to measure, and no
other file of this project imports it. The weights are random, so nothing is found, and its non-maximum suppression and its masks take
the least possible time.
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

NAME = "yolo11n-seg"
FILES = {"onnx": f"{NAME}.onnx", "openvino": f"{NAME}_openvino_model"}
TILE = 640
_SETTINGS = {"YOLO_OFFLINE": "true", "YOLO_AUTOINSTALL": "false"}


def tiles_across(width: int) -> int:
    """How many tiles of 640 px cover the width."""
    return -(-width // TILE)


def build(folder: Path, width: int) -> None:
    """Export both files from the yaml that Ultralytics ships. A batch is one row of tiles."""
    from ultralytics import YOLO  # noqa: PLC0415 - after its settings are in the environment

    os.chdir(folder)
    for kind in FILES:
        YOLO(f"{NAME}.yaml").export(format=kind, imgsz=TILE, batch=tiles_across(width))


def predictor(file: Path) -> Callable[[U8], list[Any]]:
    """Return a function that finds the instances of 640 lines of strip, uint8 [640, width]: a mask's outline and class each."""
    from ultralytics import YOLO  # noqa: PLC0415

    network = YOLO(str(file), task="segment")

    def instances(rows: U8) -> list[Any]:
        columns = np.linspace(0, rows.shape[1] - TILE, tiles_across(rows.shape[1])).astype(int)
        tiles = [cv2.cvtColor(rows[:, c : c + TILE], cv2.COLOR_GRAY2BGR) for c in columns]
        found = network.predict(tiles, imgsz=TILE, batch=len(tiles), verbose=False)
        return [(outline, kind) for r in found if r.masks for outline, kind in zip(r.masks.xy, r.boxes.cls, strict=True)]

    return instances


def main() -> None:
    """Build the model files, or measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("what", choices=["build", *FILES])
    parser.add_argument("--seconds", type=float, default=5.0)
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    os.environ.update(_SETTINGS, YOLO_CONFIG_DIR=str(folder))
    frames = frames_of(folder)
    width = frames.shape[-1]
    if arguments.what == "build":
        build(folder, width)
        return
    rows = frames.size // width // TILE
    strip = frames.reshape(-1, width)[: rows * TILE].reshape(rows, TILE, width)
    report(rate(predictor(folder / FILES[arguments.what]), strip, arguments.seconds))


if __name__ == "__main__":
    main()
