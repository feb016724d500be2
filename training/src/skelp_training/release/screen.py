"""Makes the screen of a model: a small network that learns from the model where it reports defects (ADR 23)."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import torch

from skelp.domain.errors import SkelpError
from skelp.inference.model_file import SUSPICION, ModelFile
from skelp_training.config import DataSet, TrainConfig
from skelp_training.data.leaks import check_leaks
from skelp_training.data.pictures import U8
from skelp_training.data.pools import Pool, held_out_that_taught, items_of, pools_of
from skelp_training.evaluation.detector import Detector, padded
from skelp_training.evaluation.screened import KEPT, judged, share
from skelp_training.fit.screen import taught
from skelp_training.networks.screen import DeployedScreen, ScreenNet
from skelp_training.release.graph import write_graph
from skelp_training.release.model_file import write_card


def make_screen(config: TrainConfig, source: Path, out: Path, steps: int, version: str = "", *, keep: bool = False) -> dict[str, Any]:
    """Write `source` with a screen to `out`. Returns what its card says of the screen. `version`: of the card; "": that of `source`.

    `keep`: the screen is that of `source`, with a limit and figures for the limits that the model's classes have now; nothing is taught.

    Raises SkelpError, and writes nothing, if the held-out pictures show too few defects to choose a limit, if the screen keeps less
    than 99.5% of them, and not by chance, or if there is no screen to keep.
    """
    detector = Detector(source)
    leaked = check_leaks(config)
    data = ModelFile.open(source).screen if keep else _taught(config, detector, pools_of(config, without=leaked), steps)
    if data is None:
        raise SkelpError(f"{source} has no screen to keep; leave out --keep, and one is taught")
    session = ort.InferenceSession(data, providers=["CPUExecutionProvider"])

    def suspect(image: U8) -> U8:
        return np.asarray(session.run([SUSPICION], {"frames": padded(image)[None, None]})[0][0], np.uint8)

    without = leaked | held_out_that_taught(config, detector.seen.taught)
    held_out = pools_of(config, "val", [d.name for d in config.data if has_held_out(d, config)], without)
    limit, figures = judged(held_out, detector, suspect)
    found, kept = (sum(counts) for counts in zip(*((f.found.total(), f.kept.total()) for f in figures.values()), strict=True))
    if (all_sets := share(kept, found)) and all_sets[2] < KEPT:
        raise SkelpError(
            f"the screen keeps {kept} of {found} defects on pictures that chose nothing, less than {KEPT:.1%}; use more --steps"
        )
    quality = {name: f.record for name, f in figures.items()}
    made_for = [{"threshold": c.threshold, "growing": c.growing, "min_area_mm2": c.min_area_mm2} for c in detector.classes]
    recipe = {"bridge_mm": detector.recipe.bridge_mm, "edge_margin_mm": detector.recipe.edge_margin_mm}
    screen = {"limit": limit, "made_for": made_for, **recipe, "quality": quality}
    card = detector.card.model_dump(mode="json") | {"version": version or detector.card.version, "screen": screen}
    write_card(source, card, out, base64.b64encode(data).decode())
    return {"limit": limit, **quality}


def _taught(config: TrainConfig, detector: Detector, pools: Sequence[Pool], steps: int) -> bytes:
    """A new screen, as an ONNX file. Raises SkelpError if ONNX Runtime and PyTorch differ."""
    network = taught(config, detector, pools, steps)
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder) / "screen.onnx"
        write_graph(DeployedScreen(network).eval(), graph, {SUSPICION: "tile"})
        data = graph.read_bytes()
    session = ort.InferenceSession(data, providers=["CPUExecutionProvider"])
    check_agreement(network, session, [pool.samples[0].image for pool in pools])
    return data


def check_agreement(network: ScreenNet, session: ort.InferenceSession, pictures: Sequence[U8]) -> None:
    """Raise SkelpError if ONNX Runtime and PyTorch differ by more than 1 of 255 on a tile of a picture, uint8 [h, w] each."""
    deployed = DeployedScreen(network).eval()
    for picture in pictures:
        frames = padded(picture)[None, None]
        with torch.no_grad():
            expected = deployed(torch.from_numpy(frames)).numpy().astype(int)
        apart = int(np.abs(expected - session.run([SUSPICION], {"frames": frames})[0].astype(int)).max())
        if apart > 1:
            raise SkelpError(f"the screen's suspicions of ONNX Runtime and PyTorch differ by up to {apart} of 255, 1 is allowed")


def has_held_out(data: DataSet, config: TrainConfig) -> bool:
    """Whether a set has held-out pictures of steel that the model knows."""
    if data.format == "simulated" or data.steel == "unknown":
        return False
    return any(i.split == "val" for i in items_of(data, config.class_ids))
