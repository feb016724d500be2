"""Opens a network of a model file on an execution provider, for frames of one shape."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from skelp.domain.status import EngineInfo
from skelp.inference.card import STEP
from skelp.inference.model_file import ORT_ERRORS, ModelError, ModelFile
from skelp.inference.probe import in_short
from skelp.inference.providers import Precision, Provider, choose, resolve
from skelp.inference.sessions import session_for

MODEL, SCREEN = "model", "screen"
"""Names of the networks of a model file."""
Shape = tuple[int, int, int, int]
"""Frames, 1, lines and columns of a batch."""


class Ready(NamedTuple):
    """A network that was compiled ahead for one shape, as an ONNX file, and where the nodes of its graph run."""

    data: bytes
    nodes: int
    nodes_on_cpu: int


@dataclass(frozen=True, slots=True)
class Engine:
    """How to run a model: provider and precision by name, threads (None: all), and a folder for what is stored between two starts.

    `why`: why the provider and the precision were chosen; empty while one of them may be `auto` (`trial.settled`). `compiled`: gives the
    network that was compiled ahead, by its name and the shape of the frames (`engine_file.py`); None: networks are compiled when opened.
    """

    provider: str
    precision: str
    threads: int | None
    cache: Path
    why: str = ""
    compiled: Callable[[str, Shape], Ready] | None = None

    @property
    def threads_used(self) -> int:
        return self.threads or os.cpu_count() or 1


class Network(NamedTuple):
    """A network of a model file: its name, its content, the sizes of its input (a name where one is free), and its folder in the cache."""

    name: str
    data: bytes
    axes: tuple[int | str | None, ...]
    folder: str

    def fixed(self, shape: Shape) -> dict[str, int]:
        """The size that each free dimension gets for this shape."""
        return {axis: size for axis, size in zip(self.axes, shape, strict=True) if isinstance(axis, str)}


def network_of(model: ModelFile) -> Network:
    """The whole network."""
    return Network(MODEL, model.data, model.axes, model.sha256[:16])


def screen_of(model: ModelFile) -> Network | None:
    """The screen; None if the model has none."""
    return None if model.screen is None else Network(SCREEN, model.screen, ("n", 1, "h", "w"), f"{model.sha256[:16]}-screen")


def check_shape(height: int, width: int) -> None:
    """Raise ModelError if no network can look at frames of this size."""
    if height % STEP or width % STEP:
        raise ModelError(f"frames of {height} x {width} px: height and width must be multiples of {STEP}")


def open_network(network: Network, engine: Engine, shape: Shape, report: Callable[[str], None]) -> tuple[ort.InferenceSession, EngineInfo]:
    """Open a session for frames of this shape. `report` is called before an engine is built, which may take minutes.

    Raises SkelpError if the provider or its precision cannot be used, or if there are engines that were compiled ahead and none fits.
    """
    offer = choose(engine.provider)
    precision = resolve(offer.provider, Precision(engine.precision))
    cache = engine.cache / network.folder
    if engine.compiled is not None:
        ready = engine.compiled(network.name, shape)
        session = session_for(ready.data, offer.provider, precision, engine.threads_used, {}, cache).session
        nodes, on_cpu = ready.nodes, ready.nodes_on_cpu
    else:
        if offer.provider is Provider.TENSORRT:
            report(f"building the TensorRT engine for {shape}; the first time takes minutes, then it is stored in {engine.cache}")
        opened = session_for(network.data, offer.provider, precision, engine.threads_used, network.fixed(shape), cache)
        session, nodes, on_cpu = opened.session, opened.nodes, 0 if offer.provider is Provider.CPU else opened.nodes_on_cpu
    return session, EngineInfo(offer.provider.value, precision.value, engine.threads_used, engine.why or offer.why, nodes, on_cpu)


def warm_up(what: str, provider: str, shape: Shape, run: Callable[[NDArray[np.uint8]], object]) -> None:
    """Run a network twice, because a provider may build kernels at the first runs. A coil's first frames then need not wait.

    `what` names the network. Raises ModelError if it cannot be run.
    """
    try:
        for _ in range(2):
            run(np.full(shape, 100, np.uint8))
    except ORT_ERRORS as error:
        raise ModelError(f"provider {provider} opened the {what} and cannot run it: {in_short(error)}; choose another") from error
