"""A model file: graph, weights, classes and thresholds in one file. What was read and hashed is what runs."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_state

from skelp.domain.errors import SkelpError
from skelp.domain.maps import TILE_PX, Maps
from skelp.domain.recipe import Recipe
from skelp.inference.card import CARD_KEY, STEP, CardError, ModelCard
from skelp.inference.weights import weights

U8 = NDArray[np.uint8]
# ONNX Runtime's exceptions (Fail, InvalidArgument, InvalidProtobuf, ...) share no base class of their own.
ORT_ERRORS: tuple[type[Exception], ...] = (
    RuntimeError,
    UnicodeDecodeError,  # a message of ONNX Runtime that quotes a name which is not UTF-8
    *(c for c in vars(ort_state).values() if isinstance(c, type) and issubclass(c, Exception)),
)
MAPS, DISTANCE = Maps._fields[:2], Maps._fields[2]
"""Names of a model's outputs. The last is optional."""
SCREEN_KEY = "skelp.screen"
"""Key of the screen in the metadata of the ONNX file: an ONNX file of its own, in base64. So a model stays one file with one hash."""
SUSPICION = "suspicion"
"""Output of a screen: uint8 [N, H/32, W/32]."""
_DISTANCE_TYPE = ("tensor(float)", 3)
_LFS = b"version https://git-lfs"


class ModelError(SkelpError):
    """A model file cannot be opened or run."""


@dataclass(frozen=True)
class ModelFile:
    """A model file: its path, its SHA-256 in hex, its card, and its content. Every session is opened from `data`, never from the path.

    `axes`: the sizes of its input [N, 1, H, W], a name where the size is free. `measures_distance`: whether it says how unlike the steel
    is to what it learned (output `distance`). `screen`: the content of its screen, if it has one.
    """

    path: Path
    sha256: str
    card: ModelCard
    axes: tuple[int | str | None, ...]
    measures_distance: bool
    data: bytes = field(repr=False, compare=False)
    screen: bytes | None = field(default=None, repr=False, compare=False)

    @staticmethod
    def open(path: Path) -> ModelFile:
        """Read the file, check that it is whole, and check card, inputs and outputs. Raises ModelError or CardError."""
        data = _read(path)
        _check_weights(data, path)
        session = _plain_session(data, path)
        try:
            metadata = session.get_modelmeta().custom_metadata_map
            _check_inputs_and_outputs(session, path)
            axes = tuple(session.get_inputs()[0].shape)
            measures = DISTANCE in {o.name for o in session.get_outputs()}
        except UnicodeDecodeError as error:
            raise CardError(
                f"names or metadata of {path} are not UTF-8 ({error.reason} at {error.start}); export the model again"
            ) from error
        card = ModelCard.parse(metadata.get(CARD_KEY), where=str(path))
        return ModelFile(path, hashlib.sha256(data).hexdigest(), card, axes, measures, data, _screen(metadata, card, path))

    @property
    def described(self) -> dict[str, Any]:
        """What the file is, ready for JSON: its hash, whether it measures distance, and its card."""
        return {"sha256": self.sha256, "measures_distance": self.measures_distance, **self.card.model_dump(mode="json")}

    def session(self) -> ort.InferenceSession:
        """A session on the CPU provider. Raises ModelError."""
        return _plain_session(self.data, self.path)

    def verify(self) -> None:
        """Run the network on a small picture on the CPU provider. Raises CardError if the output does not fit the card."""
        rng, session = np.random.default_rng(1), self.session()
        for shape in ((2, 1, 2 * STEP, 3 * STEP), (1, 1, 3 * STEP, 2 * STEP)):
            frames = rng.integers(0, 256, shape, dtype=np.uint8)
            check_output(self.card, frames, self.run(session, frames), where=str(self.path))

        if self.screen is not None:
            frames = rng.integers(0, 256, (2, 1, 2 * STEP, 3 * STEP), dtype=np.uint8)
            try:
                (found,) = _plain_session(self.screen, self.path).run([SUSPICION], {"frames": frames})
            except ORT_ERRORS as error:
                raise CardError(f"{self.path}: its screen cannot be run: {error}; make it again") from error
            if found.shape != (2, 2, 3) or found.dtype != np.uint8:
                raise CardError(f"{self.path}: its screen must give uint8 {(2, 2, 3)}, it gives {found.dtype} {found.shape}; make it again")

    def check_recipe(self, recipe: Recipe) -> None:
        """Raise SkelpError if the model cannot be used with a recipe: it names a class that the model lacks, or asks for another screen."""
        recipe.applied_to(self.card.domain_classes)
        if recipe.screen:
            self.check_screen(recipe)

    def check_screen(self, recipe: Recipe) -> None:
        """Raise ModelError if the model has no screen, or one that was made for other limits than the recipe's."""
        if why_not := self.card.why_no_screen(recipe):
            raise ModelError(
                f"{self.path} cannot be screened: {why_not}; make a screen (skelp screen), or leave screening off (screen in the recipe)"
            )

    def answer(self, frames: U8) -> Maps:
        """The answer for frames uint8 [n, 1, H, W], on the CPU provider. Raises CardError if they cannot be run."""
        return self.run(self.session(), frames)

    def run(self, session: ort.InferenceSession, frames: U8) -> Maps:
        """The answer for frames, by a session of this model that is open already."""
        outputs = [*MAPS, DISTANCE] if self.measures_distance else [*MAPS]
        try:
            return Maps(*session.run(outputs, {"frames": frames}))
        except ORT_ERRORS as error:
            raise CardError(f"{self.path} cannot run frames of {frames.shape}: {error}; export it with free N, H and W") from error


