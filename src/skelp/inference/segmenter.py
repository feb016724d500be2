"""Runs a model file on an execution provider."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import DefectClass
from skelp.domain.maps import TILE_PX, Maps
from skelp.domain.status import EngineInfo
from skelp.inference.engine import MODEL, Engine, check_shape, network_of, open_network, warm_up
from skelp.inference.model_file import ModelError, ModelFile, check_output
from skelp.inference.trial import settled

U8 = NDArray[np.uint8]


class OnnxSegmenter:
    """Runs a network on frames of `height` x `width` px, `batch` at once. Satisfies ports.Segmenter.

    Height and width must be multiples of 32. The shape is fixed in the graph, which is about a tenth faster than a free shape. Each
    output is checked for classes that the card does not have. `auto` is settled by a trial of this shape. `report` is called before
    that, and before an engine is built, which may take minutes.
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
        check_shape(height, width)
        self._shape = (batch, 1, height, width)
        self._card = model.card
        self._session, self._info = open_network(network_of(model), settled(model, engine, self._shape, report), self._shape, report)
        self._known = np.zeros(256, bool)
        self._known[[0, *(c.id for c in model.card.classes)]] = True
        self._classes = model.card.domain_classes
        self._binding = self._session.io_binding()
        self._map_shape = (height // self.stride, width // self.stride)
        self._tiles = (height // TILE_PX, width // TILE_PX) if model.measures_distance else None
        warm_up(MODEL, self._info.provider, self._shape, self.run)

    @property
    def stride(self) -> int:
        return self._card.stride

    @property
    def classes(self) -> tuple[DefectClass, ...]:
        return self._classes

    @property
    def info(self) -> EngineInfo:
        return self._info

    @property
    def looks(self) -> None:
        """As in ScreenedSegmenter: this one shows everything to the whole network."""
        return

    def run(self, frames: U8) -> Maps:
        """The answer for frames uint8 [n, 1, H, W], any number of them: `batch` at once.

        Each call returns new arrays. Raises ModelError if the shape differs, CardError if the output has an unknown class.
        """
        count, most = len(frames), self._shape[0]
        if frames.shape[1:] != self._shape[1:]:
            raise ModelError(f"frames {frames.shape} do not fit an engine that was built for {self._shape}")
        missing = -count % most
        if missing:
            frames = np.concatenate([frames, np.zeros((missing, *self._shape[1:]), np.uint8)])
        frames = np.ascontiguousarray(frames)
        cells = (count + missing, *self._map_shape)
        distance = None if self._tiles is None else np.empty((count + missing, *self._tiles), np.float32)
        answer = Maps(np.empty(cells, np.uint8), np.empty(cells, np.uint8), distance)
        for start in range(0, len(frames), most):
            self._binding.bind_cpu_input("frames", frames[start : start + most])
            for name, whole in answer.measured.items():
                out = whole[start : start + most]
                self._binding.bind_output(name, "cpu", 0, out.dtype, out.shape, out.ctypes.data)
            self._session.run_with_iobinding(self._binding)
        if answer.class_id.any() and not self._known[answer.class_id].all():
            check_output(self._card, frames, answer, where=self._card.name)
        return answer.first(count)
