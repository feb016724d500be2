"""What this machine can do at most: a plain copy of the frames, and products of matrices. python -m benchmarks.others.limits FOLDER

A product of matrices of 2048 x 2048 keeps the arithmetic units as busy as a program can. Networks come close to it at best.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from benchmarks.others.measuring import U8, frames_of, report
from skelp.inference.cpu import has_bf16
from skelp.inference.providers import Precision, Provider, offer_of
from skelp.inference.sessions import session_for

_SIDE = 2048
_TYPES = {"MatMul": (TensorProto.FLOAT, TensorProto.FLOAT), "MatMulInteger": (TensorProto.UINT8, TensorProto.INT32)}


def copies(frames: U8, seconds: float) -> float:
    """MPix/s of a plain copy by one thread."""
    into = np.empty_like(frames)
    return frames.size / 1e6 / _shortest(lambda: np.copyto(into, frames), seconds)


def products(operator: str, provider: Provider, precision: Precision, seconds: float) -> float:
    """10^9 multiplications and additions a second: `MatMul` of floats, `MatMulInteger` of int8."""
    random = np.random.default_rng(1)
    integers = operator == "MatMulInteger"
    left = random.integers(0, 255, (_SIDE, _SIDE)).astype(np.uint8 if integers else np.float32)
    right = random.integers(-100, 100, (_SIDE, _SIDE)).astype(np.int8 if integers else np.float32)
    data = _graph(operator, right)
    session = session_for(data, provider, precision, os.cpu_count() or 1, {}, Path()).session
    return _SIDE**3 / 1e9 / _shortest(lambda: session.run(None, {"left": left}), seconds)


def _graph(operator: str, right: NDArray[Any]) -> bytes:
    given, answer = _TYPES[operator]
    inputs = [helper.make_tensor_value_info("left", given, right.shape)]
    outputs = [helper.make_tensor_value_info("product", answer, right.shape)]
    node = helper.make_node(operator, ["left", "right"], ["product"])
    graph = helper.make_graph([node], "product", inputs, outputs, [numpy_helper.from_array(right, "right")])
    model: onnx.ModelProto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    return bytes(model.SerializeToString())


def _shortest(call: Callable[[], object], seconds: float) -> float:
    call()
    begin, shortest = time.perf_counter(), float("inf")
    while time.perf_counter() - begin < seconds:
        started = time.perf_counter()
        call()
        shortest = min(shortest, time.perf_counter() - started)
    return shortest


def measured(frames: U8, seconds: float) -> dict[str, float]:
    """All limits by name. Of several providers the fastest counts. bf16 is there if the CPU has it."""
    usable = [p for p in (Provider.CPU, Provider.OPENVINO) if offer_of(p).usable]
    each = seconds / (2 * len(usable) + 1)
    found = {
        "copy_mpix_per_s": copies(frames, each),
        "fp32_gmac_per_s": max(products("MatMul", p, Precision.FP32, each) for p in usable),
        "int8_gmac_per_s": max(products("MatMulInteger", p, Precision.FP32, each) for p in usable),
    }
    if has_bf16() and Provider.OPENVINO in usable:
        found["bf16_gmac_per_s"] = products("MatMul", Provider.OPENVINO, Precision.BF16, each)
    return {name: round(value, 1) for name, value in found.items()}


def main() -> None:
    """Measure for about so long in all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=5.0)
    arguments = parser.parse_args()
    report(measured(frames_of(arguments.folder), arguments.seconds))


if __name__ == "__main__":
    main()
