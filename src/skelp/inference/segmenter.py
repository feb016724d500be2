"""Opens a model file and runs it on an execution provider."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_state

from skelp.domain.defect import DefectClass
from skelp.domain.errors import SkelpError
from skelp.domain.status import EngineInfo
from skelp.inference.card import CARD_KEY, STEP, CardError, ModelCard
from skelp.inference.providers import Precision, Provider, choose, resolve, session_for

U8 = NDArray[np.uint8]
# ONNX Runtime's exceptions (Fail, InvalidArgument, InvalidProtobuf, ...) share no base class of their own.
_ORT_ERRORS: tuple[type[Exception], ...] = (
    RuntimeError,
    *(c for c in vars(ort_state).values() if isinstance(c, type) and issubclass(c, Exception)),
)


class ModelError(SkelpError):
    """A model file cannot be opened or run."""


@dataclass(frozen=True)
class ModelFile:
    """A model file: its path, its SHA-256 in hex, and its card."""

    path: Path
    sha256: str
    card: ModelCard

    @staticmethod
    def open(path: Path) -> ModelFile:
        """Read the card and check inputs and outputs, without running the network. Raises ModelError or CardError."""
        if not path.is_file():
            raise ModelError(f"there is no model file {path}; give one with --model, or train one (docs/models.md)")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        session = _plain_session(path)
        try:
            text = session.get_modelmeta().custom_metadata_map.get(CARD_KEY)
        except UnicodeDecodeError as error:
            raise CardError(f"the metadata of {path} is not UTF-8 ({error.reason} at {error.start}); export the model again") from error
        card = ModelCard.parse(text, where=str(path))
        _check_inputs_and_outputs(session, path)
        return ModelFile(path, digest, card)

    def verify(self) -> None:
        """Run the network on a small picture on the CPU provider. Raises CardError if the output does not fit the card."""
        session = _plain_session(self.path)
        rng = np.random.default_rng(1)
        frames = rng.integers(0, 256, (2, 1, 2 * STEP, 3 * STEP), dtype=np.uint8)
        try:
            class_id, score = session.run(["class_id", "score"], {"frames": frames})
        except _ORT_ERRORS as error:
            raise CardError(f"{self.path} cannot run frames of {frames.shape}: {error}; export it with free N, H and W") from error
        check_output(self.card, frames, class_id, score, where=str(self.path))


def _plain_session(path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.log_severity_level = 4
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except _ORT_ERRORS as error:
        raise ModelError(f"{path} is not an ONNX model that can be loaded: {error}") from error


def _check_inputs_and_outputs(session: ort.InferenceSession, path: Path) -> None:
    inputs = {i.name: (i.type, len(i.shape)) for i in session.get_inputs()}
    outputs = {o.name: (o.type, len(o.shape)) for o in session.get_outputs()}
    if inputs != {"frames": ("tensor(uint8)", 4)}:
        raise CardError(f"{path} must have one input 'frames' uint8 [N, 1, H, W], it has {inputs}")
    for name in ("class_id", "score"):
        if outputs.get(name) != ("tensor(uint8)", 3):
            raise CardError(f"{path} must have an output '{name}' uint8 [N, H/s, W/s], it has {outputs}")


def check_output(card: ModelCard, frames: U8, class_id: U8, score: U8, *, where: str) -> None:
    """Check that an output has the stride and the classes of the card. Raises CardError if not."""
    expected = (frames.shape[0], frames.shape[2] // card.stride, frames.shape[3] // card.stride)
    for name, found in (("class_id", class_id), ("score", score)):
        if found.shape != expected:
            raise CardError(
                f"{where}: the card has stride {card.stride}, so {name} must be {expected}, it is {found.shape}; correct the card"
            )
    known = {0, *(c.id for c in card.classes)}
    unknown = sorted(set(np.unique(class_id).tolist()) - known)
    if unknown:
        raise CardError(f"{where}: the model gives class {unknown}, its card has {sorted(known)}; correct the classes in the card")


@dataclass(frozen=True, slots=True)
class Engine:
    """How to run a model: provider and precision by name, threads (None: all), and a folder for engines that a provider builds."""

    provider: str
    precision: str
    threads: int | None
    cache: Path


class OnnxSegmenter:
    """Runs a network on batches of one shape: `batch` frames of `height` x `width` px. Satisfies ports.Segmenter.

    Height and width must be multiples of 32. The shape is fixed in the graph, which is about a tenth faster than a free shape. Each
    output is checked for classes that the card does not have. `report` is called before an engine is built, which may take minutes.
    Raises ModelError, or SkelpError if the provider or its precision cannot be used.
    """

    def __init__(
        self,
        model: ModelFile,
        engine: Engine,
        *,
        batch: int,
        height: int,
        width: int,
        report: Callable[[str], None] = lambda _: None,
    ) -> None:
        if height % STEP or width % STEP:
            raise ModelError(f"frames of {height} x {width} px: height and width must be multiples of {STEP}")
        offer = choose(engine.provider)
        precision = resolve(offer.provider, Precision(engine.precision))
        threads = engine.threads or os.cpu_count() or 1
        cache = engine.cache
        self._shape = (batch, 1, height, width)
        self._card = model.card
        self._info = EngineInfo(offer.provider.value, precision.value, threads, offer.why)
        if offer.provider is Provider.TENSORRT:
            report(f"building the TensorRT engine for {self._shape}; the first time takes minutes, then it is stored in {cache}")
        names = _plain_session(model.path).get_inputs()[0].shape
        fixed = {name: size for name, size in zip(names, self._shape, strict=True) if isinstance(name, str)}
        self._session = session_for(model.path, offer.provider, precision, threads, fixed, cache / model.sha256[:16])
        self._known = np.zeros(256, bool)
        self._known[[0, *(c.id for c in model.card.classes)]] = True
        self._classes = model.card.domain_classes
        self._binding = self._session.io_binding()
        self._map_shape = (batch, height // self.stride, width // self.stride)
        self.warm_up()

    @property
    def stride(self) -> int:
        return self._card.stride

    @property
    def classes(self) -> tuple[DefectClass, ...]:
        return self._classes

    @property
    def info(self) -> EngineInfo:
        return self._info

    def warm_up(self) -> None:
        """Run twice, because a provider may build kernels at the first runs. A coil's first frames then need not wait."""
        for _ in range(2):
            self.run(np.full(self._shape, 100, np.uint8))

    def run(self, frames: U8) -> tuple[U8, U8]:
        """Class ids and scores, uint8 [n, H/s, W/s] each, of frames uint8 [n, 1, H, W]; n is at most the batch.

        Each call returns new arrays. Raises ModelError if the shape differs, CardError if the output has an unknown class.
        """
        count = frames.shape[0]
        if frames.shape[1:] != self._shape[1:] or count > self._shape[0]:
            raise ModelError(f"frames {frames.shape} do not fit an engine that was built for {self._shape}")
        if count < self._shape[0]:
            frames = np.concatenate([frames, np.zeros((self._shape[0] - count, *self._shape[1:]), np.uint8)])
        binding = self._binding
        binding.bind_cpu_input("frames", np.ascontiguousarray(frames))
        class_id, score = np.empty(self._map_shape, np.uint8), np.empty(self._map_shape, np.uint8)
        for name, out in (("class_id", class_id), ("score", score)):
            binding.bind_output(name, "cpu", 0, np.uint8, out.shape, out.ctypes.data)
        self._session.run_with_iobinding(binding)
        if class_id.any() and not self._known[class_id].all():
            check_output(self._card, frames, class_id, score, where=self._card.name)
        return class_id[:count], score[:count]
