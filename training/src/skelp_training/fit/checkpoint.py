"""Checkpoints: the state of a run on disk. A run that was killed resumes from the last one and reaches the same result."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from skelp.domain.disk import cannot_write
from skelp.domain.errors import SkelpError
from skelp_training.data.seen import Seen
from skelp_training.fit.more_classes import HEAD, with_more_classes


def averaged_weights(file: Path) -> dict[str, Any]:
    """The averaged weights in a run's last.pt. Raises SkelpError if the file is missing."""
    state = _load(file)["ema"]
    return {k.removeprefix("module."): v for k, v in state.items() if k.startswith("module.")}


@dataclass(frozen=True)
class Past:
    """What a checkpoint says of its run: the steps made, the pictures seen, and of which files its weights are the mean (as in Trained)."""

    steps: int
    seen: Seen
    mean_of: Mapping[str, float]


def past_of(file: Path, fingerprint: str | None = None) -> Past:
    """The past of a checkpoint. Raises SkelpError if it is missing, or if the run was of another config than `fingerprint` says.

    A mean of several runs (tools.mean_weights) is of no config.
    """
    state = _load(file)
    if fingerprint is not None and state.get("fingerprint", fingerprint) != fingerprint:
        raise SkelpError(
            f"{file} belongs to another config, or start_from is another file now, so its model file would say what is not true; "
            "take the config that it was trained with"
        )
    return Past(int(state.get("step", 0)), Seen.read(state.get("taught_by"), state.get("chosen_on", ())), state.get("mean_of", {}))


def seen_in_file(seen: Seen) -> dict[str, Any]:
    """The part of a checkpoint that names the pictures seen."""
    return {"taught_by": seen.text, "chosen_on": sorted(seen.chosen)}


def load_weights(network: nn.Module, file: Path) -> None:
    """Load the averaged weights of a run into a network. Raises SkelpError if they do not fit."""
    load_into(network, averaged_weights(file), file)


def load_first_weights(network: nn.Module, file: Path) -> int | None:
    """The same, to train on from. The network may have more classes than the run, with higher ids: those begin as unlikely sound steel.

    Returns the number of classes of the run, sound steel included; None of a network without a head by that name. Raises SkelpError if
    the weights do not fit.
    """
    state = averaged_weights(file)
    known = len(state[HEAD[0]]) if HEAD[0] in state else None
    with_more_classes(state, network.state_dict())
    load_into(network, state, file)
    return known


def load_into(network: nn.Module, state: dict[str, Any], file: Path) -> None:
    """Load weights that came from a file. Raises SkelpError if they do not fit."""
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise SkelpError(f"{file} holds another network or other classes: {str(error).splitlines()[-1].strip()}") from error


class Checkpoint:
    """Saves and resumes everything that the next step depends on: weights, their average, optimiser, learning rate schedule, step."""

    def __init__(
        self,
        folder: Path,
        fingerprint: str,
        seen: Seen,
        network: nn.Module,
        ema: AveragedModel,
        optimiser: Any,
        schedule: Any,
    ) -> None:
        self._file, self._best_file = folder / "last.pt", folder / "best.pt"
        self._fingerprint, self.seen = fingerprint, seen
        self._parts = {"net": network, "ema": ema, "optimiser": optimiser, "schedule": schedule}
        self._ema = ema
        self._best = -1.0
        self.stale = 0
        """Validations since the best one, for early stopping."""

    def resume(self) -> int:
        """Load the last checkpoint and return its step; 0 if there is none. Raises SkelpError if it is another config's."""
        if not self._file.is_file():
            return 0
        state = _load(self._file)
        if state["fingerprint"] != self._fingerprint:
            raise SkelpError(
                f"{self._file} belongs to another config; delete {self._file.parent} to start again, or name another run folder"
            )
        for name, part in self._parts.items():
            part.load_state_dict(state[name])
        self._best, self.stale = state["best"], state["stale"]
        return int(state["step"])

    def save(self, step: int, value: float, *, write: bool) -> None:
        """Save the state after a validation with this value (larger is better). A crash while writing leaves the previous checkpoint.

        Workers with `write` false only note the value.
        """
        better = value > self._best
        self._best, self.stale = (value, 0) if better else (self._best, self.stale + 1)
        if not write:
            return
        if better:
            _write(self._best_file, {"ema": self._ema.state_dict(), **seen_in_file(self.seen)})
        state = {name: part.state_dict() for name, part in self._parts.items()}
        about = {"step": step, "best": self._best, "stale": self.stale, "fingerprint": self._fingerprint}
        _write(self._file, state | about | seen_in_file(self.seen))

    def best_network(self) -> nn.Module:
        """The averaged network of the best validation."""
        ema = copy.deepcopy(self._ema)
        ema.load_state_dict(_load(self._best_file)["ema"])
        return ema.module


def _load(file: Path) -> dict[str, Any]:
    """The content of a checkpoint. Raises SkelpError if the file is missing, damaged or no checkpoint."""
    if not file.is_file():
        raise SkelpError(f"there is no checkpoint {file}; train first: skelp train CONFIG.toml")
    try:
        state = torch.load(file, map_location="cpu", weights_only=True)
        if isinstance(state, dict) and "ema" in state:
            return state
        cause = "it has no weights"
    except Exception as error:  # noqa: BLE001 - torch raises what its decoders raise
        cause = " ".join(str(error).split())[:200]
    raise SkelpError(f"{file} is damaged or no checkpoint of skelp ({cause}); delete it and train again, or bring back a copy")


def _write(file: Path, state: dict[str, Any]) -> None:
    draft = file.with_suffix(".draft")
    try:
        torch.save(state, draft)
        draft.replace(file)
    except OSError as error:
        raise cannot_write(file, error, "choose another run; the previous checkpoint is intact, so that training can go on") from error
