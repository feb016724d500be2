"""The ledger says of every line with what it was looked at, and what there was no time for is degraded (ADR 23)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from skelp.domain.coverage import Interval, State, Totals, worst_of
from skelp.domain.decision import Decision
from skelp.domain.maps import TILE_PX, Look, Maps, Wish
from skelp.domain.outcome import Outcome
from skelp.domain.reasons import CoilScreened, FrameDropped, Overexposed, Overrun, Screened, ScreenOnly
from skelp.domain.recipe import Recipe
from skelp.domain.ruling import Evidence
from skelp.domain.strip import Block, CameraView, CoilLine, LostLines, OnCoil, Side
from skelp.pipeline.assembly import Limits, assemble
from skelp.pipeline.blocks import Blocker
from skelp.pipeline.looking import Looking
from tests.fakes import SCALE, STEEL_DN, U8, ListSink, MapIsPicture, ScriptedSource, coil, frame

SUSPICIOUS_DN = STEEL_DN + 1


class Screening(MapIsPicture):
    """A network whose screen is suspicious of every frame with a defect. A second look takes `seconds`."""

    def __init__(self, seconds: float = 0.0) -> None:
        self._seconds = seconds
        self.asked: list[Wish] = []

    def look(self, frames: U8, wishes: Sequence[Wish]) -> Maps:
        self.asked += wishes
        answer, looks = self.run(frames), []
        for n, want in enumerate(wish.look for wish in wishes):
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
    assert {wish.look for wish in network.asked} == {Look.SCREENED}


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
    found = Recipe(edge_margin_mm=0).decide(Evidence(10, screened_m=7.5))
    assert found.decision is Decision.ACCEPT
    assert found.reasons[1:] == [CoilScreened(7.5)]


def test_no_second_look_is_left_out_because_the_records_are_slow() -> None:
    class SlowOnce(ListSink):
        def write(self, outcomes: Sequence[Outcome]) -> None:
            if len(self.outcomes) == 5:
                time.sleep(0.5)
            super().write(outcomes)

    sink = SlowOnce()
    frames = [frame("cam", n * 64, picture(defect=n % 2 == 1)) for n in range(60)]
    source = ScriptedSource(frames, view("cam", Side.TOP), live=True, pause_s=0.01)
    assemble([source], Screening(), Recipe(screen=(Side.TOP,)), coil, lambda _: sink, Limits(block_lines=64, ring_frames=32)).run()
    assert ScreenOnly() not in {i.reason for i in sink.coverage("C1", "cam")}


def test_a_defect_that_ends_where_there_was_no_second_look_is_cut_by_a_gap() -> None:
    class HurriedOnce(Screening):
        def look(self, frames: U8, wishes: Sequence[Wish]) -> Maps:
            return super().look(frames, [replace(w, look=Look.SCREEN_ONLY) if len(self.asked) == 1 else w for w in wishes])

    sink, pixels = ListSink(), np.full((192, 48), STEEL_DN, np.uint8)
    pixels[30:160, 10:20] = SUSPICIOUS_DN
    source = ScriptedSource([frame("cam", 0, pixels)], view("cam", Side.TOP))
    assemble([source], HurriedOnce(), Recipe(screen=(Side.TOP,)), coil, lambda _: sink, Limits(block_lines=64)).run()
    assert [(d.line, d.lines, d.cut_by_gap) for d in sink.defects] == [(30, 34, True), (128, 32, True)]
    assert [i.reason for i in sink.coverage("C1", "cam")] == [Screened(), ScreenOnly(), Screened()]


def test_a_block_says_which_tiles_are_steel_and_where_something_goes_on() -> None:
    """96 lines of context and own lines: three rows of tiles. The strip covers columns 40 to 150, tiles 2 and 3."""
    network, sink = Screening(), ListSink()
    wide = CameraView("cam", 160, SCALE)
    pixels = np.zeros((320, 160), np.uint8)
    pixels[:, 40:150] = STEEL_DN
    pixels[100:128, 70:80] = SUSPICIOUS_DN
    source = ScriptedSource(
        [frame("cam", 0, pixels[:256]), LostLines("cam", 256, 10, FrameDropped()), frame("cam", 266, pixels[:64])], wide
    )
    assemble([source], network, Recipe(screen=(Side.TOP,)), coil, lambda _: sink, Limits(block_lines=64)).run()
    assert [w.turn for w in network.asked] == [1, 2, 3, 4, 5]
    for wish in network.asked:
        assert wish.steel.shape == (3, 160 // TILE_PX)
        assert wish.steel.tolist() == [[False, False, True, True, False]] * 3
    ends = [w.goes_on.tolist() for w in network.asked]
    assert ends == [[False] * 5, [False] * 5, [False, False, True, False, False], [False] * 5, [False] * 5]


def test_a_strip_that_is_too_narrow_for_a_screen_is_shown_to_the_whole_network() -> None:
    network, sink = Screening(), ListSink()
    pixels = np.zeros((128, 160), np.uint8)
    pixels[:, 40:80] = STEEL_DN
    source = ScriptedSource([frame("cam", 0, pixels)], CameraView("cam", 160, SCALE))
    assemble([source], network, Recipe(screen=(Side.TOP,)), coil, lambda _: sink, Limits(block_lines=64)).run()
    assert {wish.look for wish in network.asked} == {Look.WHOLE}


def test_two_blocks_of_one_camera_in_a_batch_are_looked_at_one_after_the_other() -> None:
    network = Screening()
    looking = Looking(network, {"cam": view("cam", Side.TOP)})
    blocker = Blocker("cam", 64, block_lines=64)
    pixels = np.full((160, 64), STEEL_DN, np.uint8)
    pixels[60:64, 40:44] = SUSPICIOUS_DN
    blocks = [b for b in blocker.push(OnCoil("C1", frame("cam", 0, pixels))) if isinstance(b, Block)]
    assert len(blocks) == 2
    assert len(list(looking.at(blocks, hurried=False))) == 2
    assert [w.goes_on.tolist() for w in network.asked] == [[False, False], [False, True]]
