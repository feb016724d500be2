"""The comparison with others: what cannot be measured is said, ratios are those of one round, and multiplications are counted."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from onnx import TensorProto, helper, save

from benchmarks.macs import multiplications
from benchmarks.others import venvs
from benchmarks.others.contender import Contender
from benchmarks.others.rounds import compared, not_measured, rounds, table


def test_ratios_are_of_the_same_round() -> None:
    def of(*speeds: float) -> list[dict[str, float]]:
        return [{"mpix_per_s": speed, "other_work": 0.0} for speed in speeds]

    assert compared(of(10, 20, 40), of(1, 4, 2)) == [5, 10, 20]
    disturbed = {"mpix_per_s": 3.0, "other_work": 0.4}
    assert compared([*of(10, 20), disturbed], of(1, 4, 2)) == [5, 7.5, 10]
    assert compared([disturbed], of(1)) == []


def test_what_cannot_be_measured_has_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venvs, "FOLDER", tmp_path)
    absent = Contender("absent", "absent", "benchmarks.others.yolo", [], environment="ultralytics")
    broken = Contender("broken", "broken", "benchmarks.others.nowhere", [])
    found = rounds([absent, broken], tmp_path, 1, 1.0)
    first, second = not_measured(found)
    assert first.startswith("absent was not measured")
    assert first.endswith("run python -m benchmarks.others --install")
    assert "No module named benchmarks.others.nowhere" in second
    assert len(table(found)) == 1


def test_each_environment_pins_its_packages() -> None:
    assert all("==" in package for packages in venvs.PACKAGES.values() for package in packages)


def test_an_environment_that_pip_cannot_fill_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(command: list[str], **_: object) -> None:
        if "install" in command:
            raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(venvs, "FOLDER", tmp_path)
    monkeypatch.setattr(subprocess, "run", fails)
    with pytest.raises(subprocess.CalledProcessError):
        venvs.install("anomalib")
    assert venvs.missing("anomalib")


def test_multiplications_of_convolutions_and_products(tmp_path: Path) -> None:
    frames = helper.make_tensor_value_info("frames", TensorProto.FLOAT, ["n", 2, "h", 8])
    weights = [
        helper.make_tensor("kernel", TensorProto.FLOAT, [3, 2, 3, 3], [0.0] * 54),
        helper.make_tensor("right", TensorProto.FLOAT, [8, 5], [0.0] * 40),
    ]
    nodes = [
        helper.make_node("Conv", ["frames", "kernel"], ["seen"], pads=[1, 1, 1, 1]),
        helper.make_node("MatMul", ["seen", "right"], ["out"]),
    ]
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
    save(helper.make_model(helper.make_graph(nodes, "small", [frames], [out], weights)), tmp_path / "small.onnx")
    pixels = 2 * 4 * 8
    assert multiplications(tmp_path / "small.onnx", {"n": 2, "h": 4}) == pixels * 3 * 2 * 9 + 2 * 3 * 4 * 5 * 8
