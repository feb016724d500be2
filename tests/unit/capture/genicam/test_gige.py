"""Real GigE Vision over loopback: packets are lost, the camera is switched off, its cable is pulled."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from typing import Any

import pytest

from skelp.capture.genicam.source import GenicamSource
from skelp.domain.events import Kind, Payload
from skelp.domain.reasons import Code, Counted
from skelp.domain.strip import CameraFrame, CameraView, Capture, LostLines, Scale
from tests import gige

pytestmark = pytest.mark.alone


@pytest.fixture(autouse=True)
def _stop_the_camera() -> Iterator[None]:
    yield
    gige.stop()


def read(source: GenicamSource, seconds: float) -> list[Capture[Any]]:
    found, line, until = [], 0, time.monotonic() + seconds
    with closing(source.captures()) as stream:  # type: ignore[type-var] # a generator
        for capture in stream:
            if capture is not None:
                assert capture.first_line == line
                line += capture.lines
                found.append(capture)
            if time.monotonic() > until:
                return found
    return found


def test_frames_with_lost_packets_are_lost_with_their_reason() -> None:
    with GenicamSource(gige.settings(lost_per_1000=10), CameraView("gige", gige.WIDTH, Scale(1, 1))) as source:
        found = read(source, 6)
    lost = [c for c in found if isinstance(c, LostLines)]
    assert {c.reason.code for c in lost} == {Code.LINE_FRAME_INCOMPLETE}
    assert all(c.lines % gige.FRAME_LINES == 0 for c in lost)
    frames = sum(c.lines for c in found) / gige.FRAME_LINES
    assert frames == pytest.approx(6 / gige.PERIOD_S, rel=0.35)  # frames and losses together are what the camera sent in that time
    assert sum(isinstance(c, CameraFrame) for c in found) > 5


def test_a_camera_that_was_switched_off_and_on_is_reopened() -> None:
    published: list[Payload] = []
    source = GenicamSource(gige.settings(), CameraView("gige", gige.WIDTH, Scale(1, 1)), published.append)
    found: list[Capture[Any]] = []
    with source, closing(source.captures()) as stream:  # type: ignore[type-var] # a generator
        started = time.monotonic()
        off = False
        for capture in stream:
            found += [capture] if capture else []
            if len(found) == 10 and not off:
                gige.stop()
                off = True
            if off and Kind.CAMERA_LOST in {p.kind for p in published}:
                gige.settings()
            if Kind.CAMERA_BACK in {p.kind for p in published} and isinstance(found[-1], CameraFrame):
                break
            assert time.monotonic() - started < 60
    assert [p.kind for p in published] == [Kind.CAMERA_LOST, Kind.CAMERA_BACK]
    at_once, loss = [c for c in found if isinstance(c, LostLines)]
    assert at_once.lines == 1
    assert loss.reason.args["counted"] == Counted.SPEED
    assert loss.lines > 2 / gige.PERIOD_S * gige.FRAME_LINES


@pytest.mark.slow
def test_while_a_cable_is_pulled_lines_are_lost_and_then_the_camera_goes_on() -> None:
    """After 2 s the link is still up, and the frame ids give the exact number. Once it is down, the line rate gives the number.

    A loaded machine may slow the simulated camera down. Then fewer frames are missing than the line rate says, and the lines reported while
    it was silent are all of them.
    """
    published: list[Payload] = []
    found: list[Capture[Any]] = []
    with gige.FarCamera() as cable:
        source = GenicamSource(cable.settings, CameraView("gige", gige.WIDTH, Scale(1, 1)), published.append)
        with source, closing(source.captures()) as stream:  # type: ignore[type-var] # a generator
            for exact in (True, False):
                found += _until_a_frame(stream)
                pulled_at = time.monotonic()
                cable.pull()
                found += _for_seconds(stream, 2.0)
                while not exact and not published:
                    assert time.monotonic() - pulled_at < 60
                    found += _for_seconds(stream, 1.0)
                cable.plug()
                found += _until_a_frame(stream)
                without_s = time.monotonic() - pulled_at
                lost, reasons = _lost_last(found)
                assert lost == pytest.approx(without_s * gige.FRAME_LINES / gige.PERIOD_S, rel=0.1)
                codes = {code for code, _ in reasons}
                if exact:
                    assert codes <= {Code.CAMERA_SILENT, Code.LINE_FRAMES_MISSING}
                    assert lost % gige.FRAME_LINES == 0
                else:
                    assert codes - {Code.CAMERA_SILENT}
                    assert codes <= {Code.CAMERA_SILENT, Code.CAMERA_NO_ANSWER, Code.CAMERA_NO_FRAMES}
                    assert {counted for _, counted in reasons} == {Counted.LINE_RATE}
                found += _for_seconds(stream, 1.0)
    assert [p.kind for p in published] == [Kind.CAMERA_LOST, Kind.CAMERA_BACK]


def _for_seconds(stream: Iterator[Capture[Any] | None], seconds: float) -> list[Capture[Any]]:
    until, found = time.monotonic() + seconds, []
    for capture in stream:
        found += [capture] if capture else []
        if time.monotonic() > until:
            break
    return found


def _until_a_frame(stream: Iterator[Capture[Any] | None]) -> list[Capture[Any]]:
    found: list[Capture[Any]] = []
    until = time.monotonic() + 60
    for capture in stream:
        assert time.monotonic() < until
        found += [capture] if capture else []
        if isinstance(capture, CameraFrame):
            break
    return found


def _lost_last(found: list[Capture[Any]]) -> tuple[int, set[tuple[Code, str | None]]]:
    """Returns the lines and the (reason code, way of counting) of the losses just before the last frame.

    Checks that all captures follow each other.
    """
    assert all(a.first_line + a.lines == b.first_line for a, b in pairwise(found))
    last = len(found) - 1
    while isinstance(found[last - 1], LostLines):
        last -= 1
    losses = [c for c in found[last:-1] if isinstance(c, LostLines)]
    return sum(c.lines for c in losses), {(c.reason.code, c.reason.args.get("counted")) for c in losses}
