"""A provider that does not run is never reported as running."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper

from skelp import doctor
from skelp.capture.synthetic import SyntheticConfig, SyntheticStrip
from skelp.domain.errors import SkelpError
from skelp.domain.status import EngineInfo
from skelp.inference import gpu, probe, providers
from skelp.inference.engine import Engine
from skelp.inference.model_file import ModelError, ModelFile
from skelp.inference.providers import Precision, Provider, choose, offers
from skelp.inference.segmenter import OnnxSegmenter
from skelp.inference.sessions import session_for
from tests.conftest import ROOT
from tests.models import bright_spots
from tools.probe_model import PROBE
from tools.probe_model import probe as made_probe

GPU = ["TensorrtExecutionProvider", "CUDAExecutionProvider"]


@pytest.fixture
def gpu_package(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """onnxruntime-gpu as it behaves without NVIDIA's libraries. A test empties the names of those that are there."""
    missing = {"cuda": "libcublasLt.so.13", "tensorrt": "libnvinfer.so.10", "driver": "libcuda.so.1"}

    built_in = [*GPU, *ort.get_available_providers()]
    monkeypatch.setattr(ort, "get_available_providers", lambda: built_in)
    monkeypatch.setattr(ort, "preload_dlls", lambda: None, raising=False)
    monkeypatch.setattr(ort, "cuda_version", "13.0", raising=False)
    monkeypatch.setattr(gpu, "missing_libraries", lambda provider: [missing[p] for p in gpu.PROVIDERS[provider] if missing[p]])
    monkeypatch.setattr(gpu, "_cuda_command", lambda: 'pip install "onnxruntime-gpu[cuda,cudnn]"')
    monkeypatch.setattr(gpu, "driver_fault", lambda: missing["driver"] and "no NVIDIA driver")
    probe.why_not.cache_clear()
    yield missing
    probe.why_not.cache_clear()


@pytest.mark.parametrize("provider", [Provider.TENSORRT, Provider.CUDA])
def test_a_missing_library_is_named_with_the_command_that_installs_it(provider: Provider, gpu_package: dict[str, str]) -> None:
    offer = next(o for o in offers() if o.provider is provider)
    assert not offer.usable
    assert gpu_package["tensorrt" if provider is Provider.TENSORRT else "cuda"] in offer.why
    assert ('pip install "tensorrt-cu13==10.*"' if provider is Provider.TENSORRT else "onnxruntime-gpu[cuda,cudnn]") in offer.why
    with pytest.raises(SkelpError, match=r"cannot be used here.*missing lib"):
        choose(provider.value)


def test_a_missing_driver_is_another_cause_than_a_missing_library(gpu_package: dict[str, str]) -> None:
    gpu_package["cuda"] = ""
    (cuda,) = (o for o in offers() if o.provider is Provider.CUDA)
    assert "no NVIDIA driver" in cuda.why
    assert "missing" not in cuda.why


def test_auto_takes_what_runs_and_says_why_the_better_ones_do_not(gpu_package: dict[str, str]) -> None:
    chosen = choose("auto")
    assert chosen.provider in (Provider.OPENVINO, Provider.CPU)
    assert "libcublasLt.so.13" in chosen.why


def test_a_machine_that_was_meant_to_use_its_gpu_is_not_fit_without_it(gpu_package: dict[str, str], tmp_path: Path) -> None:
    found = {f.subject: f for f in doctor.examine(tmp_path)}
    assert found["provider chosen"].fit is False
    assert found["provider tensorrt"].fit is None
    assert "libcublasLt.so.13" in found["provider cuda"].text


class FellBack:
    """A session that ONNX Runtime opened on the CPU instead."""

    def __init__(self, *_: Any, **options: Any) -> None:
        assert options["enable_fallback"] == 0

    def disable_fallback(self) -> None:
        pass

    def get_providers(self) -> list[str]:
        return ["CPUExecutionProvider"]


