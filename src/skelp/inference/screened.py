"""Looks at everything with a model's screen, and with the whole network only where the screen is suspicious (ADR 23)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import DefectClass
from skelp.domain.maps import TILE_PX, Look, Maps
from skelp.domain.status import EngineInfo
from skelp.inference.model_file import SUSPICION, ModelError, ModelFile
from skelp.inference.providers import Precision, choose, resolve, session_for
from skelp.inference.second_look import WINDOW, WINDOW_PX, SecondLook, Window
from skelp.inference.segmenter import Engine, OnnxSegmenter, threads_of

U8 = NDArray[np.uint8]

_AT_ONCE = 2
"""Windows in a batch of the whole network."""
_MOST_SHARE = 0.8
"""If windows would show more pixels than this share of a frame, the whole frame is looked at: that is faster."""


@dataclass(frozen=True, slots=True)
class Looks:
    """Pixels that came, those of tiles that were suspicious, and those that the whole network was shown, with the halos of windows."""

    px: int = 0
    suspicious_px: int = 0
    whole_px: int = 0

    def more(self, px: int = 0, suspicious_px: int = 0, whole_px: int = 0) -> Looks:
        return Looks(self.px + px, self.suspicious_px + suspicious_px, self.whole_px + whole_px)

    def since(self, before: Looks) -> Looks:
        """What was seen after `before`."""
        return self.more(-before.px, -before.suspicious_px, -before.whole_px)

    @property
    def record(self) -> dict[str, float]:
        """For JSON: shares of all pixels. With halos, what the whole network was shown may be above 1."""
        of = max(1, self.px)
        return {"suspicious_share": round(self.suspicious_px / of, 5), "whole_network_share": round(self.whole_px / of, 4)}


class Screen:
    """A model's screen, for frames of one shape."""

    def __init__(self, model: ModelFile, engine: Engine, *, batch: int, height: int, width: int) -> None:
        """Raises ModelError if the model has no screen."""
        if model.screen is None or model.card.screen is None:
            raise ModelError(f"{model.path} has no screen")
        provider = choose(engine.provider).provider
        fixed = {"n": batch, "h": height, "w": width}
        cache = engine.cache / f"{model.sha256[:16]}-screen"
        precision = resolve(provider, Precision(engine.precision))
        self._session = session_for(model.screen, provider, precision, threads_of(engine), fixed, cache).session
        self._batch, self._limit = batch, model.card.screen.limit

    def suspicious(self, frames: U8) -> NDArray[np.bool_]:
        """Which tiles the whole network must look at, bool [n, H/32, W/32]; frames uint8 [n, 1, H, W], at most as many as the batch."""
        count = len(frames)
        if count < self._batch:
            frames = np.concatenate([frames, np.zeros((self._batch - count, *frames.shape[1:]), np.uint8)])
        (suspicion,) = self._session.run([SUSPICION], {"frames": np.ascontiguousarray(frames)})
        return np.asarray(suspicion[:count] >= self._limit, bool)


class ScreenedSegmenter:
    """Runs a model's screen on batches of one shape, and the whole network on windows. Satisfies ports.Segmenter.

    Cells outside the windows are sound with score 0. The distances of a model that measures them are those of the windows (SecondLook).
    Raises ModelError as OnnxSegmenter and Screen do.
    """

    def __init__(
        self, model: ModelFile, engine: Engine, *, batch: int, height: int, width: int, report: Callable[[str], None] = lambda _: None
    ) -> None:
        self._tiles = height // TILE_PX, width // TILE_PX
        self._screen = Screen(model, engine, batch=batch, height=height, width=width)
        self._whole = OnnxSegmenter(model, engine, batch=1, height=height, width=width, report=report)
        self._windows: OnnxSegmenter | None = None
        if self._tiles[1] >= WINDOW:
            self._windows = OnnxSegmenter(model, engine, batch=_AT_ONCE, height=height, width=WINDOW_PX, report=report)
        self._samples, self._turn = model.measures_distance, 0
        self._most = int(_MOST_SHARE * self._tiles[1] / WINDOW)
        self._looks = Looks()

    @property
    def stride(self) -> int:
        return self._whole.stride

    @property
    def classes(self) -> tuple[DefectClass, ...]:
        return self._whole.classes

    @property
    def info(self) -> EngineInfo:
        return self._whole.info

    @property
    def looks(self) -> Looks:
        """What was seen so far."""
        return self._looks

    def run(self, frames: U8) -> Maps:
        """The screened answer for frames uint8 [n, 1, H, W]; n is at most the batch."""
        return self.look(frames, [Look.SCREENED] * len(frames))

    def look(self, frames: U8, wanted: Sequence[Look]) -> Maps:
        """As `run`, with the look that is wanted for each frame.

        `looks` of the answer: SCREEN_ONLY where that was wanted and something is suspicious. Where nothing is, the frame is SCREENED.
        """
        if all(w is Look.WHOLE for w in wanted):
            answers = [self._all_of(frame) for frame in frames]
        else:
            seen = zip(frames, self._screen.suspicious(frames), wanted, strict=True)
            answers = [self._all_of(frame) if w is Look.WHOLE else self._screened(frame[0], tiles, w) for frame, tiles, w in seen]
        distances = [a.distance for a in answers if a.distance is not None]
        classes, scores = np.stack([a.class_id for a in answers]), np.stack([a.score for a in answers])
        return Maps(classes, scores, np.stack(distances) if distances else None, tuple(look for a in answers for look in a.looks))

    def _screened(self, frame: U8, suspicious: NDArray[np.bool_], wanted: Look) -> Maps:
        """The answer for a frame uint8 [H, W], without the first axis: of windows, or of the whole frame if that is faster."""
        only = wanted is Look.SCREEN_ONLY
        self._turn += 1
        self._looks = self._looks.more(frame.size, int(suspicious.sum()) * TILE_PX**2)
        here = np.zeros_like(suspicious) if only else suspicious
        look = SecondLook(frame, here, self.stride, samples=self._samples, turn=self._turn)
        while self._windows is not None and look.places <= self._most:
            windows = look.next()
            if not windows:
                return look.maps._replace(looks=(Look.SCREEN_ONLY if only and suspicious.any() else Look.SCREENED,))
            self._show(self._windows, look, windows)
        self._looks = self._looks.more(whole_px=frame.size)
        return next(self._whole.run(frame[None, None]).each())._replace(looks=(Look.SCREENED,))

    def _all_of(self, frame: U8) -> Maps:
        """The whole network's answer for a frame uint8 [1, H, W], without the first axis."""
        self._looks = self._looks.more(frame.size, whole_px=frame.size)
        return next(self._whole.run(frame[None]).each())._replace(looks=(Look.WHOLE,))

    def _show(self, network: OnnxSegmenter, look: SecondLook, windows: Sequence[Window]) -> None:
        for first in range(0, len(windows), _AT_ONCE):
            some = windows[first : first + _AT_ONCE]
            pixels = np.stack([look.frame[None, :, window.pixels] for window in some])
            self._looks = self._looks.more(whole_px=pixels.size)
            for window, answer in zip(some, network.run(pixels).each(), strict=True):
                look.add(window, answer)
