"""Says what the GPU providers lack on this machine: a driver, a GPU, or a library, and the command that brings it.

ONNX Runtime writes such a cause to its log only, and then runs on the CPU without a word. So the dynamic loader is asked for what the
providers need, before a session is made.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import importlib.metadata
import importlib.util
import io
import mmap
import re
import struct
from pathlib import Path

import onnxruntime as ort

CUDA, TENSORRT = "CUDAExecutionProvider", "TensorrtExecutionProvider"
PROVIDERS = {CUDA: ("cuda",), TENSORRT: ("tensorrt", "cuda")}
"""The GPU providers by ONNX Runtime's names, and which of its libraries each needs."""
_DRIVER = "libcuda.so.1"
_OF_TENSORRT = ("libnvinfer", "libnvonnxparser")
_MODULE = Path("/proc/driver/nvidia/version")
_MAJOR, _MINOR = 75, 76
"""CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and _MINOR of cuda.h."""
_SMI = "nvidia-smi must list the GPU"


def faults(provider: str) -> list[str]:
    """What a built-in GPU provider lacks here, each with the remedy. Empty if nothing is known to be missing."""
    preload()
    missing = missing_libraries(provider)
    found = [f for f in [driver_fault()] if f]
    for names, remedy in ((_of_cuda(missing), _cuda_command()), (_of_tensorrt(missing), _tensorrt_command(missing))):
        if names:
            found.append(f"missing {', '.join(names)}: {remedy}")
    return found


@functools.cache
def preload() -> None:
    """Load the libraries of CUDA, cuDNN and TensorRT that pip installed, which the loader does not find by itself."""
    with contextlib.redirect_stdout(io.StringIO()):  # it prints what is missing; `faults` says it better
        ort.preload_dlls()
    spec = importlib.util.find_spec("tensorrt_libs")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for name in ("libnvinfer.so.*", "libnvinfer_plugin.so.*", "libnvonnxparser.so.*"):
            for file in sorted(Path(folder).glob(name)):
                loads(str(file))


def loads(library: str) -> bool:
    """Whether the dynamic loader finds and loads a library."""
    try:
        ctypes.CDLL(library, mode=ctypes.RTLD_GLOBAL)
    except OSError:
        return False
    return True


def driver_fault() -> str | None:
    """Why no NVIDIA GPU answers, with the remedy; None if one does. Asks the driver's own library."""
    try:
        driver = ctypes.CDLL(_DRIVER)
    except OSError:
        return f"no NVIDIA driver: {_DRIVER} is missing. Install the driver; in a container, start it with --gpus all. {_SMI}"
    number = ctypes.c_int(0)
    code = driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(number))
    if code or not number.value:
        return f"no CUDA device: the driver is there and finds no GPU (CUDA error {code}). {_SMI}"
    driver.cuDriverGetVersion(ctypes.byref(number))
    has, needs = number.value // 1000, _cuda_major()
    if needs and has < needs:
        return f"the NVIDIA driver is for CUDA {has} and this onnxruntime-gpu for CUDA {needs}: install a newer driver"
    return None


def gpu_name() -> str:
    """The first NVIDIA GPU: its name and compute capability, as in "Orin (8.7)". Empty if none answers."""
    if driver_fault():
        return ""
    driver = ctypes.CDLL(_DRIVER)
    name, major, minor = ctypes.create_string_buffer(100), ctypes.c_int(0), ctypes.c_int(0)
    driver.cuDeviceGetName(name, len(name), 0)
    driver.cuDeviceGetAttribute(ctypes.byref(major), _MAJOR, 0)
    driver.cuDeviceGetAttribute(ctypes.byref(minor), _MINOR, 0)
    return f"{name.value.decode(errors='replace')} ({major.value}.{minor.value})"


def driver_version() -> str:
    """The version of the NVIDIA driver, as its kernel module gives it. Empty if there is none."""
    try:
        text = _MODULE.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    found = re.search(r"\d+\.\d+(\.\d+)*", text)
    return found[0] if found else ""


def tensorrt_version() -> str:
    """The version of the TensorRT library that ONNX Runtime loads, as in "10.13.3". Empty if there is none."""
    preload()
    library = Path(ort.__file__).parent / "capi" / "libonnxruntime_providers_tensorrt.so"
    names = [n for n in needed(library) if n.startswith("libnvinfer.so")] if library.is_file() else []
    if not names or not loads(names[0]):
        return ""
    number = int(ctypes.CDLL(names[0]).getInferLibVersion())
    thousands = 10000 if number >= 100000 else 1000  # from TensorRT 10 on, the major number has two more digits to its right
    return f"{number // thousands}.{number % thousands // 100}.{number % 100}"


def missing_libraries(provider: str) -> list[str]:
    """Libraries that the provider's own library needs and the loader does not find, without the driver's. TensorRT needs CUDA's too."""
    folder = Path(ort.__file__).parent / "capi"
    files = [folder / f"libonnxruntime_providers_{part}.so" for part in PROVIDERS[provider]]
    names = dict.fromkeys(name for file in files if file.is_file() for name in needed(file))
    return [n for n in names if n != _DRIVER and not loads(n)]


def needed(library: Path) -> list[str]:
    """The names of the libraries that a library needs: the entries DT_NEEDED of a 64-bit little-endian ELF file (man 5 elf)."""
    with library.open("rb") as f, mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as data:
        table, size, count = struct.unpack_from("<Q", data, 0x28)[0], *struct.unpack_from("<HH", data, 0x3A)
        sections = [struct.unpack_from("<IIQQQQII", data, table + n * size) for n in range(count)]
        dynamic = next((s for s in sections if s[1] == 6), None)
        if dynamic is None:
            return []
        texts = sections[dynamic[6]][4]
        entries = struct.iter_unpack("<qQ", data[dynamic[4] : dynamic[4] + dynamic[5]])
        starts = [texts + value for tag, value in entries if tag == 1]
        return [str(data[at : data.find(b"\0", at)], "ascii") for at in starts]


def _of_tensorrt(missing: list[str]) -> list[str]:
    return [n for n in missing if n.startswith(_OF_TENSORRT)]


def _of_cuda(missing: list[str]) -> list[str]:
    return [n for n in missing if not n.startswith(_OF_TENSORRT)]


def _cuda_major() -> int:
    """The major version of CUDA that this ONNX Runtime was built for; 0 if it does not say."""
    major = str(getattr(ort, "cuda_version", "")).split(".")[0]
    return int(major) if major.isdigit() else 0


def _cuda_command() -> str:
    package = str(getattr(ort, "package_name", "") or "onnxruntime-gpu")
    try:
        offered = importlib.metadata.metadata(package).get_all("Provides-Extra") or []
    except importlib.metadata.PackageNotFoundError:
        offered = []
    if {"cuda", "cudnn"} <= set(offered):
        return f'pip install "{package}[cuda,cudnn]=={ort.__version__}"'
    return f"install CUDA {_cuda_major() or ''} and cuDNN 9, as https://onnxruntime.ai/docs/install/ says"


def _tensorrt_command(missing: list[str]) -> str:
    """TensorRT of the major version that the provider was built for, for the CUDA that it was built for."""
    number = next((n.rpartition(".so.")[2] for n in _of_tensorrt(missing) if ".so." in n), "")
    pinned = f"=={number}.*" if number.isdigit() else ""
    return f'pip install "tensorrt-cu{_cuda_major() or 12}{pinned}"'
