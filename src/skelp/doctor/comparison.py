"""`skelp doctor --gpu`: compares the GPU providers with the CPU on simulated strip, and gives a report that can be sent."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from skelp import __version__
from skelp.config import ModelChoice
from skelp.doctor.finding import Finding
from skelp.domain.errors import SkelpError
from skelp.inference import gpu
from skelp.inference.cpu import cpu_name
from skelp.inference.engine import Engine
from skelp.inference.machine import runtime
from skelp.inference.model_file import ModelFile
from skelp.inference.parity import MOST_DIFFERENT, Parity, compare, mpix_per_s
from skelp.inference.providers import Precision, Provider, offer_of, resolve
from skelp.inference.segmenter import OnnxSegmenter
from skelp.model import open_model, strip_to_compare

_FORMAT = 1
_RELEASE = Path("/etc/nv_tegra_release")
"""The first line names the release of a Jetson's software."""

U8 = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is compared: each provider with `against`, on `frames` frames of `height` x `width` px, and speeds over `seconds` each."""

    providers: tuple[Provider, ...] = (Provider.TENSORRT, Provider.CUDA)
    against: Provider = Provider.CPU
    height: int = 544
    width: int = 4096
    frames: int = 8
    seconds: float = 3.0
    cache: Path = ModelChoice().cache


def gpu_report(models: Sequence[Path | None], plan: Plan) -> dict[str, Any]:
    """Compare the providers on each model (None: the shipped one). Returns the report, ready for JSON.

    `fit`: whether one provider at least runs, and each that runs answers as the other one does on every model.
    """
    offers = [offer_of(p) for p in plan.providers]
    usable = [o.provider for o in offers if o.usable]
    found = [_compared(open_model(path), usable, plan) for path in models] if usable else []
    results = [r for model in found for r in model["results"]]
    return {
        "format": _FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "skelp": __version__,
        "machine": _machine(),
        "gpu_fault": gpu.driver_fault(),
        "providers": [{"provider": o.provider.value, "usable": o.usable, "why": o.why} for o in offers],
        "against": plan.against.value,
        "frames": {"count": plan.frames, "height": plan.height, "width": plan.width},
        "models": found,
        "fit": bool(results) and all(r.get("same", False) for r in results),
    }


def findings_of(report: dict[str, Any]) -> list[Finding]:
    """The report in lines for people."""
    lines = [Finding("gpu", report["gpu_fault"] or report["machine"]["gpu"])]
    lines += [Finding(f"provider {p['provider']}", ("usable: " if p["usable"] else "not usable: ") + p["why"]) for p in report["providers"]]
    if not any(p["usable"] for p in report["providers"]):
        lines.append(Finding("gpu used", "no: do what is said above", fit=False))
    for model in report["models"]:
        lines += [_line(model, result, report["against"]) for result in model["results"]]
    return lines


def _line(model: dict[str, Any], result: dict[str, Any], against: str) -> Finding:
    subject = f"{model['name']} on {result['provider']}"
    if "fault" in result:
        return Finding(subject, result["fault"], fit=False)
    parity = result["parity"]
    speeds = f"{result['precision']}: {result['mpix_per_s']:.0f} MPix/s, {against} {model['mpix_per_s']:.0f}"
    text = (
        f"{speeds}; of {parity['cells']} cells of defects {parity['class_differs']} have another class, "
        f"{parity['score_differs']} another score (by at most {parity['score_differs_at_most']} of 255)"
    )
    return Finding(subject, text + ("" if result["same"] else f"; more than {MOST_DIFFERENT:.0%} differ"), fit=result["same"])


def _compared(model: ModelFile, providers: Sequence[Provider], plan: Plan) -> dict[str, Any]:
    """The providers' answers and speeds on a model."""
    reference, _ = _opened(model, plan.against, plan)
    frames = list(strip_to_compare(plan.frames, plan.height, plan.width))
    return {
        "file": str(model.path),
        "name": f"{model.card.name} {model.card.version}",
        "sha256": model.sha256,
        "mpix_per_s": round(mpix_per_s(reference, frames[0], plan.seconds), 1),
        "results": [_result(model, provider, reference, frames, plan) for provider in providers],
    }


def _result(model: ModelFile, provider: Provider, reference: OnnxSegmenter, frames: Sequence[U8], plan: Plan) -> dict[str, Any]:
    try:
        segmenter, opened_s = _opened(model, provider, plan)
        parity = sum((compare(reference.run(f), segmenter.run(f)) for f in frames), Parity())
        speed = mpix_per_s(segmenter, frames[0], plan.seconds)
    except SkelpError as error:
        return {"provider": provider.value, "fault": str(error)}
    info = segmenter.info
    return {
        "provider": provider.value,
        "precision": info.precision,
        "nodes": info.nodes,
        "nodes_on_cpu": info.nodes_on_cpu,
        "opened_s": round(opened_s, 2),
        "parity": asdict(parity),
        "same": parity.share <= MOST_DIFFERENT,
        "mpix_per_s": round(speed, 1),
    }


def _opened(model: ModelFile, provider: Provider, plan: Plan) -> tuple[OnnxSegmenter, float]:
    """The model on a provider with its first precision, and the seconds that it took to open."""
    begin = time.perf_counter()
    engine = Engine(provider.value, resolve(provider, Precision.AUTO).value, None, plan.cache)
    segmenter = OnnxSegmenter(model, engine, batch=1, height=plan.height, width=plan.width)
    return segmenter, time.perf_counter() - begin


def _machine() -> dict[str, Any]:
    """What this machine is. What it does not have is left out."""
    facts = {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cpu": cpu_name(),
        "cores": os.cpu_count(),
        "gpu": gpu.gpu_name(),
        "driver": gpu.driver_version(),
        "onnxruntime": runtime(),
        "onnxruntime_cuda": str(getattr(ort, "cuda_version", None) or ""),
        "tensorrt": gpu.tensorrt_version(),
        "jetson": _first_line(_RELEASE),
        "power_mode": _power_mode(),
    }
    return {name: value for name, value in facts.items() if value}


def _power_mode() -> str:
    """What a Jetson says of its power mode, which sets the clocks of its CPU and GPU. Empty elsewhere."""
    tool = shutil.which("nvpmodel")
    if tool is None:
        return ""
    try:
        answer = subprocess.run([tool, "-q"], capture_output=True, text=True, timeout=10, check=False)  # noqa: S603 - fixed arguments
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"unknown: {error}"
    return " ".join((answer.stdout or answer.stderr).split())


def _first_line(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").partition("\n")[0]
    except OSError:
        return ""
