"""`skelp calibrate`: finds from images how the cameras of a station see the strip, and writes it into their camera files."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import tomlkit

from skelp.camera_config import GenicamCamera
from skelp.cameras import make_sources
from skelp.capture.geometry import BoardMeasurement, find_overlap, measure_board
from skelp.config import StationConfig
from skelp.domain.errors import SkelpError
from skelp.domain.strip import CameraFrame, CameraView, Capture, OwnLine, Pixels, SharedLine
from skelp.model import open_model
from skelp.pipeline.align import Aligner
from skelp.ports import FrameSource
from skelp.validation import read_text

_GRAB_TIMEOUT_S = 60.0
_NO_LINE = 2**62


@dataclass(frozen=True, slots=True)
class CameraCalibration:
    """What was found for one camera: keys of its camera file with their values, and a note for the operator."""

    camera: str
    values: dict[str, float | int] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A checkerboard: the side of its squares in mm, and the number of its inner corners in both directions."""

    square_mm: float
    corners: tuple[int, int] = (8, 6)


def find_calibration(config: StationConfig, *, lines: int, target: Target | None, max_overlap_px: int = 512) -> list[CameraCalibration]:
    """Measures the scale from the images of a checkerboard. Without a target, finds from the steel how the cameras overlap.

    Raises SkelpError if a camera does not deliver `lines` lines without loss within 60 s, or if nothing can be found.
    """
    sources = make_sources(config.cameras)
    views = [s.view for s in sources]
    images = grab(sources, lines)
    if target is not None:
        return _scales(views, images, target)
    return _overlaps(views, images, max_overlap_px, open_model(config.model.path).card.stride)


def grab(sources: Sequence[FrameSource], lines: int) -> dict[str, Pixels]:
    """Records the same `lines` lines of strip with every camera. Returns uint8 [lines, width] by camera.

    Raises SkelpError if a camera does not deliver them without loss within 60 s.
    """
    recorder = _Recorder(sources, lines)
    threads = [threading.Thread(target=recorder.read, args=(s,), daemon=True) for s in sources]
    for thread in threads:
        thread.start()
    recorder.finished.wait(_GRAB_TIMEOUT_S)
    recorder.finished.set()
    for thread in threads:
        thread.join(10)
    return recorder.images()


class _Recorder:
    """Records all cameras until they have enough lines in common. Then, or after an error, `finished` is set."""

    def __init__(self, sources: Sequence[FrameSource], lines: int) -> None:
        self._aligner = Aligner({s.view.camera: s.view.behind_lines for s in sources}, time.monotonic())
        self._recordings = {s.view.camera: _Recording(lines) for s in sources}
        self._lines, self._lock = lines, threading.Lock()
        self._error: BaseException | None = None
        self.finished = threading.Event()

    def read(self, source: FrameSource) -> None:
        """Reads one camera. Each camera has its own thread."""
        try:
            with source:
                for capture in source.captures():
                    if capture is not None:
                        self._add(capture)
                    if self.finished.is_set():
                        return
        except BaseException as error:  # noqa: BLE001 - the thread boundary: images() raises it again
            self._error = error
            self.finished.set()

    def images(self) -> dict[str, Pixels]:
        if self._error:
            raise self._error
        first = self._first_common_line()
        missing = [name for name, r in self._recordings.items() if not r.contains(first)]
        if missing:
            raise SkelpError(
                f"camera {', '.join(missing)} did not deliver {self._lines} lines without loss within {_GRAB_TIMEOUT_S:g} s; check that "
                "the strip runs"
            )
        return {name: r.image(first) for name, r in self._recordings.items()}

    def _add(self, capture: Capture[OwnLine]) -> None:
        with self._lock:
            for aligned in self._aligner.push(capture):
                self._recordings[aligned.camera].add(aligned if isinstance(aligned, CameraFrame) else None)
            first = self._first_common_line()
            if all(r.contains(first) for r in self._recordings.values()):
                self.finished.set()

    def _first_common_line(self) -> int:
        return max(r.first_line for r in self._recordings.values())


