"""Simulates a line-scan camera: it delivers the strip at its line rate, and drops a share of the frames if that is set."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import numpy as np

from skelp.capture.synthetic.strip import SyntheticConfig, SyntheticStrip
from skelp.domain.reasons import FrameDropped
from skelp.domain.strip import CameraFrame, CameraView, Capture, LostLines, OwnLine


class SyntheticSource:
    """Delivers the simulated strip. Satisfies ports.FrameSource.

    If a line rate is set, the source is live: frames come at that rate, whether or not anyone is ready for them.
    """

    def __init__(self, config: SyntheticConfig) -> None:
        self.config = config
        self._strip: SyntheticStrip | None = None

    @property
    def view(self) -> CameraView:
        config = self.config
        return CameraView(config.camera, config.window_px or config.width, config.scale, config.side, config.first_column)

    @property
    def live(self) -> bool:
        return self.config.line_rate_hz > 0

    def __enter__(self) -> Self:
        self._strip = SyntheticStrip(self.config)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._strip = None

    def captures(self) -> Iterator[Capture[OwnLine]]:
        """Yields frames and losses from line 0 on."""
        if self._strip is None:
            raise RuntimeError("SyntheticSource.captures outside of `with`")
        strip, config = self._strip, self.config
        end = config.lines if config.lines is not None else 2**62
        started = time.monotonic()
        drops = np.random.default_rng([config.seed, 6])
        for first in map(OwnLine, range(0, end, config.frame_lines)):
            lines = min(config.frame_lines, end - first)
            if drops.random() < config.drop_rate:
                yield LostLines(config.camera, first, lines, FrameDropped())
                continue
            pixels = strip.pixels(first, lines)
            if config.window_px:
                pixels = pixels[:, config.first_column : config.first_column + config.window_px].copy()
            if self.live:
                due = started + (first + lines) / config.line_rate_hz
                time.sleep(max(0.0, due - time.monotonic()))
            yield CameraFrame(config.camera, first, pixels, time.monotonic_ns())
