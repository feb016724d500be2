"""Write the model file: graph and card in one ONNX file, checked against PyTorch before it is kept."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import torch

from skelp.domain.errors import SkelpError
from skelp.inference.card import CARD_KEY, STEP, ModelCard
from training.data import Pool
from training.model import Deployed, StripNet

AGREE_SHARE = 0.999
"""Share of cells whose class must be the same in PyTorch and ONNX Runtime (the rest are ties within rounding)."""


def export(net: StripNet, card: dict[str, Any], pools: Sequence[Pool], out: Path) -> None:
    """Write `out`, an ONNX file with its card. Raises SkelpError if ONNX Runtime disagrees with PyTorch on real crops."""
    deployed = Deployed(copy.deepcopy(net).float()).eval()
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_suffix(".draft.onnx")
    n, h, w = (torch.export.Dim(name, min=2, max=limit) for name, limit in (("n", 64), ("h", 2048), ("w", 2048)))
    torch.onnx.export(
        deployed,
        (torch.zeros(2, 1, 128, 256, dtype=torch.uint8),),
        str(draft),
        input_names=["frames"],
        output_names=["class_id", "score"],
        dynamic_shapes={"frames": {0: n, 2: STEP * h, 3: STEP * w}},
        opset_version=18,
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    model = _with_plain_names(onnx.load(draft))
    trained_on = [{"name": p.name, "sha256": p.sha256, "samples": len(p.samples)} for p in pools]
    full = ModelCard.model_validate({**card, "stride": net.stride, "trained_on": trained_on})
    onnx.helper.set_model_props(model, {CARD_KEY: json.dumps(full.model_dump(mode="json"), sort_keys=True)})
    onnx.checker.check_model(model)
    onnx.save(model, draft)
    _agree(deployed, draft, pools)
    draft.replace(out)


def _with_plain_names(model: onnx.ModelProto) -> onnx.ModelProto:
    """Free dimensions called n, h, w instead of the exporter's formulas, so that an engine can fix them by name."""
    del model.graph.value_info[:]
    for value, names in ((model.graph.input[0], ("n", "", "h", "w")), *((o, ("n", "map_h", "map_w")) for o in model.graph.output)):
        for dim, name in zip(value.type.tensor_type.shape.dim, names, strict=True):
            if name:
                dim.dim_param = name
    return model


def _agree(deployed: Deployed, file: Path, pools: Sequence[Pool]) -> None:
    session = ort.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    for pool in pools:
        image = pool.samples[0].image
        h, w = (side // STEP * STEP for side in image.shape)
        for batch in (1, 2):
            frames = np.repeat(image[None, None, :h, :w], batch, axis=0)
            with torch.no_grad():
                ours = [t.numpy() for t in deployed(torch.from_numpy(frames))]
            theirs = session.run(None, {"frames": frames})
            same = float((ours[0] == theirs[0]).mean())
            apart = int(np.abs(ours[1].astype(int) - np.asarray(theirs[1]).astype(int)).max())
            if same < AGREE_SHARE or apart > 2:
                raise SkelpError(
                    f"{file}: ONNX Runtime agrees with PyTorch on {same:.4%} of the cells of {pool.name} and scores differ "
                    f"by up to {apart}/255; expected at least {AGREE_SHARE:.1%} and at most 2/255"
                )
