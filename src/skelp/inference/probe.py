"""Tries whether a provider runs: ONNX Runtime falls back to the CPU without an error where a library is missing."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort

from skelp.inference import gpu
from skelp.inference.model_file import ORT_ERRORS

_PROBE = Path(__file__).with_name("probe.onnx")
_QUIET, _USUAL = 4, 2
"""Severities of ONNX Runtime's log: fatal errors only, and the default (warnings)."""


@functools.cache
def why_not(provider: str, **options: str) -> str | None:
    """Why a provider of ONNX Runtime (by ONNX Runtime's name) does not run here, with what to do; None if it ran a small network."""
    causes = gpu.faults(provider) if provider in gpu.PROVIDERS else []
    return "; ".join(causes) or _failure(provider, options)


def _failure(provider: str, options: dict[str, str]) -> str | None:
    """Runs the probe network on the provider alone. Returns what failed."""
    settings = ort.SessionOptions()
    settings.log_severity_level = _QUIET
    settings.intra_op_num_threads = 1
    settings.add_session_config_entry("session.record_ep_graph_assignment_info", "1")
    ort.set_default_logger_severity(_QUIET)
    try:
        session = ort.InferenceSession(_PROBE.read_bytes(), settings, providers=[(provider, options)], enable_fallback=0)
        session.disable_fallback()
        if session.get_providers()[0] != provider:
            return f"ONNX Runtime did not start {provider} and took {session.get_providers()[0]} instead; run it with a log to see why"
        if not nodes_on(session, provider):
            return f"{provider} starts and takes no node of a small network: ONNX Runtime runs it on the CPU instead"
        x = np.ones((1, 1, 8, 8), np.float32)
        y: Any = session.run(["y"], {"x": x})[0]
    except ORT_ERRORS as error:
        return f"{provider} cannot run: {in_short(error)}"
    finally:
        ort.set_default_logger_severity(_USUAL)
    return None if float(y[0, 0, 4, 4]) == 9 else f"{provider} computes wrongly: a sum of nine ones gave {float(y[0, 0, 4, 4]):g}"


def nodes_on(session: ort.InferenceSession, provider: str) -> int:
    """How many nodes of a session run on a provider of ONNX Runtime. The session must have been asked to record it."""
    parts = session.get_provider_graph_assignment_info()
    return sum(len(part.get_nodes()) for part in parts if part.ep_name.startswith(provider))


def in_short(error: Exception) -> str:
    """What ONNX Runtime says of a failure, in one line: the cause. It writes the names of its C++ functions before it."""
    text = " ".join(str(error).split())
    cause = re.search(r"(CUDA|CUDNN|CUBLAS|TensorRT) (failure|error).*", text)
    return (cause[0] if cause else text)[:300]
