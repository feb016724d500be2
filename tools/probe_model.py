"""Writes src/skelp/inference/probe.onnx: a network of one convolution, by which skelp tries whether a provider runs at all."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

PROBE = Path(__file__).parents[1] / "src" / "skelp" / "inference" / "probe.onnx"


def probe() -> bytes:
    """The file: input x and output y, float [1, 1, 8, 8]; y is the sum of x over 3 x 3 pixels."""
    weight = numpy_helper.from_array(np.ones((1, 1, 3, 3), np.float32), "weight")
    node = helper.make_node("Conv", ["x", "weight"], ["y"], pads=[1, 1, 1, 1])
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 1, 8, 8]) for name in ("x", "y")]
    graph = helper.make_graph([node], "probe", ends[:1], ends[1:], [weight])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return bytes(model.SerializeToString())


if __name__ == "__main__":
    PROBE.write_bytes(probe())
    sys.exit()
