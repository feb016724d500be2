"""Looks at everything with a model's screen, and with the whole network only where the screen is suspicious (ADR 23)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import DefectClass
from skelp.domain.maps import TILE_PX, Look, Maps, Wish
from skelp.domain.status import EngineInfo
from skelp.inference.engine import SCREEN, Engine, check_shape, open_network, screen_of, warm_up
from skelp.inference.model_file import SUSPICION, ModelError, ModelFile
from skelp.inference.second_look import WIDTHS, SecondLook
from skelp.inference.segmenter import OnnxSegmenter
from skelp.inference.trial import settled

U8 = NDArray[np.uint8]

_MOST_SHARE = 0.8
"""If windows would show more pixels than this share of a frame, the whole frame is looked at: that is faster."""


_FULL_IN_A_ROW, _NOT_ASKED = 2, 4
"""After so many frames of a camera that were looked at as a whole, the screen is not asked of so many: it would only take time."""


@dataclass(frozen=True, slots=True)
class Looks:
    """Pixels that came, those that the screen saw, those of tiles that it was suspicious of, and those that the whole network was shown,
    with the halos of windows.
    """

    px: int = 0
    screened_px: int = 0
    suspicious_px: int = 0
    whole_px: int = 0

    def more(self, px: int = 0, screened_px: int = 0, suspicious_px: int = 0, whole_px: int = 0) -> Looks:
        return Looks(self.px + px, self.screened_px + screened_px, self.suspicious_px + suspicious_px, self.whole_px + whole_px)

    def since(self, before: Looks) -> Looks:
        """What was seen after `before`."""
        return self.more(-before.px, -before.screened_px, -before.suspicious_px, -before.whole_px)

    @property
    def record(self) -> dict[str, float]:
        """For JSON: the share of what the screen saw that it was suspicious of, and the share of all pixels that the whole network was
        shown, which with halos may be above 1.
        """
        suspicious = self.suspicious_px / max(1, self.screened_px)
        return {"suspicious_share": round(suspicious, 5), "whole_network_share": round(self.whole_px / max(1, self.px), 4)}


@dataclass(slots=True)
class _Full:
    """Of one camera: how many of its frames in a row were so full of suspicion that they were looked at as a whole."""

    in_a_row: int = 0
    not_asked: int = 0

    def asks(self) -> bool:
        """Whether the screen is asked of the camera's next frame."""
        if self.in_a_row < _FULL_IN_A_ROW:
            return True
        self.not_asked = (self.not_asked + 1) % (_NOT_ASKED + 1)
        return self.not_asked == 0

    def was(self, *, full: bool) -> None:
        self.in_a_row = self.in_a_row + 1 if full else 0


def window_widths(width: int) -> list[int]:
    """The widths in px of the windows that are shown of frames of this width; none where the whole frame is always faster."""
    columns = width // TILE_PX
    return [tiles * TILE_PX for tiles in WIDTHS if tiles <= columns] if _MOST_SHARE * columns >= WIDTHS[0] else []


class Screen:
    """A model's screen, for frames of one shape."""

    def __init__(
        self, model: ModelFile, engine: Engine, *, batch: int, height: int, width: int, report: Callable[[str], None] = lambda _: None
    ) -> None:
        """Raises ModelError if the model has no screen."""
        network = screen_of(model)
        if network is None or model.card.screen is None:
            raise ModelError(f"{model.path} has no screen")
        shape = (batch, 1, height, width)
        self._session, info = open_network(network, engine, shape, report)
        self._batch, self._limit = batch, model.card.screen.limit
        warm_up(SCREEN, info.provider, shape, self.suspicious)

    def suspicious(self, frames: U8) -> NDArray[np.bool_]:
        """Which tiles the whole network must look at, bool [n, H/32, W/32]; frames uint8 [n, 1, H, W], `batch` of them at once."""
        count, missing = len(frames), -len(frames) % self._batch
        if missing:
            frames = np.concatenate([frames, np.zeros((missing, *frames.shape[1:]), np.uint8)])
        parts = [np.ascontiguousarray(frames[n : n + self._batch]) for n in range(0, len(frames), self._batch)]
        suspicions = [self._session.run([SUSPICION], {"frames": part})[0] for part in parts]
        return np.asarray(np.concatenate(suspicions)[:count] >= self._limit, bool)


