"""Makes the virtual environments of contenders whose packages skelp does not want in its own, under runs/venvs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path("runs/venvs")
_TORCH = ("torch==2.14.1", "torchvision==0.29.1")
PACKAGES: dict[str, Sequence[str]] = {
    "ultralytics": ("ultralytics==8.4.190", "onnx==1.23.2", "onnxslim==0.1.98", "onnxruntime==1.32.0", "openvino==2026.4.1", *_TORCH),
    "anomalib": ("anomalib[cpu,openvino]==2.7.0", "openvino==2026.4.1", *_TORCH),
}
"""By environment. They are installed to measure, for nothing else: Ultralytics is AGPL-3.0; anomalib (Apache-2.0) brings 100 packages."""
_READY = ".ready"


def python_of(name: str) -> Path:
    """The interpreter of an environment."""
    return (FOLDER / name / "bin" / "python").absolute()


def missing(name: str) -> str | None:
    """Why an environment cannot be used, or None."""
    if (FOLDER / name / _READY).is_file():
        return None
    return f"{FOLDER / name} is not installed; run python -m benchmarks.others --install"


def install(name: str) -> None:
    """Make the environment with the pinned packages. Raises CalledProcessError if pip cannot install them."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(FOLDER / name)], check=True)
    pip = [str(python_of(name)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *PACKAGES[name]], check=True)
    (FOLDER / name / _READY).touch()
