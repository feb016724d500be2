"""Opens sessions of ONNX Runtime on one provider and no other, and compiles networks ahead."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import onnxruntime as ort

from skelp.domain.errors import SkelpError
from skelp.inference import gpu, probe
from skelp.inference.model_file import ORT_ERRORS
from skelp.inference.providers import NAMES, NOT_PINNED, ON_CPU, OPENVINO, Precision, Provider, openvino

AHEAD = (Provider.TENSORRT, Provider.OPENVINO)
"""Providers that can compile a network before it is used."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session, and how many nodes of its graph run on which provider."""

    session: ort.InferenceSession
    nodes: int
    nodes_on_cpu: int


class Compiled(NamedTuple):
    """An ONNX file that was compiled ahead, and the session of the model of which it was made."""

    data: bytes
    origin: Opened


def session_for(
    model: bytes,
    provider: Provider,
    precision: Precision,
    threads: int,
    fixed: dict[str, int],
    cache: Path,
    entries: Mapping[str, str] = MappingProxyType({}),
) -> Opened:
    """Open a session of the model on the provider. `fixed` gives a size to each free dimension of the graph, `entries` are more settings.

    Raises SkelpError if ONNX Runtime cannot open it there: it is never opened on another provider instead.
    """
    options = ort.SessionOptions()
    options.log_severity_level = 3
    for key, value in {"session.record_ep_graph_assignment_info": "1", **entries}.items():
        options.add_session_config_entry(key, value)
    for name, size in fixed.items():
        options.add_free_dimension_override_by_name(name, size)
    try:
        session = _session(model, options, provider, precision, threads, cache)
    except ORT_ERRORS as error:
        raise SkelpError(f"provider {provider} cannot open the model: {probe.in_short(error)}; choose another one") from error
    first = session.get_providers()[0]
    if not first.startswith(NAMES[provider]):
        raise SkelpError(f"provider {provider} did not start, and ONNX Runtime took {first} instead; run skelp doctor")
    if not probe.nodes_on(session, NAMES[provider]):
        raise SkelpError(f"provider {provider} takes no node of this model: ONNX Runtime would run all of it on the CPU; choose cpu")
    assigned = [(part.ep_name, len(part.get_nodes())) for part in session.get_provider_graph_assignment_info()]
    on_cpu = sum(n for name, n in assigned if name == ON_CPU)
    return Opened(session, sum(n for _, n in assigned), on_cpu)


def compile_ahead(model: bytes, provider: Provider, precision: Precision, threads: int, fixed: dict[str, int], cache: Path) -> Compiled:
    """Compile the model for the provider, as ONNX Runtime's EPContext: a graph whose nodes are engines of the provider.

    Raises SkelpError if the provider cannot, or cannot open the model.
    """
    if provider not in AHEAD:
        raise SkelpError(f"provider {provider} compiles nothing ahead; use the model file as it is, or choose {' or '.join(AHEAD)}")
    with tempfile.TemporaryDirectory(prefix="skelp-engine-") as folder:
        file = Path(folder) / "engine.onnx"
        entries = {"ep.context_enable": "1", "ep.context_embed_mode": "1", "ep.context_file_path": str(file)}
        opened = session_for(model, provider, precision, threads, fixed, cache, entries)
        if not file.is_file():
            raise SkelpError(f"provider {provider} opened the model and wrote no engine; use the model file as it is")
        return Compiled(file.read_bytes(), opened)


def _session(
    model: bytes, options: ort.SessionOptions, provider: Provider, precision: Precision, threads: int, cache: Path
) -> ort.InferenceSession:
    options.intra_op_num_threads = threads  # ONNX Runtime binds its threads to cores if it chooses their number itself
    if provider is Provider.OPENVINO:
        device, _ = openvino()
        hints = {"INFERENCE_PRECISION_HINT": _HINTS[precision], "INFERENCE_NUM_THREADS": str(threads), **NOT_PINNED}
        config = {"load_config": json.dumps({"CPU": hints})}
        if device == OPENVINO:
            built_in = [(OPENVINO, {"device_type": "CPU", **config}), ON_CPU]
            return ort.InferenceSession(model, options, providers=built_in, enable_fallback=0)
        options.add_provider_for_devices([device], config)
        return ort.InferenceSession(model, options, enable_fallback=0)
    return ort.InferenceSession(model, options, providers=_built_in(provider, precision, cache), enable_fallback=0)


_HINTS = {Precision.BF16: "bf16", Precision.FP32: "f32"}


def _built_in(provider: Provider, precision: Precision, cache: Path) -> list[Any]:
    if provider is Provider.TENSORRT:
        cache.mkdir(parents=True, exist_ok=True)
        tensorrt = {
            "trt_engine_cache_enable": True,
            "trt_engine_cache_path": str(cache),
            "trt_timing_cache_enable": True,
            "trt_timing_cache_path": str(cache),
            "trt_fp16_enable": precision in (Precision.FP16, Precision.INT8),
            "trt_int8_enable": precision is Precision.INT8,
            "trt_detailed_build_log": True,
        }
        return [(gpu.TENSORRT, tensorrt), gpu.CUDA, ON_CPU]
    if provider is Provider.CUDA:
        return [(gpu.CUDA, {"cudnn_conv_algo_search": "EXHAUSTIVE"}), ON_CPU]
    return [ON_CPU]
