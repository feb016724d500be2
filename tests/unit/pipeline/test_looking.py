"""The ledger says of every line with what it was looked at, and what there was no time for is degraded (ADR 23)."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import pytest

from skelp.domain.coverage import Interval, State, Totals, worst_of
from skelp.domain.maps import Look, Maps
from skelp.domain.reasons import CoilScreened, Overexposed, Overrun, Screened, ScreenOnly
from skelp.domain.recipe import Decision, Recipe
from skelp.domain.strip import CameraView, CoilLine, Side
from skelp.pipeline.assembly import Limits, assemble
from tests.fakes import SCALE, STEEL_DN, U8, ListSink, MapIsPicture, ScriptedSource, coil, frame

SUSPICIOUS_DN = STEEL_DN + 1


class Screening(MapIsPicture):
    """A network whose screen is suspicious of every frame with a defect. A second look takes `seconds`."""

    def __init__(self, seconds: float = 0.0) -> None:
        self._seconds = seconds
        self.asked: list[tuple[Look, ...]] = []

    def look(self, frames: U8, wanted: Sequence[Look]) -> Maps:
        self.asked.append(tuple(wanted))
        answer, looks = self.run(frames), []
        for n, want in enumerate(wanted):
            suspicious = bool((frames[n] >= SUSPICIOUS_DN).any())
            if want is Look.SCREEN_ONLY:
                answer.class_id[n] = 0
            elif want is Look.SCREENED and suspicious:
                time.sleep(self._seconds)
            looks.append(Look.SCREENED if want is Look.SCREEN_ONLY and not suspicious else want)
        return answer._replace(looks=tuple(looks))


def picture(*, defect: bool, width: int = 48) -> U8:
    pixels = np.full((64, width), STEEL_DN, np.uint8)
    if defect:
        pixels[20:40, 10:30] = SUSPICIOUS_DN
    return pixels


def view(camera: str, side: Side) -> CameraView:
    return CameraView(camera, 48, SCALE, side=side)


def run(network: Screening, recipe: Recipe, frames: int, *, live: bool = False, pause_s: float = 0.0) -> ListSink:
    sink = ListSink()
    source = ScriptedSource(
        [frame("cam", n * 64, picture(defect=n % 2 == 1)) for n in range(frames)], view("cam", Side.TOP), live=live, pause_s=pause_s
    )
    assemble([source], network, recipe, coil, lambda _: sink, Limits(block_lines=64, ring_frames=16)).run()
    return sink


@pytest.mark.parametrize(
    ("screen", "reason"), [((), None), ((Side.TOP,), Screened()), ((Side.BOTTOM,), None), ((Side.TOP, Side.BOTTOM), Screened())]
)
def test_the_recipe_says_which_side_is_screened_and_the_ledger_says_that_it_was(screen: tuple[Side, ...], reason: Screened | None) -> None:
    sink = run(Screening(), Recipe(screen=screen), 6)
    assert sink.coverage("C1", "cam") == [Interval(CoilLine(0), 384, State.INSPECTED, reason)]
    assert len(sink.defects) == 3


def test_a_line_that_is_too_fast_gets_no_second_looks_and_what_is_suspicious_is_degraded() -> None:
    sink = run(Screening(seconds=0.05), Recipe(screen=(Side.TOP,)), 80, live=True, pause_s=0.01)
    coverage = sink.coverage("C1", "cam")
    assert Totals.of(coverage).exposed == 80 * 64
    assert {(i.state, i.reason) for i in coverage} <= {
        (State.INSPECTED, Screened()),
        (State.DEGRADED, ScreenOnly()),
        (State.LOST, Overrun()),
    }
    degraded = [i for i in coverage if i.reason == ScreenOnly()]
    assert degraded
    assert all(i.first_line // 64 % 2 == 1 for i in degraded)  # where nothing is suspicious, the screen's look is enough


def test_pictures_from_files_wait_for_their_second_look() -> None:
    network = Screening(seconds=0.01)
    sink = run(network, Recipe(screen=(Side.TOP,)), 40)
    assert {i.reason for i in sink.coverage("C1", "cam")} == {Screened()}
    assert {look for looks in network.asked for look in looks} == {Look.SCREENED}


def test_one_side_is_screened_and_the_other_is_not() -> None:
    sink, network = ListSink(), Screening()
    sources = [
        ScriptedSource([frame(camera, n * 64, picture(defect=False)) for n in range(3)], view(camera, side))
        for camera, side in (("over", Side.TOP), ("under", Side.BOTTOM))
    ]
    assemble(sources, network, Recipe(screen=(Side.BOTTOM,)), coil, lambda _: sink, Limits(block_lines=64)).run()
    assert sink.coverage("C1", "over") == [Interval(CoilLine(0), 192, State.INSPECTED)]
    assert sink.coverage("C1", "under") == [Interval(CoilLine(0), 192, State.INSPECTED, Screened())]
    strip = worst_of([sink.coverage("C1", "over"), sink.coverage("C1", "under")], closed=True)
    assert strip == [Interval(CoilLine(0), 192, State.INSPECTED, Screened())]


def test_a_line_that_is_degraded_for_another_reason_keeps_it() -> None:
    sink = ListSink()
    glare = np.full((64, 48), 255, np.uint8)
    source = ScriptedSource([frame("cam", 0, glare)], view("cam", Side.TOP))
    assemble([source], Screening(), Recipe(screen=(Side.TOP,)), coil, lambda _: sink, Limits(block_lines=64)).run()
    assert sink.coverage("C1", "cam") == [Interval(CoilLine(0), 64, State.DEGRADED, Overexposed())]


def test_an_accepted_coil_says_how_much_of_it_was_screened() -> None:
    decision, reasons = Recipe(edge_margin_mm=0).decide(length_m=10, uninspected_m=0, by_severity={}, screened_m=7.5)
    assert decision is Decision.ACCEPT
    assert reasons[1:] == [CoilScreened(7.5)]
