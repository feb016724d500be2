"""Examines what this machine has, and whether it is fit to inspect."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

from skelp.config import ModelChoice
from skelp.doctor.finding import Finding
from skelp.domain.errors import SkelpError
from skelp.inference.card import STEP
from skelp.inference.engine import Engine
from skelp.inference.providers import Precision, Provider, candidates, choose, meant_for_gpu, offers, resolve
from skelp.inference.segmenter import OnnxSegmenter
from skelp.model import default_model, open_model

_MIN_FREE_GB = 2.0


def examine(folder: Path) -> list[Finding]:
    """Examines the machine for a station that writes its results into `folder`."""
    return [_machine(), *_providers(), _model(), *_cameras(), _disk(folder), _clock()]


def _machine() -> Finding:
    return Finding("machine", f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}")


def _providers() -> list[Finding]:
    found = [Finding(f"provider {o.provider}", ("usable: " if o.usable else "not usable: ") + o.why) for o in offers()]
    chosen = choose("auto")
    precision = resolve(chosen.provider, Precision.AUTO)
    on_gpu = chosen.provider in (Provider.TENSORRT, Provider.CUDA)
    text = f"{chosen.provider}, {precision} ({chosen.why})"
    if len(able := candidates("auto", Precision.AUTO)) > 1:
        text += f"; a station tries {', '.join(map(str, able))} on its model and takes the fastest"
    if chosen.provider is Provider.TENSORRT:
        text += "; nobody has run this GPU provider yet: compare its results with --provider cpu"
    if meant_for_gpu() and not on_gpu:
        text += "; onnxruntime-gpu is installed, but no GPU provider runs: do what is said above, or install the extra cpu instead of gpu"
    return [*found, Finding("provider chosen", text, fit=on_gpu or not meant_for_gpu()), _engine(chosen.provider)]


def _engine(provider: Provider) -> Finding:
    """Opens the shipped model on the provider, as a station does, and counts the nodes that it leaves to the CPU."""
    try:
        model = open_model(None)
        engine = Engine(provider.value, resolve(provider, Precision.AUTO).value, None, ModelChoice().cache)
        info = OnnxSegmenter(model, engine, batch=1, height=2 * STEP, width=2 * STEP).info
    except SkelpError as error:
        return Finding("model run", str(error), fit=False)
    left = f"{info.nodes_on_cpu} of {info.nodes} nodes are left to the CPU" if info.nodes_on_cpu else f"all {info.nodes} nodes"
    return Finding("model run", f"{info.provider}, {info.precision}: {left}", fit=True)


def _model() -> Finding:
    try:
        model = open_model(None)
    except SkelpError as error:
        return Finding("model", str(error), fit=False)
    card = model.card
    return Finding(
        "model", f"{card.name} {card.version}, {len(card.classes)} classes, sha256 {model.sha256[:12]}, {default_model()}", fit=True
    )


def _cameras() -> list[Finding]:
    built_in = [Finding("camera synthetic", "built in"), Finding("camera files", "built in")]
    if not all(importlib.util.find_spec(name) for name in ("harvesters", "genicam")):
        return [*built_in, Finding("camera genicam", "not installed: pip install 'skelp[genicam]'")]
    from skelp.capture.genicam.discovery import devices, producers  # noqa: PLC0415 - only where harvesters is there

    files = producers()
    if not files:
        return [
            *built_in,
            Finding("camera genicam", "no GenTL producer: install the camera maker's, and set GENICAM_GENTL64_PATH to its folder"),
        ]
    found = [Finding(f"camera {d.serial}", f"{d.vendor} {d.model}, {d.status}, at {d.producer}") for f in files for d in devices(f)]
    return [*built_in, *(found or [Finding("camera genicam", f"no device answers at {', '.join(files)}")])]


def _disk(folder: Path) -> Finding:
    existing = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.exists())
    free = shutil.disk_usage(existing).free / 2**30
    writable = os.access(existing, os.W_OK)
    text = f"{free:.1f} GB free in {existing}" + ("" if writable else ", not writable")
    hint = "" if free >= _MIN_FREE_GB else f"; a station needs {_MIN_FREE_GB:g} GB: free some space, or set storage.folder"
    return Finding("disk", text + hint, fit=writable and free >= _MIN_FREE_GB)


def _clock() -> Finding:
    """Checks the clock. A clock that is clearly wrong makes the machine unfit, because records are found by their times years later."""
    now = datetime.now(UTC)
    plausible = now.year >= 2026
    tool = shutil.which("timedatectl")
    synced = "unknown (no timedatectl)"
    if tool:
        answer = subprocess.run(  # noqa: S603 - fixed arguments
            [tool, "show", "-p", "NTPSynchronized", "--value"], capture_output=True, text=True, timeout=5, check=False
        )
        synced = answer.stdout.strip() or "unknown"
    resolution = time.get_clock_info("monotonic").resolution
    return Finding("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC, synchronised: {synced}, resolution {resolution:.0e} s", fit=plausible)
