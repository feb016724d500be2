"""Where a strip is suspicious all over, the screen would only take time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skelp.domain.maps import Look
from skelp.inference.screened import Screen
from tests.models import bright_spots, with_screen
from tests.unit.inference.test_screened import HEIGHT, WIDTH, frames_with, segmenters, wish


def test_where_all_is_suspicious_the_screen_is_asked_now_and_then_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, screened = segmenters(with_screen(bright_spots(tmp_path / "m.onnx")), batch=1)
    asked: list[bool] = []
    of_screen = Screen.suspicious

    def suspicious(self: Screen, frames: np.ndarray) -> np.ndarray:
        asked[-1] = True
        return of_screen(self, frames)

    monkeypatch.setattr(Screen, "suspicious", suspicious)
    full, sound = np.full((1, 1, HEIGHT, WIDTH), 250, np.uint8), frames_with([], count=1)

    def look(frame: np.ndarray, look: Look = Look.SCREENED, camera: str = "a") -> None:
        asked.append(False)
        answer = screened.look(frame, [replace(wish(look), camera=camera)])
        if look is Look.SCREENED:
            assert np.array_equal(answer.class_id, whole.run(frame).class_id)
        assert answer.looks == (look,)

    def looks(count: int, frame: np.ndarray) -> list[int]:
        asked.clear()
        for _ in range(count):
            look(frame)
        return [int(was) for was in asked]

    assert looks(12, full) == [1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    look(full, Look.SCREEN_ONLY)
    assert asked.pop(), "without time for the whole network, the screen is all that there is"
    assert looks(3, full) == [1, 1, 0]
    look(full, camera="b")
    assert asked.pop(), "each camera sees its own strip"
    assert looks(6, sound) == [0, 0, 0, 1, 1, 1], "after one sound frame it is asked of each again"
    assert looks(1, full) == looks(1, sound) == [1], "a single full frame, such as a weld seam, changes nothing"
