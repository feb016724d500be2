"""What a GPU provider lacks is named with the command that brings it: the driver, the GPU, and libraries are different causes."""

from __future__ import annotations

import ctypes
import importlib.metadata
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import onnxruntime
import pytest

from skelp.inference import gpu
from skelp.inference.gpu import CUDA, TENSORRT

NEEDS = {
    "cuda": ["libcublasLt.so.13", "libcurand.so.10", "libcuda.so.1", "libc.so.6"],
    "tensorrt": ["libcudnn.so.9", "libnvinfer.so.10", "libcuda.so.1"],
}


class _Machine:
    """A machine with onnxruntime-gpu. `there`: libraries that load; `driver`: what the driver answers, None if there is none."""

    def __init__(self) -> None:
        self.there: set[str] = {"libc.so.6"}
        self.driver: Any = None

    def load(self, name: str, **_: Any) -> Any:
        if name == "libcuda.so.1" and self.driver:
            return self.driver
        if name not in self.there:
            raise OSError(f"{name}: cannot open shared object file")
        return None


def _driver(devices: int = 1, code: int = 0, version: int = 13000) -> SimpleNamespace:
    def write(value: int) -> Callable[[Any], int]:
        def call(at: Any) -> int:
            at._obj.value = value
            return 0

        return call

    return SimpleNamespace(cuInit=lambda _: code, cuDeviceGetCount=write(devices), cuDriverGetVersion=write(version))


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[_Machine]:
    machine = _Machine()
    (tmp_path / "capi").mkdir()
    for name in NEEDS:
        (tmp_path / "capi" / f"libonnxruntime_providers_{name}.so").touch()
    fake = SimpleNamespace(
        __file__=str(tmp_path / "__init__.py"),
        __version__="1.31.1",
        package_name="onnxruntime-gpu",
        cuda_version="13.0",
        preload_dlls=lambda: print("Failed to load libcublasLt.so.13"),
    )
    monkeypatch.setattr(gpu, "ort", fake)
    monkeypatch.setattr(gpu, "needed", lambda file: NEEDS[file.stem.rpartition("_")[2]])
    monkeypatch.setattr(ctypes, "CDLL", machine.load)
    extras = SimpleNamespace(get_all=lambda _: ["cuda", "cudnn"])
    monkeypatch.setattr(importlib.metadata, "metadata", lambda _: extras)
    gpu.preload.cache_clear()
    yield machine
    gpu.preload.cache_clear()


def test_the_missing_libraries_are_named_with_the_command_that_brings_them(machine: _Machine, capfd: pytest.CaptureFixture[str]) -> None:
    machine.driver = _driver()
    cuda = 'missing libcublasLt.so.13, libcurand.so.10: pip install "onnxruntime-gpu[cuda,cudnn]==1.31.1"'
    assert gpu.faults(CUDA) == [cuda]
    found = gpu.faults(TENSORRT)
    assert found[0].startswith("missing libcudnn.so.9, libcublasLt.so.13, libcurand.so.10: pip")
    assert found[1] == 'missing libnvinfer.so.10: pip install "tensorrt-cu13==10.*"'
    assert capfd.readouterr() == ("", ""), "what ONNX Runtime prints is said once, here"


def test_no_driver_no_device_and_an_old_driver_are_three_causes(machine: _Machine) -> None:
    machine.there |= {name for names in NEEDS.values() for name in names} - {"libcuda.so.1"}
    for driver, cause in (
        (None, "no NVIDIA driver: libcuda.so.1 is missing"),
        (_driver(devices=0), "no CUDA device"),
        (_driver(code=100), r"no CUDA device.*CUDA error 100"),
        (_driver(version=12040), "driver is for CUDA 12 and this onnxruntime-gpu for CUDA 13"),
    ):
        machine.driver = driver
        found = gpu.faults(CUDA)
        assert len(found) == 1
        with pytest.raises(AssertionError, match=cause):
            raise AssertionError(found[0])
    machine.driver = _driver()
    assert gpu.faults(CUDA) == gpu.faults(TENSORRT) == []


def test_without_the_extras_the_versions_are_named(machine: _Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "metadata", lambda _: SimpleNamespace(get_all=lambda _: None))
    machine.driver = _driver()
    assert "install CUDA 13 and cuDNN 9" in gpu.faults(CUDA)[0]


def test_what_a_library_needs_is_read_as_the_loader_reads_it() -> None:
    library = next((Path(onnxruntime.__file__).parent / "capi").glob("onnxruntime_pybind11_state*.so"))
    found = gpu.needed(library)
    assert "libc.so.6" in found
    listed = subprocess.run(["ldd", str(library)], capture_output=True, text=True, check=True).stdout
    assert all(name in listed for name in found)
    assert gpu.loads("libc.so.6")
    assert not gpu.loads("libnot-there.so.1")


def test_a_gpu_is_named_with_its_compute_capability(machine: _Machine) -> None:
    assert gpu.gpu_name() == "", "no driver"

    def name(buffer: Any, size: int, _device: int) -> None:
        buffer.value = b"Orin"[:size]

    def attribute(at: Any, number: int, _device: int) -> None:
        at._obj.value = {75: 8, 76: 7}[number]

    machine.driver = _driver()
    machine.driver.cuDeviceGetName, machine.driver.cuDeviceGetAttribute = name, attribute
    assert gpu.gpu_name() == "Orin (8.7)"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\nGCC version: 12.2.0\n", "535.104.05"),
        ("NVRM version: NVIDIA UNIX Open Kernel Module for aarch64  540.3.0  Release Build\n", "540.3.0"),
        ("", ""),
        (None, ""),
    ],
)
def test_the_driver_says_its_version(text: str | None, version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if text is not None:
        (tmp_path / "version").write_text(text)
    monkeypatch.setattr(gpu, "_MODULE", tmp_path / "version")
    assert gpu.driver_version() == version


@pytest.mark.parametrize(("number", "version"), [(101303, "10.13.3"), (8601, "8.6.1")])
def test_tensorrt_says_its_version(number: int, version: str, machine: _Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert gpu.tensorrt_version() == "", "its library cannot be loaded"
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: SimpleNamespace(getInferLibVersion=lambda: number))
    assert gpu.tensorrt_version() == version


def test_a_machine_without_tensorrt_has_no_version_of_it(machine: _Machine, tmp_path: Path) -> None:
    (tmp_path / "capi" / "libonnxruntime_providers_tensorrt.so").unlink()
    assert gpu.tensorrt_version() == ""
