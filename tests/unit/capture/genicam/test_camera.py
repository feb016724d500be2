"""The simulated camera through harvesters: its settings, its losses, and its return after it was lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skelp.capture.flat_field import References
from skelp.capture.genicam.features import FeatureError
from skelp.capture.genicam.link import CameraError
from skelp.capture.genicam.settings import CameraSettings, Value, load_camera_file
from skelp.capture.genicam.source import GenicamSource
from skelp.domain.errors import SkelpError
from skelp.domain.events import CameraLost, Kind, Payload, Publish, nowhere
from skelp.domain.reasons import CameraNoFrames, Code, Counted
from skelp.domain.strip import CameraFrame, CameraView, Capture, LostLines, Scale
from tests.linesim import by_encoder, producer, settings

pytestmark = pytest.mark.alone


def source(chosen: CameraSettings, publish: Publish = nowhere) -> GenicamSource:
    return GenicamSource(chosen, CameraView("cam", chosen.width, Scale(0.25, 0.25)), publish)


def captures(camera: GenicamSource, lines: int, seconds: float = 20.0) -> Iterator[Capture[Any]]:
    """Yields captures until they have `lines` lines."""
    until, line = time.monotonic() + seconds, 0
    with closing(camera.captures()) as stream:  # type: ignore[type-var] # a generator
        for capture in stream:
            assert time.monotonic() < until, f"only {line} lines came"
            if capture is None:
                continue
            assert capture.first_line == line
            line += capture.lines
            yield capture
            if line >= lines:
                return


def strip_lines(frame: CameraFrame[Any]) -> list[int]:
    """Reads the line numbers that the pattern writes into the first eight pixels of each line."""
    return [int(n) for n in np.ascontiguousarray(frame.pixels[:, :8]).view("<u8")[:, 0]]


def check_lines(found: list[Capture[Any]], head: int = 0) -> None:
    """Checks that every line has the number of the exposed line. `head`: the strip's line that is line 0 of the captures."""
    for c in found:
        if isinstance(c, CameraFrame):
            assert strip_lines(c) == list(range(head + c.first_line, head + c.first_line + c.lines))


def lost(found: list[Capture[Any]]) -> dict[Code, int]:
    """Counts lost lines by reason code."""
    lines: dict[Code, int] = {}
    for c in found:
        if isinstance(c, LostLines):
            lines[c.reason.code] = lines.get(c.reason.code, 0) + c.lines
    return lines


def test_every_line_has_the_number_of_the_exposed_line() -> None:
    with source(settings()) as camera:
        found = list(captures(camera, 640))
    check_lines(found)
    assert lost(found) == {}


@pytest.mark.parametrize(
    ("fault", "every", "reason", "lines"),
    [
        ("SimDropEvery", 5, Code.LINE_FRAMES_MISSING, 64),
        ("SimIncompleteEvery", 4, Code.LINE_FRAME_INCOMPLETE, 64),
        ("SimShortEvery", 3, Code.LINE_FRAME_SHORT, 32),
    ],
)
def test_faults_are_lost_with_their_reason_and_all_other_lines_arrive(fault: str, every: int, reason: Code, lines: int) -> None:
    with source(settings((fault, every))) as camera:
        found = list(captures(camera, 64 * 4 * every))
    check_lines(found)
    by_reason = lost(found)
    assert set(by_reason) == {reason}
    assert by_reason[reason] >= 3 * lines
    assert by_reason[reason] % lines == 0


@pytest.mark.parametrize("pixel_format", ["Mono10", "Mono12", "Mono16", "Mono10p", "Mono12p"])
def test_deeper_pixel_formats_become_8_bit_grey(pixel_format: str) -> None:
    with source(settings(pixel_format=pixel_format)) as camera:
        found = list(captures(camera, 256))
    check_lines(found)
    assert lost(found) == {}


def test_ids_wrap_around_after_16_bits() -> None:
    with source(settings(("SimFirstId", 65533), ("SimIdBits", 16), first_frame_id=65533)) as camera:
        found = list(captures(camera, 64 * 8))
    check_lines(found)
    assert lost(found) == {}


