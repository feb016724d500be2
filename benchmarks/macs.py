"""Counts the multiplications of an ONNX graph: those of convolutions and of products of matrices."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import onnx
from onnx import shape_inference

from skelp.domain.errors import SkelpError


def multiplications(file: Path, fixed: Mapping[str, int]) -> int:
    """Of one run. `fixed` gives a size to each free dimension of the input. Raises SkelpError if a size cannot be inferred."""
    model = onnx.load(file)
    for value in model.graph.input:
        for dim in value.type.tensor_type.shape.dim:
            dim.dim_value = fixed.get(dim.dim_param, dim.dim_value)
    for value in model.graph.output:
        value.type.tensor_type.ClearField("shape")
    del model.graph.value_info[:]
    graph = shape_inference.infer_shapes(model, data_prop=True).graph
    shapes = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in (*graph.value_info, *graph.input, *graph.output)}
    shapes |= {i.name: list(i.dims) for i in graph.initializer}
    return sum(_of(node, shapes) for node in graph.node if node.op_type in _COUNTED)


_COUNTED = ("Conv", "ConvTranspose", "MatMul", "Gemm")


def _of(node: onnx.NodeProto, shapes: Mapping[str, list[int]]) -> int:
    left, right, out = (shapes.get(name, []) for name in (node.input[0], node.input[1], node.output[0]))
    if not all(left) or not all(out) or not left or not out:
        raise SkelpError(f"the shape of node {node.name or node.op_type} cannot be inferred")
    if node.op_type in {"MatMul", "Gemm"}:
        return math.prod(out) * left[-1]
    places = left if node.op_type == "ConvTranspose" else out
    return places[0] * math.prod(places[2:]) * math.prod(right)