def _read(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ModelError(f"there is no model file {path}; give one with --model, or train one (docs/models.md)") from error
    except IsADirectoryError as error:
        raise ModelError(f"{path} is a folder; name the model file in it") from error
    except OSError as error:
        raise ModelError(f"model file {path} cannot be read: {error.strerror}") from error
    if not data:
        raise ModelError(f"model file {path} is empty; copy it again")
    if data.startswith(_LFS):
        raise ModelError(f"{path} is a pointer of Git LFS and not the model; fetch it with: git lfs pull")
    if all(byte in b"\t\n\r" or 32 <= byte < 127 for byte in data[:256]):
        raise ModelError(f"{path} is a text file, not an ONNX model; it begins with {str(data[:20], 'ascii')!r}")
    return data


def _screen(metadata: Mapping[str, str], card: ModelCard, path: Path) -> bytes | None:
    """The screen in the metadata of a model file. Raises CardError if card and screen do not belong together, or it is damaged."""
    text = metadata.get(SCREEN_KEY)
    if (text is None) != (card.screen is None):
        raise CardError(f"{path} has {'no screen, but its card describes one' if text is None else 'a screen that its card does not name'}")
    if text is None:
        return None
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CardError(f"the screen of {path} is damaged ({error}); copy the file again") from error
    _check_weights(data, path)
    return data


def _check_weights(data: bytes, path: Path) -> None:
    """Weights in another file are covered by no hash, and are lost when the model is copied."""
    try:
        found = list(weights(data))
    except ValueError as error:
        raise ModelError(f"{path} is not an ONNX model that can be loaded: {error}; it may be cut off, copy it again") from error
    outside = sorted({w.outside for w in found if w.outside is not None})
    if outside:
        files = ", ".join(outside)[:200]
        raise ModelError(f"{path} has its weights in another file ({files}), but a model is one file; pack it: skelp pack {path} OUT.onnx")
    first = next((w for w in found if w.unknown), None)
    if first:
        raise ModelError(
            f"{path}: {first.unknown} values of the weight {first.name} are NaN or infinite, so its training failed; take another model"
        )


def _plain_session(data: bytes, path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = os.cpu_count() or 1  # ONNX Runtime binds its threads to cores if it chooses their number itself
    try:
        return ort.InferenceSession(data, options, providers=["CPUExecutionProvider"], enable_fallback=0)
    except ORT_ERRORS as error:
        raise ModelError(f"{path} is not an ONNX model that can be loaded: {error}") from error


def _check_inputs_and_outputs(session: ort.InferenceSession, path: Path) -> None:
    inputs = {i.name: (i.type, len(i.shape)) for i in session.get_inputs()}
    outputs = {o.name: (o.type, len(o.shape)) for o in session.get_outputs()}
    if inputs != {"frames": ("tensor(uint8)", 4)}:
        raise CardError(f"{path} must have one input 'frames' uint8 [N, 1, H, W], it has {inputs}")
    for name in MAPS:
        if outputs.get(name) != ("tensor(uint8)", 3):
            raise CardError(f"{path} must have an output '{name}' uint8 [N, H/s, W/s], it has {outputs}")
    if outputs.get(DISTANCE, _DISTANCE_TYPE) != _DISTANCE_TYPE:
        raise CardError(f"{path}: its output '{DISTANCE}' must be float [N, H/{TILE_PX}, W/{TILE_PX}], it has {outputs}")


def check_output(card: ModelCard, frames: U8, answer: Maps, *, where: str) -> None:
    """Check that an answer has the stride and the classes of the card, and one distance for each tile. Raises CardError if not."""
    count, _, height, width = frames.shape
    tiles = (count, height // TILE_PX, width // TILE_PX)
    if answer.distance is not None and answer.distance.shape != tiles:
        raise CardError(f"{where}: its output '{DISTANCE}' must be {tiles}, it is {answer.distance.shape}; export it again")
    expected = (count, height // card.stride, width // card.stride)
    for name, found in zip(MAPS, (answer.class_id, answer.score), strict=True):
        if found.shape != expected:
            raise CardError(
                f"{where}: the card has stride {card.stride}, so {name} must be {expected}, it is {found.shape}; correct the card"
            )
    known = {0, *(c.id for c in card.classes)}
    unknown = sorted(set(np.unique(answer.class_id).tolist()) - known)
    if unknown:
        raise CardError(f"{where}: the model gives class {unknown}, its card has {sorted(known)}; correct the classes in the card")