def test_a_session_that_fell_back_to_the_cpu_is_refused(gpu_package: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    gpu_package.update(dict.fromkeys(gpu_package, ""))
    monkeypatch.setattr(ort, "InferenceSession", FellBack)
    for offer in offers()[:2]:
        assert not offer.usable
        assert "took CPUExecutionProvider instead" in offer.why
    with pytest.raises(SkelpError, match="took CPUExecutionProvider instead"):
        session_for(b"", Provider.CUDA, Precision.FP32, 1, {}, Path("/nonexistent"))


class TakesNothing(FellBack):
    """A session that names the provider, of which all nodes run on the CPU: as TensorRT's, if it can build no engine."""

    def get_providers(self) -> list[str]:
        return ["CUDAExecutionProvider", "CPUExecutionProvider"]

    def get_provider_graph_assignment_info(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(ep_name="CPUExecutionProvider", get_nodes=lambda: [0, 0])]


def test_a_session_whose_nodes_all_run_on_the_cpu_is_refused(gpu_package: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    gpu_package.update(dict.fromkeys(gpu_package, ""))
    monkeypatch.setattr(ort, "InferenceSession", TakesNothing)
    cuda = providers.offer_of(Provider.CUDA)
    assert not cuda.usable
    assert "takes no node" in cuda.why
    with pytest.raises(SkelpError, match="cuda takes no node of this model"):
        session_for(b"", Provider.CUDA, Precision.FP32, 1, {}, Path("/nonexistent"))


UNCOMMON = ("Hardmax", "Det")
"""Operators of which each OpenVINO lacks at least one: its plug-in for Intel CPUs has Hardmax, the build for others has not."""


def _uncommon(file: Path, operator: str, *, alone: bool) -> Path:
    """A model with a node of this operator, or of that node alone."""
    model = onnx.load(bright_spots(file))
    model.graph.node.append(helper.make_node("Cast", ["grey"], ["real"], to=TensorProto.FLOAT))
    model.graph.node.append(helper.make_node(operator, ["x" if alone else "real"], ["extra"]))
    model.graph.output.append(helper.make_tensor_value_info("extra", TensorProto.FLOAT, None))
    if alone:
        del model.graph.node[:-1], model.graph.output[:-1], model.graph.initializer[:]
        model.graph.input[0].CopyFrom(helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 8, 8]))
    onnx.save(model, file)
    return file


@pytest.mark.skipif(not providers.offer_of(Provider.OPENVINO).usable, reason=providers.offer_of(Provider.OPENVINO).why)
def test_what_openvino_leaves_to_the_cpu_is_counted_and_a_model_that_it_leaves_whole_is_refused(tmp_path: Path) -> None:
    def info(operator: str) -> EngineInfo:
        model = ModelFile.open(_uncommon(tmp_path / f"{operator}.onnx", operator, alone=False))
        return OnnxSegmenter(model, Engine("openvino", "fp32", 1, tmp_path), batch=1, height=32, width=32).info

    left = {operator: found for operator in UNCOMMON if (found := info(operator)).nodes_on_cpu}
    assert left, "this OpenVINO has both"
    operator, found = next(iter(left.items()))
    assert found.nodes_on_cpu == 1
    assert found.nodes > 5
    with pytest.raises(SkelpError, match="openvino takes no node of this model"):
        session_for(_uncommon(tmp_path / "n.onnx", operator, alone=True).read_bytes(), Provider.OPENVINO, Precision.FP32, 1, {}, tmp_path)


def test_a_model_that_fails_in_its_first_run_is_a_known_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("/onnxruntime_src/cuda_call.cc:154 bool CudaCall(int) CUDA failure 2: out of memory")

    monkeypatch.setattr(OnnxSegmenter, "run", fail)
    with pytest.raises(ModelError, match="cannot run it: CUDA failure 2: out of memory; choose another"):
        OnnxSegmenter(ModelFile.open(bright_spots(tmp_path / "m.onnx")), Engine("cpu", "auto", 1, tmp_path), batch=1, height=32, width=32)


