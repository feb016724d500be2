"""Lines that a live camera loses get the true reason: the inspection was too slow, or the records were."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from skelp.domain.coverage import State, Totals
from skelp.domain.maps import Maps
from skelp.domain.outcome import Outcome
from skelp.domain.reasons import Code, Overrun, Reason, RecordsLocked, RecordsSlow
from skelp.domain.recipe import Recipe
from skelp.domain.strip import CameraView
from skelp.pipeline import holdup
from skelp.pipeline.assembly import Limits, assemble
from skelp.pipeline.holdup import Backlog, Holdup
from skelp.pipeline.runner import Line
from tests.fakes import SCALE, STEEL_DN, U8, ListSink, MapIsPicture, ScriptedSource, coil, frame

FRAMES = 80


class SlowSink(ListSink):
    """Takes `each_s` for a write, and `first_s` more for the first one."""

    def __init__(self, each_s: float = 0.0, first_s: float = 0.0) -> None:
        super().__init__()
        self._each_s, self._first_s = each_s, first_s

    def write(self, outcomes: Sequence[Outcome]) -> None:
        time.sleep(self._each_s + self._first_s)
        self._first_s = 0.0
        super().write(outcomes)


class SlowNetwork(MapIsPicture):
    def run(self, frames: U8) -> Maps:
        time.sleep(0.03)
        return super().run(frames)


def line_into(sink: ListSink, network: MapIsPicture, why_slow: Callable[[float], Reason] = holdup.records_slow) -> Line:
    captures = [frame("cam", n * 50, np.full((50, 48), STEEL_DN, np.uint8)) for n in range(FRAMES)]
    source = ScriptedSource(captures, CameraView("cam", 48, SCALE), live=True, pause_s=0.01)
    return assemble([source], network, Recipe(), coil, lambda _: sink, Limits(block_lines=64, ring_frames=2), why_slow=why_slow)


def lost(sink: ListSink) -> set[Reason]:
    coverage = sink.coverage("C1", "cam")
    assert Totals.of(coverage).exposed == 50 * FRAMES
    return {i.reason for i in coverage if i.state is State.LOST and i.reason is not None}


@pytest.mark.parametrize(
    ("sink", "network", "code"),
    [
        (SlowSink(), SlowNetwork(), Code.LINE_OVERRUN),
        (SlowSink(each_s=0.04), MapIsPicture(), Code.RECORDS_SLOW),
        (SlowSink(first_s=0.7), MapIsPicture(), Code.RECORDS_SLOW),
    ],
    ids=["slow network", "every write is slow", "one write is long"],
)
def test_lost_lines_have_the_reason_of_the_stage_that_was_too_slow(sink: SlowSink, network: MapIsPicture, code: Code) -> None:
    line_into(sink, network).run()
    found = {reason.code for reason in lost(sink)}
    assert code in found
    assert found <= {code, Code.LINE_OVERRUN}, "a machine with other work may be too slow for some frames, too"


def test_the_reason_of_a_long_write_comes_from_the_records() -> None:
    sink = SlowSink(first_s=0.7)
    line_into(sink, MapIsPicture(), lambda write_s: RecordsLocked(round(write_s))).run()
    assert lost(sink) - {Overrun()} == {RecordsLocked(1)}, "a machine with other work may be too slow for some frames, too"


def test_a_stage_that_inspects_longer_than_it_stores_is_not_held_up_by_the_records() -> None:
    watched = Holdup()
    with watched.inspecting():
        time.sleep(0.03)
    with watched.storing():
        time.sleep(0.01)
    assert watched.cause() is None
    with watched.storing():
        time.sleep(0.05)
    assert isinstance(watched.cause(), RecordsSlow)


def test_a_write_that_does_not_end_is_reported_while_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holdup, "STUCK_S", 0.05)
    go_on = threading.Event()

    class Stuck(ListSink):
        def write(self, outcomes: Sequence[Outcome]) -> None:
            go_on.wait(10)
            super().write(outcomes)

    line = line_into(Stuck(), MapIsPicture(), RecordsLocked)
    worker = threading.Thread(target=line.run)
    worker.start()
    until = time.monotonic() + 10
    while (found := line.stuck()) is None and time.monotonic() < until:
        time.sleep(0.01)
    go_on.set()
    worker.join()
    assert isinstance(found, RecordsLocked)
    assert found.locked_s >= 0.05
    assert line.stuck() is None


def test_a_queue_that_grew_during_a_long_write_keeps_its_reason_until_it_has_passed_and_no_longer() -> None:
    backlog = Backlog(2)
    assert backlog.reason is None
    backlog.grew(RecordsLocked(1))
    backlog.passed()
    assert backlog.reason == RecordsLocked(1)
    backlog.passed()
    assert backlog.reason is None
