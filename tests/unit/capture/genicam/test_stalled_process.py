"""A process that gets no time does not take its own silence for the camera's."""

from __future__ import annotations

from contextlib import closing
from types import SimpleNamespace

import numpy as np
import pytest

from skelp.capture.genicam.settings import CameraSettings
from skelp.capture.genicam.source import GenicamSource
from skelp.domain.strip import CameraFrame, CameraView, Scale
from tests.linesim import FREE_RUNNING


class _Clock:
    """A clock that only sleeping and `stand_still` move."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class _LinkOfAStalledProcess:
    """A camera that sends a frame every 10 ms. The process stands still for half a second after it asked for one."""

    first_id = 0
    chunks = SimpleNamespace(strip_line=lambda: None, positions=lambda _lines: None, exposed_ns=lambda _lines: None)

    def __init__(self, clock: _Clock) -> None:
        self._clock, self._opened, self._next, self._stalled = clock, clock.now, 0, False

    def fetch(self) -> object:
        exposed = int((self._clock.now - self._opened) / 0.01)
        if self._next == exposed:
            if exposed == 20 and not self._stalled:
                self._stalled = True
                self._clock.now += 0.5
            return None
        self._next += 1
        pixels = np.zeros((64, 256), np.uint8)
        pixels[:, :8] = (np.arange(64, dtype="<u8") + 64 * (self._next - 1)).view(np.uint8).reshape(64, 8)
        image = SimpleNamespace(width=256, height=64, delivered_image_height=64, data_format="Mono8", x_padding=0)
        module = SimpleNamespace(frame_id=self._next - 1, raw_buffer=pixels.tobytes())
        return SimpleNamespace(module=module, payload=SimpleNamespace(components=[image]), queue=lambda: None)

    def counters(self) -> tuple[int, int]:
        return 0, 0

    def is_up(self) -> bool:
        return True

    def close(self) -> None:
        pass


def test_a_process_that_stood_still_finds_the_frames_that_came_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """They wait in the buffers, so none of their lines may be reported as lost."""
    clock = _Clock()
    monkeypatch.setattr("skelp.capture.genicam.source.time", clock)
    monkeypatch.setattr("skelp.capture.genicam.source.Link", lambda settings: _LinkOfAStalledProcess(clock))
    chosen, found, line = CameraSettings.model_validate(FREE_RUNNING), [], 0
    with GenicamSource(chosen, CameraView("cam", chosen.width, Scale(1.0, 1.0))) as camera, closing(camera.captures()) as stream:  # type: ignore[type-var] # a generator
        while line < 64 * 100:
            if (capture := next(stream)) is not None:
                found.append(capture)
                line += capture.lines
    assert all(isinstance(c, CameraFrame) for c in found)
    assert [int(c.pixels[0, :8].copy().view("<u8")[0]) for c in found if isinstance(c, CameraFrame)] == list(range(0, 64 * 100, 64))