class _Recording:
    """The newest lines of one camera without a loss between them. It has at most 8 times as many lines as are needed."""

    def __init__(self, lines: int) -> None:
        self._lines = lines
        self._frames: list[CameraFrame[SharedLine]] = []

    def add(self, frame: CameraFrame[SharedLine] | None) -> None:
        """Adds a frame. After a loss (None) the recording starts again."""
        if frame is None:
            self._frames.clear()
            return
        self._frames.append(frame)
        while self.end_line - self._frames[0].first_line - self._frames[0].lines > 8 * self._lines:
            self._frames.pop(0)

    @property
    def first_line(self) -> int:
        return self._frames[0].first_line if self._frames else _NO_LINE

    @property
    def end_line(self) -> int:
        return self._frames[-1].first_line + self._frames[-1].lines if self._frames else 0

    def contains(self, first: int) -> bool:
        """Returns whether all lines that are needed from `first` on are recorded."""
        return self.first_line <= first and self.end_line >= first + self._lines

    def image(self, first: int) -> Pixels:
        whole = np.concatenate([f.pixels for f in self._frames])
        return whole[first - self.first_line : first - self.first_line + self._lines]


def _scales(views: Sequence[CameraView], images: dict[str, Pixels], target: Target) -> list[CameraCalibration]:
    """Measures the scale of each camera that sees the board. The board may be moved from camera to camera between two runs."""
    found = []
    for view in views:
        try:
            board = measure_board(images[view.camera], target.square_mm, target.corners)
        except SkelpError as error:
            found.append(CameraCalibration(view.camera, note=str(error)))
            continue
        values = {"mm_per_px": round(board.mm_per_px, 6), "mm_per_line": round(board.mm_per_line, 6)}
        found.append(CameraCalibration(view.camera, values, _describe_board(board)))
    if not any(c.values for c in found):
        raise SkelpError(f"no camera sees a checkerboard: {found[0].note}")
    return found


def _describe_board(board: BoardMeasurement) -> str:
    text = f"{board.corners} corners, {board.rms_px:.2f} px from a plane grid, turned by {board.tilt_deg:.2f} degrees"
    return text if board.rms_px < 1 else f"{text}; more than 1 px: the board was not flat, or the speed was not constant"


def _overlaps(views: Sequence[CameraView], images: dict[str, Pixels], max_px: int, stride: int) -> list[CameraCalibration]:
    """Finds where the cameras of each side stand: their first columns, as multiples of `stride`, and their distance along the line."""
    found = []
    for side in dict.fromkeys(v.side for v in views):
        across = sorted((v for v in views if v.side is side), key=lambda v: v.first_column)
        first, later = {across[0].camera: across[0].first_column}, {across[0].camera: 0}
        notes = {across[0].camera: "the first camera of its side"}
        for left, right in pairwise(across):
            overlap = find_overlap(images[left.camera], images[right.camera], max_px)
            exact = first[left.camera] + overlap.column
            first[right.camera] = round(exact / stride) * stride
            later[right.camera] = later[left.camera] + overlap.lines_later
            overlap_px = first[left.camera] + left.width - first[right.camera]
            notes[right.camera] = (
                f"overlaps {left.camera} by {overlap_px} px (similarity {overlap.similarity:.2f}) and sees the same steel "
                f"{overlap.lines_later} lines later"
            )
            if exact != first[right.camera]:
                notes[right.camera] += f"; column {exact} was rounded to a multiple of the model's stride, {stride}"
        behind = {v.camera: v.behind_mm + later[v.camera] * v.scale.mm_per_line for v in across}
        least = min(0.0, *behind.values())
        values = {c: {"first_column": first[c], "behind_mm": round(mm - least, 3)} for c, mm in behind.items()}
        found += [CameraCalibration(camera, values[camera], notes[camera]) for camera in first]
    return found


def write_calibration(config: StationConfig, found: Sequence[CameraCalibration], report: Callable[[str], None]) -> None:
    """Writes the values into the camera files; everything else in them stays. `report` takes one line of text for each camera."""
    files = {c.name: c.file for c in config.cameras if isinstance(c, GenicamCamera)}
    for c in found:
        file = files.get(c.camera)
        if not c.values:
            continue
        if file is None:
            report(f"camera {c.camera} has no camera file; put {c.values} into the station file")
            continue
        edit(file, c.values)
        report(f"{file}: {', '.join(f'{k} = {v}' for k, v in c.values.items())}")


def edit(file: Path, values: Mapping[str, float | int | str]) -> None:
    """Sets keys of a TOML file. Comments and everything else stay."""
    body = tomlkit.parse(read_text(file, "camera file", "it was there when it was read"))
    features = body.get("features")
    for key, value in values.items():
        body[key] = value
    if features is not None and list(body)[-1] != "features":
        del body["features"]
        body["features"] = features
    new = file.with_suffix(file.suffix + ".new")
    new.write_text(tomlkit.dumps(body), encoding="utf-8")
    new.replace(file)
