"""Builds the wheels of the three packages, and virtual environments with only the requirements of a wheel."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.parser import Parser
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

ENGINES = ("cpu", "openvino", "gpu")
"""skelp's extras for ONNX Runtime. One of them is installed."""


@dataclass(frozen=True)
class Wheel:
    """A built wheel."""

    file: Path

    @property
    def names(self) -> list[str]:
        """Paths of its files."""
        return zipfile.ZipFile(self.file).namelist()

    @property
    def requirements(self) -> list[Requirement]:
        """Its requirements, with those of extras."""
        metadata = next(n for n in self.names if n.endswith(".dist-info/METADATA"))
        text = zipfile.ZipFile(self.file).read(metadata).decode()
        return [Requirement(r) for r in Parser().parsestr(text).get_all("Requires-Dist") or []]


def build(project: Path, out: Path) -> Wheel:
    """Build the wheel of a project folder."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)], cwd=project, check=True, capture_output=True
    )
    return Wheel(next(out.glob("*.whl")))


@dataclass(frozen=True)
class Environment:
    """A virtual environment."""

    folder: Path

    def run(self, command: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a line of shell, with the environment's programs first in the path and no checkout on sys.path."""
        outside: Mapping[str, str] = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "-c", command], cwd=cwd, env={**outside, "PATH": path, **env}, capture_output=True, text=True, check=False
        )


def environment(folder: Path, wheels: Sequence[Wheel]) -> Environment:
    """Make a virtual environment with these wheels. Their requirements are linked from the running environment."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    packages = next((folder / "lib").glob("python*")) / "site-packages"
    own = {canonicalize_name(w.file.name.split("-")[0]) for w in wheels}
    for dist in _closure([r for w in wheels for r in w.requirements if canonicalize_name(r.name) not in own]):
        for name in {f.parts[0] for f in dist.files or [] if f.parts[0] not in {"..", "__pycache__"} and f.suffix != ".pth"}:
            link = packages / name
            if not link.exists():
                link.symlink_to(str(dist.locate_file(name)))
    pip = [sys.executable, "-m", "pip", "--python", str(folder), "install", "--quiet", "--no-deps", "--no-index", "--no-compile"]
    subprocess.run([*pip, "--disable-pip-version-check", *(str(w.file) for w in wheels)], check=True, capture_output=True)
    return Environment(folder)


def _closure(wanted: Iterable[Requirement]) -> list[Distribution]:
    """The installed distributions that satisfy the requirements, and what they need in turn."""
    found: dict[str, Distribution] = {}
    waiting = [r for r in wanted if _applies(r, ENGINES)]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # a requirement of another engine; if a command needs it, that command fails
        waiting += [r for text in found[name].requires or [] if _applies(r := Requirement(text), requirement.extras)]
    return list(found.values())


def _applies(requirement: Requirement, extras: Iterable[str]) -> bool:
    return requirement.marker is None or any(requirement.marker.evaluate({"extra": e}) for e in ("", *extras))


def skelp_wheel(out: Path) -> Wheel:
    """The wheel of skelp."""
    return build(ROOT, out)


def client_wheel(out: Path) -> Wheel:
    """The wheel of skelp-client."""
    return build(ROOT / "src" / "client", out)


def training_wheel(out: Path) -> Wheel:
    """The wheel of skelp-training."""
    return build(ROOT / "training", out)
