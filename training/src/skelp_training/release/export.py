"""Exports a network: graph and card in one ONNX file, which is kept only if ONNX Runtime and PyTorch agree."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import torch
from torch import nn

from skelp.domain.errors import SkelpError
from skelp.inference.model_file import DISTANCE, MAPS
from skelp_training.config import TrainConfig
from skelp_training.data.pictures import U8
from skelp_training.data.pools import Pool
from skelp_training.fit.train import Trained
from skelp_training.networks.deployed import Deployed
from skelp_training.networks.known_steel import KnownSteel
from skelp_training.networks.stripnet import SIZES, StripNet
from skelp_training.release.graph import write_graph
from skelp_training.release.known_steel import learn_known_steel
from skelp_training.release.model_file import write_card

AGREE_SHARE = 0.999
"""Share of cells whose class must be the same in PyTorch and ONNX Runtime (the rest are ties within rounding)."""
MOST_APART = 2
"""Largest difference of a score (0 to 255) where the class is the same."""
_DISTANCE_APART = 0.01
"""Largest difference of a distance from known steel; the limit is 1."""
SHAPES = ((1, 64, 64), (2, 128, 256), (3, 192, 192), (1, 544, 1600))
"""Batch, height and width that are compared: small ones, a training crop, a block of the line."""


def export(trained: Trained, config: TrainConfig) -> None:
    """Write `config.out`.

    Raises SkelpError if ONNX Runtime disagrees with PyTorch on real pictures; an existing file then stays.
    """
    out, network, pools = config.out, trained.network, trained.pools
    out.parent.mkdir(parents=True, exist_ok=True)
    plain = copy.deepcopy(network).float().cpu().to(memory_format=torch.contiguous_format).eval()
    known, measured = _known_steel(plain, config, pools)
    deployed = Deployed(plain, config.mark_ids, known).eval()
    draft = out.with_suffix(".draft.onnx")
    try:
        write_graph(deployed, draft, dict.fromkeys(MAPS, "map") | ({DISTANCE: "tile"} if known else {}))
        evidence = agreement(deployed, draft, pools)
        card = {
            **config.card,
            "stride": network.stride,
            "trained_on": [{"name": p.name, "sha256": p.sha256, "samples": len(p.samples), "weight": p.weight} for p in pools],
            "trained_with": {"net": config.net, "steps": trained.steps, "batch": config.train.batch, "config": config.fingerprint},
            "chosen_on": sorted(trained.seen.chosen),
            "export": evidence,
            **({"mean_of": dict(trained.mean_of)} if trained.mean_of else {}),
            **({"known_steel": measured} if measured else {}),
        }
        write_card(draft, card, draft, taught_by=trained.seen.text)
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)


def _known_steel(network: nn.Module, config: TrainConfig, pools: Sequence[Pool]) -> tuple[KnownSteel | None, dict[str, Any]]:
    """The third output, if the config asks for it, and what the card says about it."""
    if config.known_steel is None or not isinstance(network, StripNet):
        return None, {}
    return learn_known_steel(network, pools, config.known_steel, config.train.seed)


def check_known_steel(config: TrainConfig) -> None:
    """Raise SkelpError, before hours of training, if the config asks for the third output and its network cannot have it."""
    if config.known_steel and config.net not in SIZES:
        raise SkelpError(f"net {config.net} cannot say which steel it knows; leave out [known_steel], or take one of {', '.join(SIZES)}")


def agreement(deployed: nn.Module, file: Path, pools: Sequence[Pool]) -> dict[str, Any]:
    """Compare the outputs of PyTorch and ONNX Runtime on pictures of every pool, in SHAPES. Returns the evidence for the card.

    Raises SkelpError if they disagree.
    """
    session = ort.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    outputs = [o.name for o in session.get_outputs()]
    worst_share, worst_apart, cells, worst_distance = 1.0, 0, 0, 0.0
    for name, frames in _frames(pools):
        with torch.no_grad():
            expected = [t.numpy() for t in deployed(torch.from_numpy(frames))]
        found = session.run(outputs, {"frames": frames})
        for a, b in zip(expected[2:], found[2:], strict=True):
            worst_distance = max(worst_distance, float(np.abs(a - b).max()) if np.isfinite(b).all() else np.inf)
        same = expected[0] == found[0]
        apart = np.abs(expected[1].astype(int) - np.asarray(found[1]).astype(int))[same]
        worst_share, worst_apart = min(worst_share, float(same.mean())), max(worst_apart, int(apart.max(initial=0)))
        cells += same.size
        if same.mean() < AGREE_SHARE or apart.max(initial=0) > MOST_APART:
            raise SkelpError(
                f"{file}: ONNX Runtime agrees with PyTorch on {same.mean():.4%} of the cells of {name} {frames.shape} and scores "
                f"differ by up to {apart.max(initial=0)}/255; expected at least {AGREE_SHARE:.1%} and at most {MOST_APART}/255"
            )
    if worst_distance > _DISTANCE_APART:
        raise SkelpError(
            f"{file}: the distances of ONNX Runtime and PyTorch differ by up to {worst_distance:.3g}, {_DISTANCE_APART} is allowed"
        )
    return {
        "compared_with": f"torch {torch.__version__}, onnxruntime {ort.__version__}",
        "shapes": [list(s) for s in SHAPES],
        "cells": cells,
        "same_class_at_least": round(worst_share, 6),
        "score_apart_at_most_of_255": worst_apart,
        **({"distance_apart_at_most": round(worst_distance, 6)} if len(outputs) > len(MAPS) else {}),
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
