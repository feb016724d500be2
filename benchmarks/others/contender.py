"""One contender: how it is built and started in a process of its own, and why it cannot be measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.macs import multiplications
from benchmarks.others import venvs

ROOT = Path(__file__).parents[2]
_BUILD_S, _START_S = 900, 120


class NotMeasured(Exception):  # noqa: N818 - it is a result, not an error
    """The contender cannot be built or does not run here. The message says why."""


@dataclass(frozen=True)
class Network:
    """A contender's network: its graph, the sizes of its free dimensions, and how many pixels of strip one run is for."""

    file: Path
    fixed: Mapping[str, int]
    strip_px: int

    @property
    def macs_per_px(self) -> float:
        """Multiplications for each pixel of strip, with those for context and for tiles that overlap."""
        return multiplications(self.file, self.fixed) / self.strip_px


@dataclass(frozen=True)
class Contender:
    """One way to get from frames to regions, or the limits of the machine.

    `module` is started with `arguments`. `file`: what its build leaves in the folder of the measurement, if it needs one. `environment`:
    a name of venvs.PACKAGES; None: skelp's own. `network`: None where not every pixel is shown to it, or its graph is not ONNX.
    """

    name: str
    title: str
    module: str
    arguments: Sequence[str]
    environment: str | None = None
    file: str | None = None
    network: Network | None = None
    why_not: str | None = None

    def prepare(self, folder: Path) -> None:
        """Build the model file, unless it is there. Raises NotMeasured."""
        why_not = self.why_not or (venvs.missing(self.environment) if self.environment else None)
        if why_not:
            raise NotMeasured(why_not)
        if self.file and not (folder / self.file).exists():
            self._run([str(folder), "build"], _BUILD_S)
            if not (folder / self.file).exists():
                raise NotMeasured(f"its build left no {self.file}")

    def measured(self, seconds: float) -> dict[str, Any]:
        """What the process printed as its last line. Raises NotMeasured."""
        printed = self._run([*self.arguments, "--seconds", str(seconds)], 20 * seconds + _START_S)
        facts: dict[str, Any] = json.loads(printed.splitlines()[-1])
        return facts

    def _run(self, arguments: Sequence[str], timeout_s: float) -> str:
        python = venvs.python_of(self.environment) if self.environment else Path(sys.executable)
        environ = {k: v for k, v in os.environ.items() if self.environment is None or k != "PYTHONPATH"}
        command = [str(python), "-m", self.module, *arguments]
        try:
            done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=timeout_s, check=False)
        except subprocess.TimeoutExpired:
            raise NotMeasured(f"{self.module} took longer than {timeout_s:.0f} s") from None
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["nothing on stderr"])[-1]
            raise NotMeasured(f"{self.module} exited with {done.returncode}: {last}")
        return done.stdout
