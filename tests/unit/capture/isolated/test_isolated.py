"""A source in a child process: its captures and events arrive, and the child may die, hang or fail."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pytest

from skelp.capture.files import FileSource
from skelp.capture.genicam.settings import CameraSettings
from skelp.capture.genicam.source import GenicamSource
from skelp.capture.isolated import IsolatedSource
from skelp.capture.synthetic import SyntheticConfig, SyntheticSource
from skelp.domain.errors import SkelpError
from skelp.domain.events import CameraLost, Kind, OpticsReference, Payload, Publish
from skelp.domain.reasons import CameraProcessEnded, CameraProcessSilent, Counted, FrameDropped, Gap, RingFull
from skelp.domain.strip import CameraFrame, CameraView, Capture, LostLines, Scale
from skelp.pictures.listing import list_pictures
from skelp.ports import FrameSource
from tests.linesim import by_encoder, settings

RATE = 6400.0


def synthetic(config: SyntheticConfig, publish: Publish) -> FrameSource:
    del publish
    return SyntheticSource(config)


def camera(chosen: CameraSettings, publish: Publish) -> FrameSource:
    return GenicamSource(chosen, CameraView("cam", chosen.width, Scale(1, 1)), publish)


def files(folder: Path, publish: Publish) -> FrameSource:
    del publish
    return FileSource(list_pictures([folder]).files, Scale(1, 1))


class Broken:
    """A source that fails: when it is opened (`opening`), else at its second capture. `known`: with a SkelpError, else with a bug."""

    view, live = CameraView("bad", 64, Scale(1, 1)), True

    def __init__(self, *, opening: bool, known: bool) -> None:
        self._opening, self._error = opening, SkelpError("the lens cap is on") if known else ZeroDivisionError("oops")

    def __enter__(self) -> Self:
        if self._opening:
            raise self._error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def captures(self) -> Iterator[Capture[Any]]:
        yield LostLines("bad", 0, 5, FrameDropped())
        raise self._error


def broken(opening: bool, known: bool, publish: Publish) -> FrameSource:
    publish(OpticsReference())
    return Broken(opening=opening, known=known)


def read(source: IsolatedSource, lines: int, each: Callable[[int], None] = lambda _: None, seconds: float = 30) -> list[Capture[Any]]:
    """Reads captures until they have `lines` lines. Calls `each` after each capture with the lines so far."""
    found: list[Capture[Any]] = []
    line, until = 0, time.monotonic() + seconds
    with closing(source.captures()) as stream:  # type: ignore[type-var] # a generator
        for capture in stream:
            assert time.monotonic() < until, f"only {line} lines came"
            if capture is None:
                continue
            assert capture.first_line == line
            line += capture.lines
            found.append(capture)
            each(line)
            if line >= lines:
                break
    return found


def test_the_captures_of_the_source_arrive_unchanged() -> None:
    config = SyntheticConfig(width=256, lines=2000, frame_lines=300, drop_rate=0.3)
    with SyntheticSource(config) as plain:
        expected = list(plain.captures())
    with IsolatedSource(partial(synthetic, config), frame_lines=128) as source:
        found = [c for c in source.captures() if c is not None]

    def rows(captures: list[Capture[Any]]) -> dict[int, bytes]:
        return {c.first_line + n: c.pixels[n].tobytes() for c in captures if isinstance(c, CameraFrame) for n in range(c.lines)}

    assert sum(c.lines for c in found) == 2000
    assert rows(found) == rows(expected)
    assert [(c.first_line, c.lines, c.reason) for c in found if isinstance(c, LostLines)] == [
        (c.first_line, c.lines, c.reason) for c in expected if isinstance(c, LostLines)
    ]


def test_a_live_source_that_finds_no_free_slot_loses_frames_with_that_reason() -> None:
    with IsolatedSource(partial(camera, settings()), frame_lines=64, slots=2) as source:
        stream = source.captures()
        next(c for c in stream if c is not None)
        time.sleep(0.5)
        found: list[Capture[Any]] = []
        for capture in stream:
            found += [capture] if capture else []
            if len(found) > 20:
                break
    lost = [c for c in found if isinstance(c, LostLines) and c.reason == RingFull()]
    assert sum(c.lines for c in lost) > 0.3 * RATE
    assert all(a.first_line + a.lines == b.first_line for a, b in pairwise(found))


class Standing:
    """A live camera that delivers 20 frames at once, and whose strip then stands."""

    view, live = CameraView("cam", 64, Scale(1, 1)), True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    def captures(self) -> Iterator[Capture[Any] | None]:
        yield from (CameraFrame("cam", 64 * n, np.zeros((64, 64), np.uint8), 0) for n in range(20))
        while True:
            time.sleep(0.05)
            yield None


def standing(publish: Publish) -> FrameSource:
    del publish
    return Standing()


def test_what_found_no_slot_is_told_while_the_strip_stands() -> None:
    with IsolatedSource(standing, frame_lines=64, slots=4) as source:
        stream = source.captures()
        found = [next(c for c in stream if c is not None)]
        time.sleep(0.5)
        until = time.monotonic() + 20
        while sum(c.lines for c in found) < 20 * 64 and time.monotonic() < until:
            capture = next(stream)
            found += [capture] if capture else []
    assert sum(c.lines for c in found) == 20 * 64
    assert isinstance(found[-1], LostLines)
    assert found[-1].reason == RingFull()


def kill(source: IsolatedSource) -> None:
    assert source.process_id is not None
    os.kill(source.process_id, signal.SIGKILL)


def suspend(source: IsolatedSource) -> None:
    assert source.process_id is not None
    os.kill(source.process_id, signal.SIGSTOP)


@pytest.mark.parametrize(
    ("attack", "reason"), [(kill, CameraProcessEnded(ended_by="signal 9")), (suspend, CameraProcessSilent(silent_s=0.5))]
)
def test_a_child_that_dies_or_hangs_is_replaced_and_its_lines_are_lost(attack: Callable[[IsolatedSource], None], reason: Gap) -> None:
    published: list[Payload] = []
    source = IsolatedSource(partial(camera, settings()), frame_lines=64, heartbeat_timeout_s=0.5, publish=published.append)
    with source:
        times: list[float] = []

        def each(line: int) -> None:
            times.append(time.monotonic())
            if len(times) == 40:
                attack(source)

        found = read(source, 6400 * 4, each)
    assert published[0] == CameraLost("cam", reason)
    assert [p.kind for p in published] == [Kind.CAMERA_LOST, Kind.CAMERA_BACK]
    at_once, loss = [c for c in found if isinstance(c, LostLines)]
    assert at_once == LostLines("cam", at_once.first_line, 1, reason.by(Counted.LATER))
    assert loss.reason == reason.by(Counted.SPEED, lines_hz=loss.reason.args["lines_hz"])
    assert loss.lines == pytest.approx((times[found.index(loss)] - times[found.index(at_once) - 1]) * RATE, rel=0.3)
    after = found[found.index(loss) + 1]
    assert isinstance(after, CameraFrame)


def test_a_driver_that_crashes_stops_only_its_own_process() -> None:
    with IsolatedSource(partial(camera, settings(("SimCrashAfter", 30))), frame_lines=64) as source:
        found = read(source, 64 * 50)
    assert any(isinstance(c, LostLines) and c.reason.args.get("ended_by") == "signal 6" for c in found)


def test_after_a_child_died_files_are_read_again_and_nothing_is_lost(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    from PIL import Image  # noqa: PLC0415 - only this test needs it

    for n in range(40):
        Image.fromarray(rng.integers(0, 256, (64, 256), np.uint8)).save(tmp_path / f"{n:02}.png")
    with files(tmp_path, lambda *_: None) as plain:
        expected = [c.pixels.tobytes() for c in plain.captures() if isinstance(c, CameraFrame)]
    with IsolatedSource(partial(files, tmp_path), frame_lines=64, slots=2) as source:
        attacked: list[bool] = []

        def each(line: int) -> None:
            if line >= 640 and not attacked:
                attacked.append(True)
                kill(source)

        found = read(source, 64 * 40, each)
    assert attacked
    assert [c.pixels.tobytes() for c in found if isinstance(c, CameraFrame)] == expected


def test_ctrl_c_does_not_stop_the_child() -> None:
    with IsolatedSource(partial(camera, settings()), frame_lines=64) as source:
        before = source.process_id
        assert before is not None
        os.kill(before, signal.SIGINT)
        found = read(source, 64 * 40)
        assert source.process_id == before
    assert not [c for c in found if isinstance(c, LostLines)]


def test_errors_of_the_child_are_raised_in_the_parent() -> None:
    with pytest.raises(SkelpError, match="the lens cap is on"):
        IsolatedSource(partial(broken, True, True)).__enter__()
    with pytest.raises(RuntimeError, match="ZeroDivisionError: oops"):
        IsolatedSource(partial(broken, True, False)).__enter__()
    with IsolatedSource(partial(broken, False, True)) as source:
        stream = source.captures()
        assert next(c for c in stream if c is not None).lines == 5
        with pytest.raises(SkelpError, match="the lens cap is on"):
            list(stream)


def test_a_ring_larger_than_the_free_memory_is_refused_with_what_to_do() -> None:
    with pytest.raises(SkelpError, match="MB are free; free memory, or set fewer frame_lines"):
        IsolatedSource(partial(synthetic, SyntheticConfig(width=16384)), frame_lines=65536, slots=100_000).__enter__()


def test_after_closing_no_process_and_no_thread_is_left() -> None:
    threads = threading.active_count()
    source = IsolatedSource(partial(synthetic, SyntheticConfig(width=256, lines=10**9)))
    with source:
        child = source.process_id
        assert child is not None
        next(c for c in source.captures() if c is not None)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert threading.active_count() == threads
    source.__exit__(None, None, None)


def test_after_a_child_was_killed_the_encoder_gives_the_lost_lines() -> None:
    source = IsolatedSource(partial(camera, by_encoder()), frame_lines=64)
    captures: list[int] = []

    def each(line: int) -> None:
        captures.append(line)
        if len(captures) == 40:
            kill(source)

    with source:
        found = read(source, 6400 * 3, each)
    losses = [c for c in found if isinstance(c, LostLines)]
    assert losses[0].lines == 1
    assert losses[1].reason == CameraProcessEnded(Counted.ENCODER, ended_by="signal 9")
    frames = [c for c in found if isinstance(c, CameraFrame)]
    assert len({(f.strip_line or 0) - f.first_line for f in frames}) == 1


def test_the_counts_of_lines_and_the_cameras_clock_come_through_the_pipe() -> None:
    with IsolatedSource(partial(camera, by_encoder()), frame_lines=40) as source, closing(source.captures()) as stream:  # type: ignore[type-var]
        frames: list[CameraFrame[Any]] = []
        for capture in stream:
            if isinstance(capture, CameraFrame):
                frames.append(capture)
            if len(frames) == 4:  # two frames of 64 lines, each in two slots
                break
    for frame in frames:
        assert frame.positions is not None
        numbers = np.ascontiguousarray(frame.pixels[:, :8]).view("<i8")[:, 0]
        assert frame.positions.tolist() == (numbers + 1).tolist()
        assert frame.strip_line == frame.positions[0]
    times = [frame.exposed_ns or 0 for frame in frames]
    assert times[0] == times[1] < times[2] == times[3]
