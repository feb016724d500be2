"""Write the model file: graph and card in one ONNX file, kept only if ONNX Runtime says what PyTorch says.

python -m training.export RUN_CONFIG.toml writes it again from a run's last checkpoint.
"""

from __future__ import annotations

import argparse
import copy
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import torch
from torch import nn

from skelp.domain.errors import SkelpError
from skelp.inference.card import CARD_KEY, STEP, ModelCard
from skelp_training.commands import run
from skelp_training.config import TrainConfig, load_config
from skelp_training.data.pictures import U8
from skelp_training.data.pools import Pool, pools_of
from skelp_training.fit.checkpoint import start_from
from skelp_training.fit.workers import share_batch_norm
from skelp_training.networks.stripnet import Deployed, make_net

AGREE_SHARE = 0.999
"""Share of cells whose class must be the same in PyTorch and ONNX Runtime (the rest are ties within rounding)."""
MOST_APART = 2
"""Largest difference of a score, of 255, where the class is the same."""
SHAPES = ((1, 64, 64), (2, 128, 256), (3, 192, 192), (1, 544, 1600))
"""Batch, height and width that are compared: what a crop, a square and a line's block look like."""


def export(net: nn.Module, config: TrainConfig, pools: Sequence[Pool]) -> None:
    """Write `config.out`. Raises SkelpError if ONNX Runtime disagrees with PyTorch on real pictures; the file before is then kept."""
    out = config.out
    out.parent.mkdir(parents=True, exist_ok=True)
    deployed = Deployed(copy.deepcopy(net).float().cpu().to(memory_format=torch.contiguous_format)).eval()
    draft = out.with_suffix(".draft.onnx")
    try:
        _write_graph(deployed, draft)
        evidence = agreement(deployed, draft, pools)
        card = {
            **config.card,
            "stride": net.stride,
            "trained_on": [{"name": p.name, "sha256": p.sha256, "samples": len(p.samples), "weight": p.weight} for p in pools],
            "trained_with": {"net": config.net, "steps": config.train.steps, "batch": config.train.batch, "config": config.fingerprint},
            "export": evidence,
        }
        write_card(draft, card, draft)
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)


def write_card(source: Path, card: dict[str, Any], out: Path) -> None:
    """Write the model with another card. Raises if the card does not hold (pydantic) or the graph is broken (onnx)."""
    model = onnx.load(source)
    full = ModelCard.model_validate(card)
    onnx.helper.set_model_props(model, {CARD_KEY: json.dumps(full.model_dump(mode="json"), sort_keys=True)})
    onnx.checker.check_model(model)
    draft = out.with_suffix(".card.onnx")
    onnx.save(model, draft)
    draft.replace(out)


def agreement(deployed: nn.Module, file: Path, pools: Sequence[Pool]) -> dict[str, Any]:
    """Compare PyTorch and ONNX Runtime, both outputs, on pictures of every pool in SHAPES. The evidence, or SkelpError."""
    session = ort.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    worst_share, worst_apart, cells = 1.0, 0, 0
    for name, frames in _frames(pools):
        with torch.no_grad():
            ours = [t.numpy() for t in deployed(torch.from_numpy(frames))]
        theirs = session.run(["class_id", "score"], {"frames": frames})
        same = ours[0] == theirs[0]
        apart = np.abs(ours[1].astype(int) - np.asarray(theirs[1]).astype(int))[same]
        worst_share, worst_apart = min(worst_share, float(same.mean())), max(worst_apart, int(apart.max(initial=0)))
        cells += same.size
        if same.mean() < AGREE_SHARE or apart.max(initial=0) > MOST_APART:
            raise SkelpError(
                f"{file}: ONNX Runtime agrees with PyTorch on {same.mean():.4%} of the cells of {name} {frames.shape} and scores "
                f"differ by up to {apart.max(initial=0)}/255; expected at least {AGREE_SHARE:.1%} and at most {MOST_APART}/255"
            )
    return {
        "compared_with": f"torch {torch.__version__}, onnxruntime {ort.__version__}",
        "shapes": [list(s) for s in SHAPES],
        "cells": cells,
        "same_class_at_least": round(worst_share, 6),
        "score_apart_at_most_of_255": worst_apart,
    }


def _frames(pools: Sequence[Pool]) -> Iterator[tuple[str, U8]]:
    """Frames uint8 [n, 1, h, w] cut from real pictures, repeated like tiles where a picture is smaller."""
    for pool in pools:
        for number, (n, h, w) in enumerate(SHAPES):
            cut = []
            for k in range(n):
                image = pool.samples[(number + k) * len(pool.samples) // (len(SHAPES) + n)].image
                repeats = -(-h // image.shape[0]), -(-w // image.shape[1])
                cut.append(np.tile(image, repeats)[:h, :w])
            yield pool.name, np.stack(cut)[:, None]


def _write_graph(deployed: nn.Module, file: Path) -> None:
    n, h, w = (torch.export.Dim(name, min=2, max=limit) for name, limit in (("n", 64), ("h", 2048), ("w", 2048)))
    torch.onnx.export(
        deployed,
        (torch.zeros(2, 1, 128, 256, dtype=torch.uint8),),
        str(file),
        input_names=["frames"],
        output_names=["class_id", "score"],
        dynamic_shapes={"frames": {0: n, 2: STEP * h, 3: STEP * w}},
        opset_version=18,
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    model = onnx.load(file)
    # free dimensions called n, h, w instead of the exporter's formulas, so that an engine can fix them by name
    del model.graph.value_info[:]
    for value, names in ((model.graph.input[0], ("n", "", "h", "w")), *((o, ("n", "map_h", "map_w")) for o in model.graph.output)):
        for dim, name in zip(value.type.tensor_type.shape.dim, names, strict=True):
            if name:
                dim.dim_param = name
    onnx.save(model, file)


def main(arguments: Sequence[str]) -> None:
    """Export a run's last checkpoint."""
    ask = argparse.ArgumentParser(prog="training.export", description=__doc__)
    ask.add_argument("config", type=Path)
    config = load_config(ask.parse_args(arguments).config)
    net = share_batch_norm(make_net(config.net, config.classes))
    start_from(net, config.run / "last.pt")
    export(net, config, pools_of(config))
    print(config.out)


if __name__ == "__main__":
    run(main)
