"""A line changes its network where one coil ends and the next begins. Each coil is inspected by one network, and its record names it."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from itertools import count, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skelp.domain.coilmap import Coil
from skelp.domain.coverage import Totals
from skelp.domain.defect import DefectClass
from skelp.domain.maps import Maps
from skelp.domain.outcome import Outcome
from skelp.domain.reasons import FrameDropped
from skelp.domain.recipe import Recipe
from skelp.domain.status import ModelId
from skelp.domain.strip import Block, CameraView, Capture, CoilLine, LostLines
from skelp.pipeline.assembly import Limits, assemble, network_for
from skelp.pipeline.networks import Network, Networks
from skelp.pipeline.runner import Line
from skelp.ports import CoilLookup
from tests.fakes import SCALE, STEEL_DN, U8, ListSink, MapIsPicture, coil, frame, in_turn

BLOCK = 64
RECIPE = Recipe(edge_margin_mm=0, bridge_mm=0)


class Answers(MapIsPicture):
    """A network that calls every mark of the strip by one class, so that a defect says which network found it."""

    def __init__(self, answer: int) -> None:
        self._answer, self.batches, self.shown = answer, 0, 0

    def run(self, frames: U8) -> Maps:
        self.batches += 1
        self.shown += len(frames)
        classes = np.where(frames > STEEL_DN, self._answer, 0)[:, 0].astype(np.uint8)
        return Maps(classes, np.full(classes.shape, 255, np.uint8))


def model(answer: int) -> ModelId:
    return ModelId("net", str(answer), f"{answer}" * 64)


CLASS_OF = {model(c.id).sha256: c.name for c in MapIsPicture.classes}


class Watching(ListSink):
    """A sink that knows each coil as it was when its first result came, and forgets it as a station's does."""

    def __init__(self, coils: CoilLookup) -> None:
        super().__init__()
        self._coils, self.known = coils, dict[str, Coil]()

    def write(self, outcomes: Sequence[Outcome]) -> None:
        super().write(outcomes)
        for outcome in outcomes:
            self.known.setdefault(outcome.coil_id, self._coils.coil(outcome.coil_id))
            if outcome.coil_complete:
                self._coils.forget(outcome.coil_id)


def check(sink: Watching, cameras: Sequence[str], lines: int) -> None:
    """Every line is in a ledger once, and each coil's defects are those of the network that its record names."""
    for camera in cameras:
        assert sum(Totals.of(sink.coverage(c, camera)).exposed for c in sink.known) == lines
    for defect in sink.defects:
        assert defect.class_name == CLASS_OF[sink.known[defect.coil_id].model_sha256]


class Acts:
    """Between two captures of any camera: the network is exchanged, or a coil is announced or finished. `planned`: what, by its number."""

    def __init__(self, planned: Mapping[int, str], views: Sequence[CameraView]) -> None:
        self._planned, self._views, self._turn, self._number = planned, views, threading.Lock(), count()
        self.line: Line

    def __call__(self) -> None:
        with self._turn:
            at = next(self._number)
            what = self._planned.get(at, "")
            if what in ("swap", "both"):
                self.line.networks.choose(network_for(Answers(at % 3 + 1), RECIPE, self._views, model(at % 3 + 1)))
            if what in ("start", "both"):
                self.line.tracker.start(coil(f"C{at}"))
            if what == "finish":
                self.line.tracker.finish(self.line.tracker.current() or "")


def captures_of(view: CameraView, strip: U8, data: st.DataObject) -> list[Capture[Any]]:
    """The strip as one camera delivers it, cut anywhere. Some pieces are lost."""
    lines, part = len(strip), strip[:, view.first_column : view.first_column + view.width]
    pieces = pairwise(sorted({0, lines, *data.draw(st.lists(st.integers(0, lines), max_size=8))}))
    lost = [(a, b, data.draw(st.integers(0, 9)) == 0) for a, b in pieces]
    return [LostLines(view.camera, a, b - a, FrameDropped()) if gone else frame(view.camera, a, part[a:b]) for a, b, gone in lost]


