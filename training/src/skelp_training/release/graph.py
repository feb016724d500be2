"""Writes a network as an ONNX graph."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import onnx
import torch
from torch import nn

from skelp.inference.card import STEP


def write_graph(deployed: nn.Module, file: Path, outputs: Mapping[str, str]) -> None:
    """Write a network of frames uint8 [N, 1, H, W], in eval mode. `outputs`: what each output's rows and columns are, `map` or `tile`.

    The free dimensions are named n, h, w, and map_h or tile_h and so on, so that an engine can fix them by name.
    """
    n, h, w = (torch.export.Dim(name, min=2, max=limit) for name, limit in (("n", 64), ("h", 2048), ("w", 2048)))
    torch.onnx.export(
        deployed,
        (torch.zeros(2, 1, 128, 256, dtype=torch.uint8),),
        str(file),
        input_names=["frames"],
        output_names=list(outputs),
        dynamic_shapes={"frames": {0: n, 2: STEP * h, 3: STEP * w}},
        opset_version=18,
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    model = onnx.load(file)
    del model.graph.value_info[:]  # the exporter names sizes by formulas
    sizes = [(o, ("n", f"{outputs[o.name]}_h", f"{outputs[o.name]}_w")) for o in model.graph.output]
    for value, names in ((model.graph.input[0], ("n", "", "h", "w")), *sizes):
        for dim, name in zip(value.type.tensor_type.shape.dim, names, strict=True):
            if name:
                dim.dim_param = name
    onnx.save(model, file)
