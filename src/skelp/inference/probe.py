"""Tries whether a provider runs: ONNX Runtime falls back to the CPU without an error where a library is missing."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort

from skelp.inference.model_file import ORT_ERRORS

_PROBE = Path(__file__).with_name("probe.onnx")
_DRIVER = "libcuda.so.1"
_LIBRARIES = {
    "CUDAExecutionProvider": "libonnxruntime_providers_cuda.so",
    "TensorrtExecutionProvider": "libonnxruntime_providers_tensorrt.so",
}
"""The library of ONNX Runtime that has the provider. It needs NVIDIA's libraries."""
_QUIET, _USUAL = 4, 2
"""Severities of ONNX Runtime's log: fatal errors only, and the default (warnings)."""


@functools.cache
def why_not(provider: str, **options: str) -> str | None:
    """Why a provider of ONNX Runtime (by ONNX Runtime's name) does not run here, with what to do; None if it ran a small network."""
    causes = _missing(provider) if provider in _LIBRARIES else []
    return "; ".join(causes) or _failure(provider, options)


def _missing(provider: str) -> list[str]:
    """The libraries that a GPU provider lacks. They are looked for as the dynamic loader does, which names the first that is missing."""
    with contextlib.redirect_stdout(io.StringIO()):  # it prints what it does not find
        ort.preload_dlls()  # NVIDIA's libraries from PyPI are not on the loader's path
    causes = []
    fault = _load_fault(str(Path(ort.__file__).parent / "capi" / _LIBRARIES[provider]))
    if fault and _DRIVER not in fault:
        causes.append(f"{fault}: {_remedy(fault)}")
    if _load_fault(_DRIVER):
        causes.append(f"no NVIDIA driver ({_DRIVER}): install the driver; nvidia-smi must list the GPU")
    return causes


def _load_fault(library: str) -> str | None:
    try:
        ctypes.CDLL(library)
    except OSError as error:
        text = str(error)
        missing = re.match(r"(\S+\.so[.\d]*): cannot open shared object file", text)
        return f"{missing[1]} is missing" if missing else text
    return None


def _remedy(fault: str) -> str:
    """The command that installs the library."""
    major = _cuda_major()
    if "nvinfer" in fault or "nvonnxparser" in fault:
        return f"pip install tensorrt-cu{major}"
    if "cudnn" in fault:
        return "pip install 'onnxruntime-gpu[cudnn]'"
    return "pip install 'onnxruntime-gpu[cuda,cudnn]'"


def _cuda_major() -> str:
    return str(getattr(ort, "cuda_version", "") or "12").partition(".")[0]


def _failure(provider: str, options: dict[str, str]) -> str | None:
    """Runs the probe network on the provider alone. Returns what failed."""
    settings = ort.SessionOptions()
    settings.log_severity_level = _QUIET
    ort.set_default_logger_severity(_QUIET)
    try:
        session = ort.InferenceSession(_PROBE.read_bytes(), settings, providers=[(provider, options)], enable_fallback=0)
        session.disable_fallback()
        if session.get_providers()[0] != provider:
            return f"ONNX Runtime did not start {provider} and took {session.get_providers()[0]} instead; run it with a log to see why"
        x = np.ones((1, 1, 8, 8), np.float32)
        y: Any = session.run(["y"], {"x": x})[0]
    except ORT_ERRORS as error:
        return f"{provider} cannot run: {' '.join(str(error).split())[:300]}"
    finally:
        ort.set_default_logger_severity(_USUAL)
    return None if float(y[0, 0, 4, 4]) == 9 else f"{provider} computes wrongly: a sum of nine ones gave {float(y[0, 0, 4, 4]):g}"
