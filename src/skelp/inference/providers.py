"""Lists the execution providers of this machine and chooses one. A provider that is built in is usable if it ran a small network here.

OpenVINO comes in two packages. skelp prefers the plug-in for ONNX Runtime (onnxruntime-ep-openvino), but it supports Intel hardware
only: on another vendor's CPU it loads and lists no device (microsoft/onnxruntime pull request 31981 would change that).
On such a CPU, use onnxruntime-openvino, an ONNX Runtime with OpenVINO built in.
CUDA was run on one GPU, an H100 (benchmarks/README.md). The TensorRT code was written from ONNX Runtime's documentation; nobody has run it.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import onnxruntime as ort

from skelp.domain.errors import SkelpError
from skelp.inference import gpu, probe
from skelp.inference.cpu import has_bf16

_OPENVINO_PLUGIN = "onnxruntime_ep_openvino"
OPENVINO = "OpenVINOExecutionProvider"


class Provider(StrEnum):
    """An execution provider of ONNX Runtime, best first."""

    TENSORRT = "tensorrt"
    CUDA = "cuda"
    OPENVINO = "openvino"
    CPU = "cpu"


_GPU = {Provider.TENSORRT: gpu.TENSORRT, Provider.CUDA: gpu.CUDA}
ON_CPU = "CPUExecutionProvider"
NOT_PINNED = {"ENABLE_CPU_PINNING": "NO"}
"""OpenVINO else binds its threads to cores, each session and each process to the first ones: on two cores, two networks with a thread each
had half of their speed, in one process or in two. Its threads serve all sessions, and one that a session has bound may stay so.
"""
NAMES = {**_GPU, Provider.OPENVINO: OPENVINO, Provider.CPU: ON_CPU}
"""ONNX Runtime's names."""


class Precision(StrEnum):
    """Arithmetic inside the provider.

    `auto`: fp16 on TensorRT, fp32 on CUDA and CPU. On OpenVINO fp32, or the faster of bf16 and fp32 if the CPU has bf16 (`trial.py`).
    """

    AUTO = "auto"
    FP32 = "fp32"
    FP16 = "fp16"
    BF16 = "bf16"
    INT8 = "int8"


class Candidate(NamedTuple):
    """A provider and the precision it would use."""

    provider: Provider
    precision: Precision

    def __str__(self) -> str:
        return f"{self.provider} {self.precision}"


@dataclass(frozen=True, slots=True)
class Offer:
    """A provider, whether this machine can use it, and why or why not."""

    provider: Provider
    usable: bool
    why: str


@functools.cache
def openvino() -> tuple[Any, str]:
    """The plug-in's CPU device, or the name of the built-in provider, or None; and the reason.

    The result is cached, because ONNX Runtime refuses to register a plug-in twice.
    """
    if OPENVINO in ort.get_available_providers():
        return OPENVINO, "built into this onnxruntime"
    if importlib.util.find_spec(_OPENVINO_PLUGIN) is None:
        return None, "package onnxruntime-ep-openvino is not installed (install the extra 'cpu'; x86-64 only)"
    plugin = importlib.import_module(_OPENVINO_PLUGIN)
    ort.register_execution_provider_library(OPENVINO, plugin.get_library_path())
    devices = ort.get_ep_devices()
    for device in devices:
        if device.ep_name.startswith(OPENVINO) and device.device.type == ort.OrtHardwareDeviceType.CPU:
            return device, f"plug-in offers CPU of {device.device.vendor or 'unknown vendor'}"
    vendors = sorted({d.device.vendor for d in devices if d.device.vendor}) or ["unknown"]
    vendor = ", ".join(vendors)
    return (
        None,
        f"the plug-in offers no device: it supports Intel hardware only, this CPU is {vendor} (install the extra 'openvino' instead)",
    )


def openvino_version() -> str:
    """The version of the OpenVINO provider; empty if it is built into ONNX Runtime, whose version is then its own."""
    device, _ = openvino()
    return "" if device is None or device == OPENVINO else str(device.ep_metadata.get("version", ""))