def test_a_provider_that_cannot_open_the_model_is_no_reason_to_use_another(
    gpu_package: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("CUDA failure 35: driver version is insufficient")

    gpu_package.update(dict.fromkeys(gpu_package, ""))
    monkeypatch.setattr(ort, "InferenceSession", fail)
    assert all("driver version is insufficient" in o.why for o in offers()[:2])
    with pytest.raises(SkelpError, match="driver version is insufficient"):
        session_for(b"", Provider.TENSORRT, Precision.FP16, 1, {}, Path("/nonexistent"))


def test_nodes_that_a_provider_leaves_to_the_cpu_are_counted(tmp_path: Path) -> None:
    model = ModelFile.open(bright_spots(tmp_path / "m.onnx"))
    for offer in offers():
        if offer.usable:
            engine = Engine(offer.provider.value, "auto", 1, tmp_path)
            info = OnnxSegmenter(model, engine, batch=1, height=32, width=32).info
            assert info.nodes > 0
            assert 0 <= info.nodes_on_cpu <= info.nodes
            assert info.nodes_on_cpu == 0 or offer.provider is not Provider.CPU


def test_nodes_are_counted_by_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    class Part:
        def __init__(self, name: str, nodes: int) -> None:
            self.ep_name, self._nodes = name, nodes

        def get_nodes(self) -> list[int]:
            return [0] * self._nodes

    class Shared(FellBack):
        def get_providers(self) -> list[str]:
            return ["CUDAExecutionProvider", "CPUExecutionProvider"]

        def get_provider_graph_assignment_info(self) -> list[Part]:
            return [Part("CUDAExecutionProvider", 90), Part("CPUExecutionProvider", 4), Part("CPUExecutionProvider", 3)]

    monkeypatch.setattr(ort, "InferenceSession", Shared)
    opened = session_for(b"", Provider.CUDA, Precision.FP32, 1, {}, Path("/nonexistent"))
    assert (opened.nodes, opened.nodes_on_cpu) == (97, 7)


def test_the_probe_is_what_its_script_makes() -> None:
    assert PROBE.read_bytes() == made_probe()
    assert probe.why_not("CPUExecutionProvider") is None
    assert providers.offer_of(Provider.CPU).usable


@pytest.mark.slow
@pytest.mark.skipif(gpu.driver_fault() is None, reason="this machine has a GPU")
def test_the_real_gpu_package_without_its_libraries(tmp_path: Path) -> None:
    """Installs onnxruntime-gpu, 250 MB, into an environment of its own."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{ROOT}[gpu]"], check=True)

    def skelp(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [str(python), "-m", "skelp", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env={"COLUMNS": "400"})

    checked = skelp("doctor")
    assert checked.returncode == 1
    assert "onnxruntime-gpu[cuda,cudnn]" in checked.stdout
    assert "NOT FIT" in checked.stdout
    benched = skelp("bench", "--seconds", 1, "--width", 512, "--json")
    facts = json.loads(benched.stdout)
    assert (facts["provider"], facts["precision"]) == ("cpu", "fp32")
    assert "libcublas" in facts["reason"]
    cv2.imwrite(str(tmp_path / "strip.png"), SyntheticStrip(SyntheticConfig(width=512)).pixels(0, 512))
    inspected = skelp("inspect", "strip.png", "--out", "found", "--json")
    assert inspected.returncode == 0, inspected.stderr
    assert json.loads(inspected.stdout)["lines"] == 512
    for command in (("bench", "--seconds", 1), ("inspect", "strip.png", "--out", "refused")):
        refused = skelp(*command, "--provider", "tensorrt")
        assert refused.returncode == 1
        assert "provider tensorrt cannot be used here" in refused.stderr


@pytest.mark.skipif(not providers.offer_of(Provider.OPENVINO).usable, reason=providers.offer_of(Provider.OPENVINO).why)
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core: threads cannot be bound to different ones")
def test_no_thread_of_a_network_is_bound_to_a_core(tmp_path: Path) -> None:
    """In a process of its own, from its first network on: OpenVINO's threads serve all of them, and one that is bound may stay so."""
    bright_spots(tmp_path / "spots.onnx")
    code = f"""
import os, threading, time
from pathlib import Path
import numpy as np
from skelp.inference.engine import Engine
from skelp.inference.model_file import ModelFile
from skelp.inference.segmenter import OnnxSegmenter

bound, over, looks, runs = set(), threading.Event(), [], []

def look():
    while not over.wait(0.002):
        looks.append(1)
        for thread in os.listdir("/proc/self/task"):
            try:
                if os.sched_getaffinity(int(thread)) != os.sched_getaffinity(os.getppid()):
                    bound.add(thread)
            except ProcessLookupError:
                pass

def work(one):
    for _ in range(300):
        one.run(frame)
        runs.append(1)

looking = threading.Thread(target=look)
looking.start()
folder, frame = Path({str(tmp_path)!r}), np.zeros((1, 1, 512, 512), np.uint8)
model = ModelFile.open(folder / "spots.onnx")
open_ones = [OnnxSegmenter(model, Engine("openvino", "fp32", n, folder), batch=1, height=512, width=512) for n in (1, 2)]
workers = [threading.Thread(target=work, args=[one]) for one in open_ones]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
over.set()
looking.join()
print(len(bound), len(runs), len(looks) >= 10)
"""
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.split() == ["0", "600", "True"], found.stderr