class ScreenedSegmenter:
    """Runs a model's screen on frames of one shape, `batch` at once, and the whole network on windows. Satisfies ports.Segmenter.

    `auto` is settled by a trial of the whole network on one frame. Its windows and the screen use the same provider and precision.
    Cells outside the windows are sound with score 0. The distances of a model that measures them are those of the windows (SecondLook).
    Raises ModelError as OnnxSegmenter and Screen do.
    """

    def __init__(
        self, model: ModelFile, engine: Engine, *, batch: int, height: int, width: int, report: Callable[[str], None] = lambda _: None
    ) -> None:
        check_shape(height, width)
        self._tiles = height // TILE_PX, width // TILE_PX
        engine = settled(model, engine, (1, 1, height, width), report)
        self._screen = Screen(model, engine, batch=batch, height=height, width=width, report=report)
        self._whole = OnnxSegmenter(model, engine, batch=1, height=height, width=width, report=report)
        self._most = _MOST_SHARE * self._tiles[1]
        # one window at a time: larger batches were no faster on CPUs, and mostly empty
        self._windows = {
            px // TILE_PX: OnnxSegmenter(model, engine, batch=1, height=height, width=px, report=report) for px in window_widths(width)
        }
        self._samples, self._turn = model.measures_distance, 0
        self._full: defaultdict[str, _Full] = defaultdict(_Full)
        self._seen = Looks()

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
        return self._seen

    def run(self, frames: U8) -> Maps:
        """The screened answer for frames uint8 [n, 1, H, W] that show steel over their whole width."""
        steel, nowhere = np.ones(self._tiles, np.bool_), np.zeros(self._tiles[1], np.bool_)
        self._turn += 1
        return self.look(frames, [Wish(Look.SCREENED, steel, nowhere, self._turn)] * len(frames))

    def look(self, frames: U8, wishes: Sequence[Wish]) -> Maps:
        """As `run`, with one wish for each frame.

        `looks` of the answer: SCREEN_ONLY where that was wished and something was not looked at. Else the frame is SCREENED.
        """
        asked = [wish.look is not Look.WHOLE and (wish.look is not Look.SCREENED or self._full[wish.camera].asks()) for wish in wishes]
        suspicions = iter(self._screen.suspicious(frames if all(asked) else frames[asked]) if any(asked) else ())
        answers = [
            self._screened(frame[0], next(suspicions), wish) if is_asked else self._all_of(frame, wish.look)
            for frame, wish, is_asked in zip(frames, wishes, asked, strict=True)
        ]
        distances = [a.distance for a in answers if a.distance is not None]
        classes, scores = np.stack([a.class_id for a in answers]), np.stack([a.score for a in answers])
        return Maps(classes, scores, np.stack(distances) if distances else None, tuple(look for a in answers for look in a.looks))

    def _screened(self, frame: U8, suspicious: NDArray[np.bool_], wish: Wish) -> Maps:
        """The answer for a frame uint8 [H, W], without the first axis: of windows, or of the whole frame if that is faster."""
        second = SecondLook(suspicious, wish, self.stride, samples=self._samples)
        self._seen = self._seen.more(frame.size, frame.size, int(second.suspicious.sum()) * TILE_PX**2)
        while self._windows:
            windows = second.next()
            if second.shown > self._most:
                break
            for window in windows:
                pixels = frame[None, None, :, window.pixels]
                self._seen = self._seen.more(whole_px=pixels.size)
                second.add(window, next(self._windows[window.width].run(pixels).each()))
            if not windows:
                self._full[wish.camera].was(full=False)
                return second.maps._replace(looks=(Look.SCREENED if second.is_complete else Look.SCREEN_ONLY,))
        self._full[wish.camera].was(full=True)
        self._seen = self._seen.more(whole_px=frame.size)
        return next(self._whole.run(frame[None, None]).each())._replace(looks=(Look.SCREENED,))

    def _all_of(self, frame: U8, wished: Look) -> Maps:
        """The whole network's answer for a frame uint8 [1, H, W], without the first axis. It is more than a screened frame gets."""
        self._seen = self._seen.more(frame.size, whole_px=frame.size)
        return next(self._whole.run(frame[None]).each())._replace(looks=(wished,))
