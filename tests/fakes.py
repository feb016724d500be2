"""Fakes of camera, network and sink, and values for tests."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from skelp.domain.coilmap import Coil
from skelp.domain.coverage import Interval, LineCount, State
from skelp.domain.defect import Defect, DefectClass, Patch
from skelp.domain.maps import Maps
from skelp.domain.outcome import Outcome
from skelp.domain.reasons import Code, Reason
from skelp.domain.status import CameraStatus, EngineInfo, ModelId, RecipeId, StationStatus
from skelp.domain.strip import CameraFrame, CameraView, Capture, Scale, Side

U8 = NDArray[np.uint8]
STEEL_DN = 100
SCALE = Scale(1.0, 1.0)
PATCH = Patch(np.full((40, 50), 90, np.uint8), np.full((40, 50), 255, np.uint8))


class MapIsPicture:
    """A network with stride 1 that reads classes from the picture: a pixel of grey STEEL_DN + c has class c, with score 255."""

    stride = 1
    classes = (DefectClass(1, "inclusion"), DefectClass(2, "patch"), DefectClass(3, "scratch"))
    info = EngineInfo("fake", "exact", 1, "test")

    def run(self, frames: U8) -> Maps:
        classes = np.where(frames > STEEL_DN, frames - STEEL_DN, 0)[:, 0].astype(np.uint8)
        return Maps(classes, np.full(classes.shape, 255, np.uint8))


class ScriptedSource:
    """A camera that delivers the given captures each time it is opened, with a pause before each."""

    def __init__(self, captures: Sequence[Capture[Any]], view: CameraView, *, live: bool = False, pause_s: float = 0.0) -> None:
        self._captures, self._view, self._live, self._pause_s = captures, view, live, pause_s

    @property
    def view(self) -> CameraView:
        return self._view

    @property
    def live(self) -> bool:
        return self._live

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    def captures(self) -> Iterator[Capture[Any]]:
        for capture in self._captures:
            time.sleep(self._pause_s)
            yield capture


class _Turns:
    """Makes camera threads deliver their captures in a given order. `order` names the camera of each capture."""

    def __init__(self, order: Sequence[str]) -> None:
        self._order, self._next = order, 0
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, camera: str) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: self._order[self._next] == camera)
        yield
        with self._changed:
            self._next += 1
            self._changed.notify_all()


class _InTurn(ScriptedSource):
    turns: _Turns
    act: Callable[[], None]

    def captures(self) -> Iterator[Capture[Any]]:
        for capture in super().captures():
            with self.turns.turn(capture.camera):
                self.act()
                yield capture  # the line requests the next capture when this one is in its queue


def in_turn(captures: Sequence[Capture[Any]], views: Sequence[CameraView], act: Callable[[], None] = lambda: None) -> list[ScriptedSource]:
    """Sources that deliver captures to the line in exactly this order. `act` is called before each of them."""
    turns, sources = _Turns([c.camera for c in captures]), []
    for view in views:
        source = _InTurn([c for c in captures if c.camera == view.camera], view)
        source.turns, source.act = turns, act
        sources.append(source)
    return list(sources)


class ListSink:
    """A sink that stores outcomes in memory."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.closed = False

    def write(self, outcomes: Sequence[Outcome]) -> None:
        self.outcomes += outcomes

    def close(self) -> None:
        self.closed = True

    @property
    def defects(self) -> list[Defect]:
        return [d for o in self.outcomes for d in o.defects]

    def coverage(self, coil_id: str, camera: str) -> list[Interval]:
        found: dict[int, Interval] = {}
        for o in self.outcomes:
            if (o.coil_id, o.camera) == (coil_id, camera):
                found.update({i.first_line: i for i in o.intervals})
        return list(found.values())


def frame(camera: str, first_line: int, pixels: U8) -> CameraFrame[Any]:
    return CameraFrame(camera, first_line, pixels, time.monotonic_ns())


def coil(coil_id: str = "C1", mm_per_line: float = 1.0, **more: object) -> Coil:
    return Coil(coil_id, coil_id, datetime(2026, 11, 23, tzinfo=UTC), mm_per_line, **more)  # type: ignore[arg-type]


def defect(n: int, **changes: object) -> Defect:
    values: dict[str, object] = {
        "defect_id": f"C1-{n:06d}", "coil_id": "C1", "class_name": "scratch", "code": "SC", "severity": 2, "score": 0.9,
        "mean_score": 0.8, "side": Side.TOP, "camera": "cam", "along_mm": 1000.0 * n, "across_mm": 10.0, "length_mm": 20.0,
        "width_mm": 2.0, "area_mm2": 40.0, "orientation_deg": 1.0, "contrast": -0.2, "cut_by_gap": False, "line": 1000 * n,
        "lines": 20, "column": 10, "columns": 2, "patch": PATCH,
    }  # fmt: skip
    return Defect(**values | changes)  # type: ignore[arg-type]


def status(not_ready: Reason | None = None) -> StationStatus:
    """The status of a station with one camera."""
    return StationStatus(
        name="test",
        feed_id="0d9f5cc0-6b0a-4d3b-9a53-6c2f0d6f2a10",
        uptime_s=12.5,
        not_ready=not_ready,
        coil="K1",
        classes=("scratch", "patch", "marking"),
        marks=("marking",),
        cameras=(CameraStatus("cam", Side.TOP, 8, 0, 1.0, 1.0, True),),
        engine=EngineInfo("fake", "exact", 1, "test"),
        model=ModelId("net", "1", "0" * 64),
        recipe=RecipeId("default", "1" * 64),
        counts={"lines_exposed": 110, "lines_segmented": 100},
        lines=(
            LineCount(State.INSPECTED, None, 60),
            LineCount(State.INSPECTED, Code.LINE_SCREENED, 40),
            LineCount(State.DEGRADED, Code.LINE_SCREEN_ONLY, 5),
            LineCount(State.LOST, Code.LINE_OVERRUN, 10),
        ),
        busy_s={"infer": 1.5},
        latency_p50_ms=20.0,
        latency_p99_ms=None,
        queued={"captures": 0},
        disk_free_gb=50.0,
        crops_gb=0.25,
    )
