"""`skelp doctor --gpu` compares providers, and says what is missing where there is no GPU."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from skelp import cli
from skelp.cli import main
from skelp.doctor import Plan, findings_of, gpu_report
from skelp.inference import parity, providers
from skelp.inference.providers import Provider, offer_of
from tests.models import bright_spots, with_distance

OPENVINO = offer_of(Provider.OPENVINO)


def plan(folder: Path, *compared: Provider) -> Plan:
    return Plan(compared, height=64, width=256, frames=2, seconds=0.0, cache=folder)


@pytest.mark.parametrize(
    "provider", [Provider.CPU, pytest.param(Provider.OPENVINO, marks=pytest.mark.skipif(not OPENVINO.usable, reason=OPENVINO.why))]
)
def test_a_provider_is_compared_with_the_cpu_on_each_model(provider: Provider, tmp_path: Path) -> None:
    files = [with_distance(tmp_path / "a.onnx", grey=100, limit=100), bright_spots(tmp_path / "b.onnx", limit=100)]
    report = gpu_report(files, plan(tmp_path, provider))
    assert report["fit"] is True
    assert [m["file"] for m in report["models"]] == [str(f) for f in files]
    for model, tiles in zip(report["models"], (2 * 2 * 8, 0), strict=True):
        (result,) = model["results"]
        assert (result["parity"]["class_differs"], result["parity"]["tiles"], result["same"]) == (0, tiles, True)
        assert result["parity"]["cells"] > 0, "what differs on defects must be seen"
        assert result["mpix_per_s"] > 0
        assert model["mpix_per_s"] > 0
    lines = findings_of(report)
    assert [f.fit for f in lines[-2:]] == [True, True]
    assert "cells of defects 0 have another class, 0 another score" in lines[-1].text
    assert report["machine"]["onnxruntime"].startswith("onnxruntime")
    assert bool(report["gpu_fault"]) != bool(report["machine"].get("gpu")), "a GPU, or why none answers"
    json.dumps(report)


def test_a_provider_that_answers_otherwise_is_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parity.Parity, "share", 0.06)
    report = gpu_report([bright_spots(tmp_path / "m.onnx")], plan(tmp_path, Provider.CPU))
    assert report["fit"] is False
    assert findings_of(report)[-1].text.endswith("more than 5% differ")


def test_a_provider_that_fails_is_not_fit_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skelp.doctor.comparison.offer_of", lambda p: providers.Offer(p, True, "it ran a small network here"))
    report = gpu_report([bright_spots(tmp_path / "m.onnx")], plan(tmp_path, Provider.CUDA, Provider.CPU))
    failed, ran = report["models"][0]["results"]
    assert (report["fit"], ran["same"]) == (False, True)
    assert "provider cuda cannot be used here" in failed["fault"]
    assert [f.fit for f in findings_of(report)[-2:]] == [False, True]


def test_without_a_gpu_the_report_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def offer(provider: Provider) -> providers.Offer:
        return providers.Offer(provider, False, "no NVIDIA driver: libcuda.so.1 is missing. Install the driver")

    monkeypatch.setattr("skelp.doctor.comparison.offer_of", offer)
    file = tmp_path / "report.json"
    assert cli.main(["doctor", "--gpu", "--report", str(file)]) == 1
    said = capsys.readouterr()
    assert "Install the driver" in said.out
    assert "the GPU of this machine cannot be used" in said.err
    report: dict[str, Any] = json.loads(file.read_text())
    assert (report["fit"], report["models"], report["format"]) == (False, [], 1)
    assert [p["why"] for p in report["providers"]] == ["no NVIDIA driver: libcuda.so.1 is missing. Install the driver"] * 2
    assert report["machine"]["cpu"]
    assert cli.main(["doctor", "--gpu", "--report", str(tmp_path / "none" / "report.json")]) == 1
    assert "choose another --report" in capsys.readouterr().err


def test_the_power_mode_of_a_jetson_is_in_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/sbin/{name}")
    said = subprocess.CompletedProcess([], 0, "NV Power Mode: MAXN\n0\n", "")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: said)
    assert gpu_report([], plan(tmp_path))["machine"]["power_mode"] == "NV Power Mode: MAXN 0"

    def fail(*_: Any, **__: Any) -> None:
        raise subprocess.TimeoutExpired("nvpmodel", 10)

    monkeypatch.setattr(subprocess, "run", fail)
    assert gpu_report([], plan(tmp_path))["machine"]["power_mode"].startswith("unknown: ")


def test_options_of_the_gpu_are_refused_without_it_and_a_missing_model_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--report", str(tmp_path / "r.json")]) == 1
    assert "add --gpu" in capsys.readouterr().err
    assert main(["doctor", "--gpu", "--model", str(tmp_path / "none.onnx")]) == 1
    assert "there is no model file" in capsys.readouterr().err
