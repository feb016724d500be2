"""A provider that does not run is never reported as running."""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import onnxruntime as ort
import pytest

from skelp import doctor
from skelp.domain.errors import SkelpError
from skelp.inference import probe, providers
from skelp.inference.model_file import ModelFile
from skelp.inference.providers import Precision, Provider, choose, offers, session_for
from skelp.inference.segmenter import Engine, OnnxSegmenter
from tests.conftest import ROOT
from tests.models import bright_spots
from tools.probe_model import PROBE
from tools.probe_model import probe as made_probe

GPU = ["TensorrtExecutionProvider", "CUDAExecutionProvider"]


@pytest.fixture
def gpu_package(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """onnxruntime-gpu as it behaves without NVIDIA's libraries. The libraries that load are in the dictionary's place of `missing`."""
    missing = {"cuda": "libcublasLt.so.13", "tensorrt": "libnvinfer.so.10", "driver": "libcuda.so.1"}

    def load(library: str) -> None:
        for part, name in missing.items():
            if name and (part in Path(library).name or (part == "driver" and library == name)):
                raise OSError(f"{name}: cannot open shared object file: No such file or directory")

    built_in = [*GPU, *ort.get_available_providers()]
    monkeypatch.setattr(ort, "get_available_providers", lambda: built_in)
    monkeypatch.setattr(ort, "preload_dlls", lambda: None, raising=False)
    monkeypatch.setattr(ort, "cuda_version", "13.0", raising=False)
    monkeypatch.setattr(ctypes, "CDLL", load)
    probe.why_not.cache_clear()
    yield missing
    probe.why_not.cache_clear()


@pytest.mark.parametrize("provider", [Provider.TENSORRT, Provider.CUDA])
def test_a_missing_library_is_named_with_the_command_that_installs_it(provider: Provider, gpu_package: dict[str, str]) -> None:
    offer = next(o for o in offers() if o.provider is provider)
    assert not offer.usable
    assert gpu_package["tensorrt" if provider is Provider.TENSORRT else "cuda"] in offer.why
    assert ("pip install tensorrt-cu13" if provider is Provider.TENSORRT else "onnxruntime-gpu[cuda,cudnn]") in offer.why
    with pytest.raises(SkelpError, match=r"cannot be used here.*is missing"):
        choose(provider.value)


def test_a_missing_driver_is_another_cause_than_a_missing_library(gpu_package: dict[str, str]) -> None:
    gpu_package["cuda"] = ""
    (cuda,) = (o for o in offers() if o.provider is Provider.CUDA)
    assert "no NVIDIA driver" in cuda.why
    assert "is missing" not in cuda.why


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
    refused = skelp("bench", "--seconds", 1, "--provider", "tensorrt")
    assert refused.returncode == 1
    assert "provider tensorrt cannot be used here" in refused.stderr
