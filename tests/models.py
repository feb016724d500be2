"""Builds model files of a few hundred bytes."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CARD: dict[str, Any] = {
    "name": "bright",
    "version": "1",
    "stride": 4,
    "mm_per_px": 0.25,
    "classes": [{"id": 1, "name": "bright", "code": "B", "threshold": 0.5}],
}


MARKS_CARD: dict[str, Any] = {
    **CARD,
    "classes": [{"id": 1, "name": "bright", "threshold": 0.5}, {"id": 2, "name": "marking", "threshold": 0.5, "pseudo": True}],
}
"""The card of a model that knows a mark that is no defect, as class 2."""


def bright_spots(path: Path, card: dict[str, Any] | None = CARD, *, answer: int = 1, step: int = 4, limit: int = 200) -> Path:
    """Write a network in which every `step`-th pixel brighter than `limit` has class `answer` and score 255."""
    const = [
        helper.make_tensor("starts", TensorProto.INT64, [2], [0, 0]),
        helper.make_tensor("ends", TensorProto.INT64, [2], [2**31, 2**31]),
        helper.make_tensor("axes", TensorProto.INT64, [2], [2, 3]),
        helper.make_tensor("steps", TensorProto.INT64, [2], [step, step]),
        helper.make_tensor("channel", TensorProto.INT64, [1], [1]),
        helper.make_tensor("limit", TensorProto.INT32, [], [limit]),
        helper.make_tensor("answer", TensorProto.INT32, [], [answer]),
        helper.make_tensor("full", TensorProto.INT32, [], [255]),
    ]
    nodes = [
        helper.make_node("Slice", ["frames", "starts", "ends", "axes", "steps"], ["small"]),
        helper.make_node("Squeeze", ["small", "channel"], ["flat"]),
        helper.make_node("Cast", ["flat"], ["grey"], to=TensorProto.INT32),
        helper.make_node("Greater", ["grey", "limit"], ["hit"]),
        helper.make_node("Cast", ["hit"], ["one"], to=TensorProto.INT32),
        helper.make_node("Mul", ["one", "answer"], ["id"]),
        helper.make_node("Cast", ["id"], ["class_id"], to=TensorProto.UINT8),
        helper.make_node("Mul", ["one", "full"], ["sure"]),
        helper.make_node("Cast", ["sure"], ["score"], to=TensorProto.UINT8),
    ]
    graph = helper.make_graph(
        nodes,
        "bright",
        [helper.make_tensor_value_info("frames", TensorProto.UINT8, ["n", 1, "h", "w"])],
        [helper.make_tensor_value_info(o, TensorProto.UINT8, ["n", f"{o}_h", f"{o}_w"]) for o in ("class_id", "score")],
        const,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    if card is not None:
        helper.set_model_props(model, {"skelp.card": json.dumps(card)})
    onnx.save(model, path)
    return path


def with_distance(path: Path, *, grey: int, tile: int = 32, dtype: int = TensorProto.FLOAT, **more: Any) -> Path:
    """The network of `bright_spots` that also measures how unlike steel is to what it knows: steel brighter than `grey` is unfamiliar."""
    model = onnx.load(bright_spots(path, **more))
    model.graph.node.extend(
        [
            helper.make_node("Cast", ["frames"], ["real"], to=TensorProto.FLOAT),
            helper.make_node("AveragePool", ["real"], ["mean"], kernel_shape=[tile, tile], strides=[tile, tile]),
            helper.make_node("Div", ["mean", "known"], ["far"]),
            helper.make_node("Squeeze", ["far", "channel"], ["apart"]),
            helper.make_node("Cast", ["apart"], ["distance"], to=dtype),
        ]
    )
    model.graph.initializer.append(helper.make_tensor("known", TensorProto.FLOAT, [], [grey]))
    model.graph.output.append(helper.make_tensor_value_info("distance", dtype, ["n", "tile_h", "tile_w"]))
    onnx.save(model, path)
    return path


def brightest_pixel() -> bytes:
    """A screen whose suspicion of a tile is its brightest pixel."""
    nodes = [
        helper.make_node("Cast", ["frames"], ["real"], to=TensorProto.FLOAT),
        helper.make_node("MaxPool", ["real"], ["most"], kernel_shape=[32, 32], strides=[32, 32]),
        helper.make_node("Squeeze", ["most", "channel"], ["flat"]),
        helper.make_node("Cast", ["flat"], ["suspicion"], to=TensorProto.UINT8),
    ]
    graph = helper.make_graph(
        nodes,
        "screen",
        [helper.make_tensor_value_info("frames", TensorProto.UINT8, ["n", 1, "h", "w"])],
        [helper.make_tensor_value_info("suspicion", TensorProto.UINT8, ["n", "tile_h", "tile_w"])],
        [helper.make_tensor("channel", TensorProto.INT64, [1], [1])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return bytes(model.SerializeToString())


def with_screen(
    file: Path,
    limit: int = 200,
    screen: bytes | None = None,
    *,
    named: bool = True,
    margin: float = 0.0,
    made_for: Mapping[str, float] = MappingProxyType({}),
) -> Path:
    """Add a screen, by default `brightest_pixel`, to a model file. `named`: its card names it.

    `margin`: the edge margin that it was made for; `made_for`: limits of every class.
    """
    model = onnx.load(file)
    metadata = {p.key: p.value for p in model.metadata_props}
    if named:
        card = json.loads(metadata["skelp.card"])
        limits = {"threshold": 0.5, "growing": 0.5, "min_area_mm2": 0.0, **made_for}
        card["screen"] = {"limit": limit, "made_for": [limits] * len(card["classes"]), "bridge_mm": 8.0, "edge_margin_mm": margin}
        metadata["skelp.card"] = json.dumps(card)
    metadata["skelp.screen"] = base64.b64encode(screen or brightest_pixel()).decode()
    helper.set_model_props(model, metadata)
    onnx.save(model, file)
    return file


def with_weights(path: Path, values: Any, *, data_file: str = "") -> Path:
    """Write the network of `bright_spots` with a weight `w` of these values, which adds to no answer.

    `data_file`: name of the file beside it that holds the weight; "": the model file itself.
    """
    model = onnx.load(bright_spots(path))
    model.graph.initializer.append(numpy_helper.from_array(np.asarray(values), "w"))
    model.graph.node.append(helper.make_node("Identity", ["w"], ["unused"]))
    path.unlink()
    if data_file:
        onnx.save(model, path, save_as_external_data=True, location=data_file, size_threshold=64)
    else:
        onnx.save(model, path)
    return path
