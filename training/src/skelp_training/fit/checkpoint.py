"""The state of a run on disk, so that one that was killed goes on to the same result."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from skelp.domain.errors import SkelpError


def averaged_weights(file: Path) -> dict[str, Any]:
    """The averaged network of a run's last.pt. Raises SkelpError if there is none."""
    if not file.is_file():
        raise SkelpError(f"there is no checkpoint {file}; train first: python -m training.train CONFIG.toml")
    state = torch.load(file, map_location="cpu", weights_only=True)["ema"]
    return {k.removeprefix("module."): v for k, v in state.items() if k.startswith("module.")}


def start_from(net: nn.Module, file: Path) -> None:
    """Give a network the averaged weights of another run. Raises SkelpError if they do not fit."""
    try:
        net.load_state_dict(averaged_weights(file))
    except RuntimeError as error:
        raise SkelpError(f"{file} holds another network or other classes: {str(error).splitlines()[-1].strip()}") from error


class Checkpoint:
    """Everything that the next step depends on: weights, their average, optimiser, schedule and step. Crops depend on the step alone."""

    def __init__(self, folder: Path, fingerprint: str, net: nn.Module, ema: AveragedModel, optimiser: Any, schedule: Any) -> None:
        self._file, self._best_file = folder / "last.pt", folder / "best.pt"
        self._fingerprint = fingerprint
        self._parts = {"net": net, "ema": ema, "optimiser": optimiser, "schedule": schedule}
        self._ema = ema
        self._best = -1.0
        self.stale = 0
        """Validations since the best one."""

    def resume(self) -> int:
        """Load the last state, if there is one; the step it was taken at. Raises SkelpError for another run's checkpoint."""
        if not self._file.is_file():
            return 0
        state = torch.load(self._file, map_location="cpu", weights_only=True)
        if state["fingerprint"] != self._fingerprint:
            raise SkelpError(
                f"{self._file} belongs to another config; delete {self._file.parent} to start anew, or name another run folder"
            )
        for name, part in self._parts.items():
            part.load_state_dict(state[name])
        self._best, self.stale = state["best"], state["stale"]
        return int(state["step"])

    def keep(self, step: int, value: float, *, write: bool) -> None:
        """Note a validation's value (larger is better) and write the state; a crash while writing leaves the one before."""
        better = value > self._best
        self._best, self.stale = (value, 0) if better else (self._best, self.stale + 1)
        if not write:
            return
        if better:
            _write(self._best_file, {"ema": self._ema.state_dict()})
        state = {name: part.state_dict() for name, part in self._parts.items()}
        _write(self._file, {**state, "step": step, "best": self._best, "stale": self.stale, "fingerprint": self._fingerprint})

    def best(self) -> nn.Module:
        """The averaged network of the best validation."""
        ema = copy.deepcopy(self._ema)
        ema.load_state_dict(torch.load(self._best_file, map_location="cpu", weights_only=True)["ema"])
        return ema.module


def _write(file: Path, state: dict[str, Any]) -> None:
    draft = file.with_suffix(".draft")
    try:
        torch.save(state, draft)
        draft.replace(file)
    except OSError as error:
        raise SkelpError(f"cannot write {file}: {error}; free disk space and start again, the checkpoint before is kept") from error
