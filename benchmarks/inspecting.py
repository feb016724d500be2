"""How fast the last stage works, from class map to defects, on one thread: python -m benchmarks.inspecting

The class maps are drawn, so the network costs no time. The shares say how much of the strip, in squares of 32 px, shows a mark. All
shares are measured in turn, several times, and the ratios to clean strip are of the same round.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skelp.domain.maps import TILE_PX, Maps
from skelp.domain.recipe import Recipe
from skelp.domain.strip import Block, CameraView, CoilEnd, CoilLine, Scale
from skelp.model import open_model
from skelp.pipeline.blocks import BLOCK_LINES, CONTEXT_LINES
from skelp.pipeline.inspector import Inspector, Segmented
from skelp.terminal import print_rows

SHARES = (0.0, 0.002, 0.02, 0.1, 1.0)
BLOCKS = 24
"""Different blocks that are shown again and again."""
_EDGE_PX = 40


def pixels(width: int, chosen: np.random.Generator) -> NDArray[np.uint8]:
    """Grey steel with a dark background beside it, uint8 [lines with context, width]."""
    steel = chosen.normal(90, 6, (BLOCK_LINES + 2 * CONTEXT_LINES, width)).clip(20, 250).astype(np.uint8)
    steel[:, :_EDGE_PX] = steel[:, -_EDGE_PX:] = 3
    return steel


def marks(width: int, share: float, chosen: np.random.Generator, classes: list[int], stride: int) -> Maps:
    """Pieces of one to eight squares along the strip, until they show in a share of the squares. A few are too faint to count."""
    rows, columns = (BLOCK_LINES + 2 * CONTEXT_LINES) // stride, width // stride
    class_id, score = np.zeros((rows, columns), np.uint8), np.zeros((rows, columns), np.uint8)
    cells = TILE_PX // stride
    marked = np.zeros((rows // cells, columns // cells), bool)
    while marked.mean() < share:
        row, column = (int(chosen.integers(0, n)) for n in marked.shape)
        squares, wide = chosen.integers(1, 9), chosen.integers(2, cells)
        marked[row : row + squares, column] = True
        at = np.s_[row * cells : (row + squares) * cells, column * cells : column * cells + wide]
        class_id[at], score[at] = chosen.choice(classes), chosen.integers(100, 255)
    return Maps(class_id, score, np.zeros((rows * stride // TILE_PX, width // TILE_PX), np.float32))


class Strip:
    """Blocks of one camera with a share of marks, for ever."""

    def __init__(self, width: int, share: float) -> None:
        chosen = np.random.default_rng(7)
        card = open_model(None).card
        classes, stride = card.domain_classes, card.stride
        view = CameraView("cam", width, Scale(0.25, 0.25))
        self._pictures = [pixels(width, chosen) for _ in range(BLOCKS)]
        self._maps = [marks(width, share, chosen, [c.id for c in classes][:3], stride) for _ in range(BLOCKS)]
        self._width, self._inspector = width, Inspector([view], lambda _: classes, Recipe(), stride)
        self._n = 0
        self.defects = 0

    def inspect(self, blocks: int) -> float:
        """Megapixels a second."""
        began = time.perf_counter()
        for _ in range(blocks):
            n, first = self._n % BLOCKS, CoilLine(self._n * BLOCK_LINES)
            block = Block("C1", "cam", first, BLOCK_LINES, CONTEXT_LINES, CONTEXT_LINES, CONTEXT_LINES, self._pictures[n], 0, self._width)
            self.defects += len(self._inspector.push(Segmented(block, self._maps[n])).defects)
            self._n += 1
        return blocks * BLOCK_LINES * self._width / 1e6 / (time.perf_counter() - began)

    def end(self) -> None:
        self._inspector.push(CoilEnd("C1", "cam"))


def measured(width: int, rounds: int, blocks: int) -> list[dict[str, Any]]:
    """Megapixels a second for each share: the median of the rounds, least and most."""
    strips = {share: Strip(width, share) for share in SHARES}
    taken: dict[float, list[float]] = {share: [] for share in SHARES}
    for n in range(rounds + 1):
        for share, strip in strips.items():
            speed = strip.inspect(max(1, blocks // 10) if share == 1.0 else blocks)
            if n:
                taken[share].append(speed)
    return [
        {"share": share, "mpix_per_s": round(median(of)), "least": round(min(of)), "most": round(max(of)), "defects": strips[share].defects}
        for share, of in taken.items()
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=4096)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--blocks", type=int, default=100, help="blocks of each share in a round")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    found = measured(arguments.width, arguments.rounds, arguments.blocks)
    rows = [[f"{f['share']:.1%}", *(f"{f[of]:,}" for of in ("mpix_per_s", "least", "most"))] for f in found]
    print_rows([["squares with a mark", "MPix/s", "least", "most"], *rows])
    if arguments.out:
        arguments.out.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
