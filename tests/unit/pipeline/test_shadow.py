"""A second network sees the same steel where there is time. Both are counted on the same lines, and the first one never waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skelp.domain.alone import Alone
from skelp.domain.coilmap import Coil
from skelp.domain.coverage import Totals
from skelp.domain.decision import Decision
from skelp.domain.recipe import Recipe
from skelp.domain.shadow import ShadowResult
from skelp.domain.strip import CameraView, Capture
from skelp.pipeline.assembly import Limits, assemble, network_for
from skelp.pipeline.networks import Network
from skelp.pipeline.shadow import Shadow
from tests.fakes import SCALE, STEEL_DN, U8, ListSink, coil, frame, in_turn
from tests.unit.pipeline.test_networks import BLOCK, RECIPE, Answers, model

VIEWS = [CameraView(name, 32, SCALE, first_column=32 * n) for n, name in enumerate("ab")]


def strip(lines: int, share: float, seed: int = 1) -> U8:
    rng = np.random.default_rng(seed)
    return np.where(rng.random((lines, 64)) < share, STEEL_DN + 1, STEEL_DN).astype(np.uint8)


def follow(
    steel: U8,
    second: Callable[[], Network],
    has_time: Callable[[], bool],
    recipe: Recipe = RECIPE,
    breaks_at: frozenset[int] = frozenset(),
    looked: threading.Event | None = None,
) -> tuple[ListSink, list[ShadowResult], list[Exception]]:
    """Run a line with a shadow. At the frames `breaks_at` a coil begins. The shadow's network is open before the first frame comes.

    After some frames the line waits until `looked` is set: a thread of the lowest priority may get no turn on a busy machine.
    """
    sink, results, faults, is_open = ListSink(), list[ShadowResult](), list[Exception](), threading.Event()
    frames: list[Capture[Any]] = [
        frame(v.camera, n, steel[n : n + 50, v.first_column : v.first_column + 32]) for n in range(0, len(steel), 50) for v in VIEWS
    ]
    number = iter(range(len(frames)))

    def act() -> None:
        is_open.wait(5)
        n = next(number)
        if looked is not None and n >= 14:
            looked.wait(10)
        if n in breaks_at:
            line.tracker.start(coil(f"K{n}"))

    def opened() -> Network:
        try:
            return second()
        finally:
            threading.Timer(0.01, is_open.set).start()

    first = network_for(Answers(1), recipe, VIEWS, model(1))
    line = assemble(in_turn(frames, VIEWS, act), first, recipe, coil, lambda _: sink, Limits(block_lines=BLOCK))

    def of(coil_id: str) -> tuple[Coil, Network]:
        return line.tracker.coil(coil_id), line.networks.of(coil_id)

    line.follow(Shadow(opened, VIEWS, recipe, lambda *_: recipe, 1, of, has_time, results.append, faults.append))
    line.run()
    return sink, results, faults


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 900), st.floats(0, 1), st.sets(st.integers(1, 20), max_size=3), st.integers(0, 2**32 - 1))
def test_the_same_network_says_the_same_whatever_is_left_out(lines: int, busy: float, breaks_at: set[int], seed: int) -> None:
    rng, lock = np.random.default_rng(seed), threading.Lock()

    def has_time() -> bool:
        with lock:
            return bool(rng.random() >= busy)

    steel = strip(lines, 0.02, seed)
    sink, results, faults = follow(
        steel, lambda: network_for(Answers(1), RECIPE, VIEWS, model(2)), has_time, breaks_at=frozenset(breaks_at)
    )
    assert faults == []
    assert sum(r.exposed_lines for r in results) == 2 * lines
    for result in results:
        assert 0 <= result.seen_lines <= result.exposed_lines
        assert result.first.tally == result.second.tally
        assert result.agree
        assert result.first.alone == result.second.alone == Alone(0, ())
        assert (result.first.model, result.second.model) == (model(1), model(2))
        totals = [Totals.of(sink.coverage(result.coil_id, v.camera)) for v in VIEWS]
        assert sum(t.exposed for t in totals) == result.exposed_lines
        assert sum(t.lost for t in totals) == 0  # the first one lost nothing, whatever the second one had no time for


def test_which_of_the_two_would_have_held_the_coil() -> None:
    looked = threading.Event()

    class Blind(Answers):
        def __init__(self) -> None:
            super().__init__(0)

        def run(self, frames: U8) -> Any:
            looked.set()
            return super().run(frames)

    recipe = Recipe(edge_margin_mm=0, bridge_mm=0, hold_above_defects_per_100m=1.0)
    _, (result,), _ = follow(strip(640, 0.01), lambda: network_for(Blind(), recipe, VIEWS, model(2)), lambda: True, recipe, looked=looked)
    assert (result.first.decision, result.second.decision) == (Decision.HOLD, Decision.ACCEPT)
    assert (result.second.tally.defects, result.agree) == (0, False)
    assert result.first.alone is not None
    assert (result.first.alone.defects, result.second.alone) == (result.first.tally.defects, Alone(0, ()))
    assert result.first.tally.by_class.keys() == {"inclusion"}


def test_of_a_coil_with_very_many_defects_nobody_says_who_found_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skelp.pipeline.shadow._MOST_COMPARED", 3)
    looked = threading.Event()

    class Seeing(Answers):
        def run(self, frames: U8) -> Any:
            looked.set()
            return super().run(frames)

    _, (result,), _ = follow(strip(640, 0.02), lambda: network_for(Seeing(1), RECIPE, VIEWS, model(2)), lambda: True, looked=looked)
    assert result.first.tally.defects > 3
    assert (result.first.alone, result.second.alone) == (None, None)


def test_without_time_the_second_network_sees_nothing_and_the_first_one_everything() -> None:
    second = Answers(2)
    sink, (result,), _ = follow(strip(640, 0.01), lambda: network_for(second, RECIPE, VIEWS, model(2)), lambda: False)
    assert (result.seen_lines, result.seen_share, second.batches) == (0, 0.0, 0)
    assert result.second.decision is Decision.HOLD  # it saw no line
    assert len(sink.defects) > 0


def test_a_second_network_that_fails_ends_the_shadow_and_not_the_line() -> None:
    looked = threading.Event()

    class Broken(Answers):
        def run(self, frames: U8) -> Any:
            looked.set()
            raise RuntimeError("out of memory")

    sink, results, (fault,) = follow(strip(640, 0.01), lambda: network_for(Broken(2), RECIPE, VIEWS, model(2)), lambda: True, looked=looked)
    assert (results, str(fault)) == ([], "out of memory")
    assert sum(Totals.of(sink.coverage("C1", v.camera)).inspected for v in VIEWS) == 1280


def test_a_second_network_that_cannot_be_opened_ends_the_shadow_and_not_the_line() -> None:
    def no_network() -> Network:
        raise RuntimeError("no card")

    sink, results, faults = follow(strip(200, 0.01), no_network, lambda: True)
    assert (len(results), [str(f) for f in faults]) == (0, ["no card"])
    assert sink.closed
