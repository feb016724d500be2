"""A model file running on an execution provider."""

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
    """A model file that cannot be run, or that does not do what its card says."""


@dataclass(frozen=True)
class ModelFile:
    """A model on disk: where, its hash and its card."""

    path: Path
    sha256: str
    card: ModelCard

    @staticmethod
    def open(path: Path) -> ModelFile:
        """Read the card without building an engine. Raises ModelError or CardError."""
        if not path.is_file():
            raise ModelError(f"there is no model file {path}; give one with --model, or train one (docs/models.md)")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        session = _plain_session(path)
        card = ModelCard.parse(session.get_modelmeta().custom_metadata_map.get(CARD_KEY), where=str(path))
        _check_faces(session, path)
        return ModelFile(path, digest, card)

    def verify(self) -> None:
        """Run the file on a small picture with ONNX Runtime's own CPU provider. Raises CardError if the answer does not fit the card."""
        session = _plain_session(self.path)
        rng = np.random.default_rng(1)
        frames = rng.integers(0, 256, (2, 1, 2 * STEP, 3 * STEP), dtype=np.uint8)
        try:
            class_id, score = session.run(["class_id", "score"], {"frames": frames})
        except _ORT_ERRORS as error:
            raise CardError(f"{self.path} cannot run frames of {frames.shape}: {error}; export it with free N, H and W") from error
        check_answer(self.card, frames, class_id, score, where=str(self.path))


def _plain_session(path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.log_severity_level = 4
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except _ORT_ERRORS as error:
        raise ModelError(f"{path} is not an ONNX model that can be loaded: {error}") from error


def _check_faces(session: ort.InferenceSession, path: Path) -> None:
    inputs = {i.name: (i.type, len(i.shape)) for i in session.get_inputs()}
    outputs = {o.name: (o.type, len(o.shape)) for o in session.get_outputs()}
    if inputs != {"frames": ("tensor(uint8)", 4)}:
        raise CardError(f"{path} must have one input 'frames' uint8 [N, 1, H, W], it has {inputs}")
    for name in ("class_id", "score"):
        if outputs.get(name) != ("tensor(uint8)", 3):
            raise CardError(f"{path} must have an output '{name}' uint8 [N, H/s, W/s], it has {outputs}")


def check_answer(card: ModelCard, frames: U8, class_id: U8, score: U8, *, where: str) -> None:
    """Raise CardError unless the outputs have the card's stride and classes."""
    expected = (frames.shape[0], frames.shape[2] // card.stride, frames.shape[3] // card.stride)
    for name, found in (("class_id", class_id), ("score", score)):
        if found.shape != expected:
            raise CardError(f"{where}: the card says stride {card.stride}, so {name} should be {expected}, it is {found.shape}")
    known = {0, *(c.id for c in card.classes)}
    strange = sorted(set(np.unique(class_id).tolist()) - known)
    if strange:
        raise CardError(f"{where}: the model answers class {strange}, its card knows {sorted(known)}; mend the card's classes")


@dataclass(frozen=True, slots=True)
class Engine:
    """On what to run a model: provider and precision by name, threads (None: all), folder for what a provider builds."""

    provider: str
    precision: str
    threads: int | None
    cache: Path


class OnnxSegmenter:
    """Satisfies ports.Segmenter. Opened for one shape: `batch` frames of `height` x `width` px (multiples of 32).

    The shape is fixed in the graph, which is about a tenth faster than a free one. Every answer is checked for classes
    that the card does not know: a highest id is one pass over a map that is 16 times smaller than the frame.
    """

    def __init__(
        self,
        model: ModelFile,
        engine: Engine,
        *,
        batch: int,
        height: int,
        width: int,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        if height % STEP or width % STEP:
            raise ModelError(f"frames of {height} x {width} px: height and width must be multiples of {STEP}")
        offer = choose(engine.provider)
        exactness = resolve(offer.provider, Precision(engine.precision))
        threads = engine.threads or os.cpu_count() or 1
        cache = engine.cache
        self._shape = (batch, 1, height, width)
        self._card = model.card
        self._info = EngineInfo(offer.provider.value, exactness.value, threads, offer.why)
        if offer.provider is Provider.TENSORRT:
            say(f"building the TensorRT engine for {self._shape}; the first time takes minutes, then it is kept in {cache}")
        names = _plain_session(model.path).get_inputs()[0].shape
        fixed = {name: size for name, size in zip(names, self._shape, strict=True) if isinstance(name, str)}
        self._session = session_for(model.path, offer.provider, exactness, threads, fixed, cache / model.sha256[:16])
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
        """Two runs, so that the first frame of a coil is not the one that waits for kernels to be made."""
        for _ in range(2):
            self.run(np.full(self._shape, 100, np.uint8))

    def run(self, frames: U8) -> tuple[U8, U8]:
        """Class ids and scores, uint8 [n, H/s, W/s], of uint8 [n, 1, H, W] with n up to the batch. The arrays are the caller's."""
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
            check_answer(self._card, frames, class_id, score, where=self._card.name)
        return class_id[:count], score[:count]
