"""What is no model, or not a whole one, is refused when it is opened, and the message names the cause."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from skelp.inference.card import CardError
from skelp.inference.engine import Engine
from skelp.inference.model_file import ModelError, ModelFile
from skelp.inference.segmenter import OnnxSegmenter
from skelp.inference.weights import weights
from tests.models import bright_spots, with_weights

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 3798450\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (LFS, "Git LFS.*git lfs pull"),
        (b"<html>not found</html>", "is a text file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "not an ONNX model"),
        (b"\x08\x09\x3a\xff", "not an ONNX model"),
    ],
)
def test_what_is_no_model_is_named(tmp_path: Path, data: bytes, message: str) -> None:
    file = tmp_path / "m.onnx"
    file.write_bytes(data)
    with pytest.raises(ModelError, match=message):
        ModelFile.open(file)


def test_a_folder_is_not_a_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is a folder"):
        ModelFile.open(tmp_path)


def test_a_model_is_refused_wherever_it_was_cut(bright_model: Path) -> None:
    whole = bright_model.read_bytes()
    for size in range(1, len(whole), 7):
        bright_model.write_bytes(whole[:size])
        with pytest.raises((ModelError, CardError)):
            ModelFile.open(bright_model).verify()


def test_weights_in_another_file_are_refused_with_the_command_that_packs_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = with_weights(tmp_path / "m.onnx", np.ones(1000, np.float32), data_file="m.onnx.data")
    monkeypatch.chdir(tmp_path)  # ONNX Runtime would find the weights here, even for a model that it got as bytes
    with pytest.raises(ModelError, match=r"another file.*m\.onnx\.data.*skelp pack"):
        ModelFile.open(file)


def test_weights_outside_are_found_in_constants_and_sub_graphs() -> None:
    def outside(name: str) -> onnx.TensorProto:
        tensor = helper.make_tensor(name, TensorProto.FLOAT, [1], [1.0])
        tensor.ClearField("float_data")
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=f"{name}.data")
        return tensor

    inner = helper.make_graph([helper.make_node("Constant", [], ["x"], value=outside("inner"))], "inner", [], [], [outside("sub")])
    graph = helper.make_graph([helper.make_node("If", ["c"], ["y"], then_branch=inner)], "g", [], [])
    found = weights(helper.make_model(graph).SerializeToString())
    assert sorted(t.outside for t in found if t.outside is not None) == ["inner.data", "sub.data"]


def test_graphs_without_end_are_refused() -> None:
    def field(number: int, data: bytes) -> bytes:
        return bytes([number << 3 | 2, len(data) & 0x7F | 0x80, len(data) >> 7]) + data

    graph = b""
    for _ in range(60):
        graph = field(1, field(5, field(6, graph)))  # a node with an attribute that is a graph
    with pytest.raises(ValueError, match="nested too deeply"):
        list(weights(field(7, graph)))


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.float16])
@pytest.mark.parametrize(
    ("values", "good"), [([1, 2], True), ([1, np.nan], False), ([np.inf, 0], False), ([np.nan], False), ([np.inf], True)]
)
def test_weights_must_be_numbers(tmp_path: Path, kind: Any, values: list[float], good: bool) -> None:
    file = with_weights(tmp_path / "m.onnx", np.array(values, kind))
    if good:
        ModelFile.open(file)
        return
    with pytest.raises(ModelError, match="weight w are NaN or infinite"):
        ModelFile.open(file)


def test_a_weight_that_is_stored_as_a_list_of_floats_is_checked_too(bright_model: Path) -> None:
    model = onnx.load(bright_model)
    model.graph.initializer.append(helper.make_tensor("w", TensorProto.FLOAT, [2], [1.0, float("nan")]))
    onnx.save(model, bright_model)
    with pytest.raises(ModelError, match="1 values of the weight w are NaN or infinite"):
        ModelFile.open(bright_model)


def test_a_model_with_another_input_is_refused(bright_model: Path) -> None:
    model = onnx.load(bright_model)
    model.graph.input[0].name = model.graph.node[0].input[0] = "picture"
    onnx.save(model, bright_model)
    with pytest.raises(CardError, match=r"one input 'frames'.*picture"):
        ModelFile.open(bright_model)


def test_a_model_that_answers_every_size_alike_is_refused(bright_model: Path) -> None:
    """Its answer fits the card at the first size that is tried, and not at the second."""
    model = onnx.load(bright_model)
    ends = next(t for t in model.graph.initializer if t.name == "ends")
    ends.CopyFrom(helper.make_tensor("ends", TensorProto.INT64, [2], [64, 96]))
    onnx.save(model, bright_model)
    with pytest.raises(CardError, match="stride 4"):
        ModelFile.open(bright_model).verify()


def test_the_bytes_that_were_hashed_are_the_bytes_that_run(bright_model: Path) -> None:
    model = ModelFile.open(bright_model)
    bright_spots(bright_model, limit=255)  # finds nothing
    segmenter = OnnxSegmenter(model, Engine("cpu", "auto", 1, Path(os.devnull)), batch=1, height=32, width=32)
    class_id = segmenter.run(np.full((1, 1, 32, 32), 255, np.uint8)).class_id
    assert class_id.all()