def offer_of(provider: Provider) -> Offer:
    """Whether this machine can use a provider, and why or why not. The first call runs a small network on it, unless it is a plug-in."""
    if provider is Provider.CPU:
        return Offer(provider, True, "always available")
    if provider is Provider.OPENVINO:
        device, why = openvino()
        fault = probe.why_not(OPENVINO, device_type="CPU", load_config=json.dumps({"CPU": NOT_PINNED})) if device == OPENVINO else None
        return Offer(provider, device is not None and fault is None, fault or why)
    if _GPU[provider] not in ort.get_available_providers():
        return Offer(provider, False, "not built into this onnxruntime (install the extra 'gpu' instead of 'cpu')")
    fault = probe.why_not(_GPU[provider])
    untried = "; its authors have never run it" if provider is Provider.TENSORRT else ""
    return Offer(provider, fault is None, fault or f"it ran a small network here{untried}")


def offers() -> list[Offer]:
    """All providers, best first, each with whether this machine can use it."""
    return [offer_of(provider) for provider in Provider]


def meant_for_gpu() -> bool:
    """Whether the ONNX Runtime that is installed has GPU providers: somebody wants this machine to use a GPU."""
    return any(name in ort.get_available_providers() for name in _GPU.values())


def choose(wanted: str) -> Offer:
    """The provider to use: the named one, or with `auto` the best usable one. Raises SkelpError instead of using another provider."""
    if wanted == "auto":
        best = next(o.provider for o in offers() if o.usable)
        return Offer(best, True, f"auto: best usable here{without(best)}")
    if wanted not in [p.value for p in Provider]:
        raise SkelpError(f"provider '{wanted}' is unknown; choose one of auto, {', '.join(p.value for p in Provider)}")
    offer = offer_of(Provider(wanted))
    if not offer.usable:
        raise SkelpError(f"provider {wanted} cannot be used here: {offer.why}; choose auto to use the best available one")
    return Offer(offer.provider, True, "requested")


def without(chosen: Provider) -> str:
    """Why no provider that is better than the chosen one can be used here, in brackets; empty if they all can."""
    causes = [f"{o.provider}: {o.why}" for o in offers()[: list(Provider).index(chosen)] if not o.usable]
    return f" ({'; '.join(causes)})" if causes else ""


def _allowed(provider: Provider) -> tuple[Precision, ...]:
    """The precisions of a provider on this machine. The first is what it uses if it is not tried."""
    return {
        Provider.TENSORRT: (Precision.FP16, Precision.FP32, Precision.INT8),
        Provider.CUDA: (Precision.FP32,),
        Provider.OPENVINO: (Precision.BF16, Precision.FP32) if has_bf16() else (Precision.FP32,),
        Provider.CPU: (Precision.FP32,),
    }[provider]


def candidates(wanted: str, precision: Precision) -> list[Candidate]:
    """What `auto` may choose from, best first: usable providers, each with its precisions. On TensorRT that is fp16 alone.

    What is not `auto` stays as it is. Raises SkelpError if nothing here is what was asked for.
    """
    usable = [o.provider for o in offers() if o.usable] if wanted == "auto" else [choose(wanted).provider]
    if precision is not Precision.AUTO:
        found = [Candidate(p, precision) for p in usable if precision in _allowed(p)]
        return found or [Candidate(usable[0], resolve(usable[0], precision))]  # which says what it has instead
    return [Candidate(p, each) for p in usable for each in (_allowed(p)[:1] if p is Provider.TENSORRT else _allowed(p))]


def resolve(provider: Provider, precision: Precision) -> Precision:
    """The arithmetic that `precision` means on the provider. Raises SkelpError if the provider does not have it."""
    allowed = _allowed(provider)
    if precision is Precision.AUTO:
        return allowed[0]
    if precision not in allowed:
        raise SkelpError(f"{provider} has no {precision}; choose auto or {', '.join(allowed)}{_advice(provider, precision)}")
    return precision


def _advice(provider: Provider, precision: Precision) -> str:
    """What to add where a provider lacks a precision."""
    if precision is Precision.INT8:
        return "; an int8 model file runs as it is, with precision auto"
    if provider is Provider.OPENVINO and precision is Precision.BF16:
        return "; this CPU has no bf16, and emulating it takes four times as long as fp32"
    return ""
