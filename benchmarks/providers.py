"""Compares execution providers: python -m benchmarks.providers PICTURES [--model FILE] [--providers cpu openvino]

It counts the cells of real pictures whose answers differ, and says how fast each runs blocks as the line feeds them. The
first provider is what the others are compared with.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.in_turn import medians
from skelp.domain.strip import round_up
from skelp.inference.card import STEP
from skelp.inference.engine import Engine
from skelp.inference.model_file import ModelFile
from skelp.inference.segmenter import OnnxSegmenter
from skelp.model import open_model
from skelp.pictures.listing import list_pictures
from skelp.pictures.reader import read_grey

U8 = NDArray[np.uint8]
HEIGHT, WIDTH = 544, 4096
"""Size of a block: 512 lines with context, as on the line."""


def segmenter(model: ModelFile, provider: str, height: int, width: int, batch: int = 1) -> OnnxSegmenter:
    """The model on a provider with its usual precision and all cores."""
    return OnnxSegmenter(model, Engine(provider, "auto", None, Path("skelp-data/engines")), batch=batch, height=height, width=width)


def agreement(model: ModelFile, providers: Sequence[str], pictures: Sequence[U8]) -> dict[str, dict[str, Any]]:
    """For each provider but the first: cells, those whose class differs from the first one's, the largest difference of a score."""
    found: dict[str, dict[str, Any]] = {p: {"cells": 0, "class_differs": 0, "score_differs_at_most": 0} for p in providers[1:]}
    by_shape: dict[tuple[int, int], list[U8]] = {}
    for picture in pictures:
        h, w = picture.shape
        padded = np.pad(picture, ((0, round_up(h, STEP) - h), (0, round_up(w, STEP) - w)), mode="symmetric")
        by_shape.setdefault(padded.shape, []).append(padded)
    for (h, w), same in by_shape.items():
        first, *others = (segmenter(model, p, h, w) for p in providers)
        for picture in same:
            expected = first.run(picture[None, None])
            for name, other in zip(providers[1:], others, strict=True):
                answer, row = other.run(picture[None, None]), found[name]
                apart = np.abs(answer.score.astype(np.int16) - expected.score)
                row["cells"] += expected.class_id.size
                row["class_differs"] += int((answer.class_id != expected.class_id).sum())
                row["score_differs_at_most"] = max(row["score_differs_at_most"], int(apart.max()))
    return found


def speeds(model: ModelFile, providers: Sequence[str], batch: int, rounds: int) -> dict[str, dict[str, Any]]:
    """MPix/s of each provider from and to main memory, median over rounds in which all run in turn, and the nodes that the CPU runs."""
    frames = np.random.default_rng(1).integers(0, 255, (batch, 1, HEIGHT, WIDTH), dtype=np.uint8)
    engines = {p: segmenter(model, p, HEIGHT, WIDTH, batch) for p in providers}
    seconds = medians([partial(engine.run, frames) for engine in engines.values()], rounds)
    return {
        name: {
            "mpix_per_s": round(frames.size / 1e6 / taken, 1),
            "precision": engine.info.precision,
            "nodes": engine.info.nodes,
            "nodes_on_cpu": engine.info.nodes_on_cpu,
        }
        for (name, engine), taken in zip(engines.items(), seconds, strict=True)
    }


def main() -> None:
    """Compare and time, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--providers", nargs="+", default=["cpu", "openvino"])
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    model = open_model(arguments.model)
    pictures = [read_grey(file) for file in list_pictures([arguments.pictures]).files]
    apart = agreement(model, arguments.providers, pictures)
    fast = speeds(model, arguments.providers, arguments.batch, arguments.rounds)
    print(
        json.dumps({"model": f"{model.card.name} {model.card.version}", "pictures": len(pictures), "apart": apart, "speed": fast}, indent=1)
    )


if __name__ == "__main__":
    main()