@settings(max_examples=150, deadline=None)
@given(st.data(), st.integers(1, 3))
def test_a_coil_is_inspected_by_the_network_that_its_record_names(data: st.DataObject, cameras: int) -> None:
    lines, rng = data.draw(st.integers(1, 600)), np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    views = [CameraView(f"cam{n}", 32, SCALE, first_column=32 * n) for n in range(cameras)]
    strip = np.where(rng.random((lines, 32 * cameras)) < 0.02, STEEL_DN + 1, STEEL_DN).astype(np.uint8)
    planned = st.dictionaries(st.integers(0, 20), st.sampled_from(["swap", "start", "both", "finish"]), max_size=9)
    acts, sinks = Acts(data.draw(planned), views), list[Watching]()
    queues = [captures_of(view, strip, data) for view in views]
    order: list[Capture[Any]] = []
    while any(queues):
        order.append(data.draw(st.sampled_from([q for q in queues if q])).pop(0))
    names = count()

    line = assemble(
        in_turn(order, views, acts),
        network_for(Answers(1), RECIPE, views, model(1)),
        RECIPE,
        lambda: coil(f"auto{next(names)}", automatic=True),
        lambda coils: sinks.append(Watching(coils)) or sinks[0],  # type: ignore[func-returns-value]
        Limits(block_lines=BLOCK),
    )
    acts.line = line
    line.run()
    check(sinks[0], [v.camera for v in views], lines)


def of(coil_id: str, camera: str) -> Block:
    return Block(coil_id, camera, CoilLine(0), BLOCK, 0, 0, 0, np.full((BLOCK, 32), STEEL_DN + 1, np.uint8), 0, 32)


def test_blocks_of_two_coils_in_one_batch_go_to_two_networks_in_their_order() -> None:
    views = [CameraView(name, 32, SCALE) for name in "ab"]
    old, new = Answers(1), Answers(2)
    networks = Networks(network_for(old, Recipe(), views))
    networks.begin(coil("C1"))
    networks.choose(network_for(new, Recipe(), views))
    networks.begin(coil("C2"))
    order = [("C1", "a"), ("C2", "b"), ("C1", "a"), ("C2", "b")]
    answers = [int(looked.maps.class_id[0, 0]) for looked in networks.at([of(c, camera) for c, camera in order], hurried=False)]
    assert answers == [1, 2, 1, 2]
    assert (old.batches, old.shown, new.batches, new.shown) == (1, 2, 1, 2)


def test_a_network_is_told_of_when_a_coil_begins_with_it_and_not_before() -> None:
    told: list[tuple[str, str, str]] = []

    def changed(coil: Coil, before: Network, now: Network) -> None:
        assert before.model is not None
        assert now.model is not None
        told.append((coil.coil_id, before.model.version, now.model.version))

    views = [CameraView("a", 32, SCALE)]
    first, second = (network_for(Answers(n), Recipe(), views, model(n)) for n in (1, 2))
    networks = Networks(first, changed)
    assert networks.begin(coil("C1")).model_name == "net 1"
    assert networks.choose(second) is first
    assert not told
    assert networks.of("C1") is first
    assert networks.begin(coil("C2")).model_sha256 == "2" * 64
    networks.begin(coil("C3"))
    assert told == [("C2", "1", "2")]


def test_what_was_chosen_and_given_up_before_a_coil_began_changes_nothing() -> None:
    told: list[str] = []
    views = [CameraView("a", 32, SCALE)]
    first, second = (network_for(Answers(n), Recipe(), views, model(n)) for n in (1, 2))
    networks = Networks(first, lambda coil, *_: told.append(coil.coil_id))
    networks.begin(coil("C1"))
    networks.choose(second)
    networks.choose(first)
    networks.begin(coil("C2"))
    assert networks.of("C2") is first
    assert not told


def test_a_stored_coil_is_forgotten_so_that_its_network_can_be_closed() -> None:
    networks = Networks(network_for(Answers(1), Recipe(), [CameraView("a", 32, SCALE)]))
    networks.begin(coil("C1"))
    networks.forget("C1")
    with pytest.raises(KeyError):
        networks.of("C1")


def test_a_coil_has_the_limits_of_its_own_network() -> None:
    """Two models with the same classes may have other thresholds and other ids."""

    class Strict(Answers):
        classes = (DefectClass(2, "inclusion", min_area_mm2=1e6), DefectClass(1, "patch"), DefectClass(3, "scratch"))

    strip = np.full((BLOCK, 32), STEEL_DN, np.uint8)
    strip[10:20, 10:20] += 1
    views = [CameraView("cam", 32, SCALE)]
    sinks, turns = list[Watching](), count()

    def sink(coils: CoilLookup) -> Watching:
        sinks.append(Watching(coils))
        return sinks[0]

    def act() -> None:
        if next(turns) == 1:
            while line.tracker.current() is None:  # a coil that nobody announced begins when its first lines are placed
                time.sleep(0.001)
            line.networks.choose(network_for(Strict(2), RECIPE, views, model(2)))
            line.tracker.start(coil("C2"))

    sources = in_turn([frame("cam", n * BLOCK, strip) for n in range(2)], views, act)
    line = assemble(sources, network_for(Answers(1), RECIPE, views, model(1)), RECIPE, coil, sink, Limits(block_lines=BLOCK))
    line.run()
    assert [(d.coil_id, d.class_name) for d in sinks[0].defects] == [("C1", "inclusion")]