def test_with_position_up_an_encoder_triggers_only_lines_of_new_steel() -> None:
    """The strip runs back over 40 lines twice. No line is exposed twice."""
    encoder: tuple[tuple[str, Value], ...] = (
        ("TriggerSelector", "LineStart"),
        ("TriggerSource", "Encoder0"),
        ("TriggerMode", "On"),
        ("EncoderDivider", 2),
        ("SimEncoderRate", 12800.0),
        ("EncoderOutputMode", "PositionUp"),
        ("SimReverseEvery", 200),
        ("SimReverseLines", 40),
    )
    with source(settings(*encoder, line_rate_hz=None)) as camera:
        found = list(captures(camera, 512))
    check_lines(found)
    assert lost(found) == {}


def test_a_strip_that_slips_over_the_encoder_roll_skips_lines() -> None:
    slip: tuple[tuple[str, Value], ...] = (("SimSlipPermille", 100),)
    with source(settings(*slip)) as camera:
        found = [n for c in captures(camera, 640) if isinstance(c, CameraFrame) for n in strip_lines(c)]
    assert found[-1] > 640  # more lines passed than were exposed


def test_lines_of_a_camera_that_hangs_are_reported_meanwhile_and_exactly_afterwards() -> None:
    with source(settings(("SimHangMs", 400))) as camera:
        found = list(captures(camera, 64 * 60))
    check_lines(found)
    by_reason = lost(found)
    assert by_reason[Code.CAMERA_SILENT] > 64 * 20
    assert sum(by_reason.values()) >= 64 * 35


def test_a_camera_that_answers_but_sends_no_frame_is_reopened() -> None:
    """It would hang for a minute. After it is reopened it sends frames."""
    published: list[Payload] = []
    with source(settings(reopen_after_s=0.5), published.append) as camera:
        found = []
        for capture in captures(camera, 6400 * 3):
            found.append(capture)
            if len(found) == 5:
                camera._link._acquirer.remote_device.node_map.SimHangMs.value = 60_000  # type: ignore[union-attr]
    assert published[0] == CameraLost("cam", CameraNoFrames(silent_s=0.5))
    assert [p.kind for p in published] == [Kind.CAMERA_LOST, Kind.CAMERA_BACK]
    assert lost(found)[Code.CAMERA_NO_FRAMES] + lost(found)[Code.CAMERA_SILENT] > 6400 * 0.5
    assert isinstance(found[-1], CameraFrame)


def test_a_lost_camera_is_reopened_and_both_events_are_published() -> None:
    published: list[Payload] = []
    with source(settings(), published.append) as camera:
        started, found = time.monotonic(), []
        for capture in captures(camera, 6400 * 4):
            found.append(capture)
            if len(found) == 5:
                camera._link._acquirer.remote_device.node_map.SimLostMs.value = 800  # type: ignore[union-attr]
        took = time.monotonic() - started
    assert [p.kind for p in published] == [Kind.CAMERA_LOST, Kind.CAMERA_BACK]
    by_reason = lost(found)
    assert by_reason[Code.CAMERA_NO_ANSWER] + by_reason[Code.CAMERA_SILENT] > 6400 * 0.5
    lines = sum(c.lines for c in found)
    assert lines == pytest.approx(6400 * took, rel=0.15)
    assert isinstance(found[-1], CameraFrame)


@pytest.mark.parametrize("power", [False, True])
def test_after_a_camera_was_unplugged_the_encoder_gives_the_lost_lines(power: bool) -> None:
    """If its cable was pulled, the number is exact. If its power was off, its count restarted, so its lines are counted by speed."""
    with source(by_encoder(("SimLostPower", power))) as camera:
        found = []
        for capture in captures(camera, 6400 * 3):
            found.append(capture)
            if len(found) == 20:
                camera._link._acquirer.remote_device.node_map.SimLostMs.value = 600  # type: ignore[union-attr]
    frames = [c for c in found if isinstance(c, CameraFrame)]
    assert all(f.strip_line is not None for f in frames)
    assert lost(found)[Code.CAMERA_NO_ANSWER] > 0.5 * 6400
    counted = {c.reason.args.get("counted") for c in found if isinstance(c, LostLines)}
    if power:
        assert Counted.SPEED in counted
        return
    assert Counted.ENCODER in counted
    check_lines(found, strip_lines(frames[0])[0])


