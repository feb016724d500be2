"""The usual pipeline of a script, a U-Net in tiles of 512 x 512 px: python -m benchmarks.others.unet FOLDER build | cpu | openvino

From a frame to a list of regions: cut tiles, normalise to float, run, softmax, take the likeliest class, put the map together again, find
its connected components. Speed does not depend on trained weights, so they are random, and the network is made to answer `sound`
everywhere: finding regions then takes the least possible time.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.others.measuring import U8, frames_of, rate, report
from skelp.inference.providers import Precision, Provider, resolve
from skelp.inference.sessions import session_for

FILE = "unet-resnet18.onnx"
TILE, CLASSES = 512, 4
_SURE = 100.0
"""What is added to the logit of sound steel."""


class Region(NamedTuple):
    """One connected component: class, box and area in cells of the map."""

    class_id: int
    column: int
    line: int
    columns: int
    lines: int
    cells: int


def build(folder: Path) -> None:
    """Export the network, with random weights. Tiles float32 [n, 1, 512, 512] become logits [n, classes, 256, 256]."""
    import torch  # noqa: PLC0415 - a script that runs a model file does not load torch

    from skelp_training.networks.baselines import UNet  # noqa: PLC0415

    network = UNet(CLASSES).eval()
    with torch.no_grad():
        network.head.bias[:1] += _SURE  # type: ignore[index] # it has a bias
    torch.onnx.export(
        network,
        (torch.zeros(2, 1, TILE, TILE),),
        str(folder / FILE),
        input_names=["tiles"],
        output_names=["logits"],
        dynamic_shapes={"frames": {0: torch.export.Dim("n", min=2, max=64)}},
        opset_version=18,
        dynamo=True,
        external_data=False,
        verbose=False,
    )


class Script:
    """Runs the exported network on whole frames, all tiles of a frame in one batch."""

    def __init__(self, folder: Path, provider: Provider, tiles: int) -> None:
        precision = resolve(provider, Precision.AUTO)
        threads = os.cpu_count() or 1
        self._session = session_for((folder / FILE).read_bytes(), provider, precision, threads, {"n": tiles}, folder).session

    def regions(self, frame: U8) -> list[Region]:
        """All regions of a frame uint8 [lines, width], both multiples of 512."""
        rows, columns = frame.shape[0] // TILE, frame.shape[1] // TILE
        tiles = frame.reshape(rows, TILE, columns, TILE).swapaxes(1, 2).reshape(-1, 1, TILE, TILE)
        logits = self._session.run(["logits"], {"tiles": (tiles.astype(np.float32) - 128.0) / 64.0})[0]
        classes = _likeliest(logits)
        side = classes.shape[-1]
        together = classes.reshape(rows, columns, side, side).swapaxes(1, 2).reshape(rows * side, columns * side)
        return [region for class_id in range(1, CLASSES) for region in _components(together, class_id)]


def _likeliest(logits: NDArray[np.float32]) -> U8:
    """The class with the highest probability where that is above one half, else 0, uint8 [n, h, w]; logits [n, classes, h, w]."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    odds /= odds.sum(axis=1, keepdims=True)
    return np.where(odds.max(axis=1) > 0.5, odds.argmax(axis=1), 0).astype(np.uint8)


def _components(classes: U8, class_id: int) -> list[Region]:
    count, _, stats, _ = cv2.connectedComponentsWithStats((classes == class_id).astype(np.uint8), connectivity=8)
    return [Region(class_id, *map(int, stats[n])) for n in range(1, count)]


def main() -> None:
    """Build the model file, or measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("what", choices=["build", "cpu", "openvino"])
    parser.add_argument("--seconds", type=float, default=5.0)
    arguments = parser.parse_args()
    if arguments.what == "build":
        build(arguments.folder)
        return
    frames = frames_of(arguments.folder)
    script = Script(arguments.folder, Provider(arguments.what), frames[0].size // TILE**2)
    report(rate(script.regions, frames, arguments.seconds))


if __name__ == "__main__":
    main()