def test_a_camera_file_that_resets_the_encoder_is_refused() -> None:
    with pytest.raises(ValueError, match="features has EncoderReset"):
        by_encoder(("EncoderReset", "execute"))


def test_an_unknown_serial_number_is_refused_with_the_known_ones() -> None:
    with pytest.raises(CameraError, match=r"cam \(XX1\) cannot be opened: no device with serial XX1 .* its devices are: LS0000"):
        source(settings(serial="XX1")).__enter__()
    with pytest.raises(CameraError, match=r"there is no GenTL producer /nowhere\.cti"):
        source(settings(producer="/nowhere.cti")).__enter__()


@pytest.mark.parametrize(
    ("feature", "value", "message"),
    [
        ("AcquisitionLineRate", 1e9, "the camera refuses AcquisitionLineRate = 1000000000.0; it accepts 1.0 to 10000000.0"),
        ("Width", 100, "Width .*100.* in steps of 8"),
        ("PixelFormat", "RGB8", "the camera refuses PixelFormat = 'RGB8'; it accepts one of Mono8, Mono10"),
        ("ChunkModeActive", "perhaps", "the camera refuses ChunkModeActive = 'perhaps'; it accepts true or false"),
        ("Gain", 2.0, "the camera has no feature Gain"),
        ("AcquisitionStop", 1, 'AcquisitionStop is a command; its value in the camera file must be "execute", got 1'),
        ("WidthMax", 128, "the camera refuses WidthMax = 128"),
    ],
)
def test_a_value_that_the_camera_refuses_is_named_with_the_allowed_ones(feature: str, value: Value, message: str) -> None:
    with pytest.raises(CameraError, match=message):
        source(settings((feature, value))).__enter__()
    assert issubclass(FeatureError, SkelpError)


def test_a_camera_file_of_another_width_than_the_stations_is_refused() -> None:
    with pytest.raises(CameraError, match="256 px in the camera file, but 512 px in the station"):
        GenicamSource(settings(), CameraView("cam", 512, Scale(1, 1)))


def test_the_view_has_the_gain_of_the_flat_field(tmp_path: Path) -> None:
    file = tmp_path / "cam.flat.npz"
    References(white=np.linspace(60, 200, 256, dtype=np.float32)).save(file)
    gain = source(settings().model_copy(update={"flat_field": str(file)})).view.gain
    assert gain is not None
    assert gain[0] > 2
    assert gain[-1] < 1


def test_a_camera_file_is_read_and_its_errors_are_named(tmp_path: Path) -> None:
    file = tmp_path / "cam.toml"
    file.write_text(
        f'producer = "{producer()}"\nserial = "LS0000"\nwidth = 256\nframe_lines = 64\nline_rate_hz = 6400\n'
        "mm_per_px = 0.5\nmm_per_line = 0.5\n"
        'features = [["TriggerSelector", "LineStart"], ["TriggerMode", "Off"], ["AcquisitionLineRate", 6400.0]]\n'
    )
    loaded = load_camera_file(file)
    assert loaded.features[2] == ("AcquisitionLineRate", 6400.0)
    with source(loaded) as camera:
        check_lines(list(captures(camera, 128)))
    file.write_text('producer = "lib.cti"\nserial = "1"\nwidth = 0\ncolour = true\n')
    with pytest.raises(SkelpError, match=r"width: .*frame_lines: .*colour: "):
        load_camera_file(file)
    with pytest.raises(SkelpError, match="edge/cameras/ holds examples"):
        load_camera_file(tmp_path / "none.toml")
