"""`skelp calibrate`: how a station's cameras see the strip, found from their pictures and written into their camera files."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import tomlkit

from skelp.app import open_model
from skelp.cameras import make_sources
from skelp.capture.geometry import Board, find_neighbour, measure_board
from skelp.config import GenicamCamera, StationConfig
from skelp.domain.errors import SkelpError
from skelp.domain.strip import CameraFrame, CameraView, Capture, OwnLine, Pixels, SharedLine
from skelp.pipeline.align import Aligner
from skelp.ports import FrameSource
from skelp.validation import read_text

_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one camera: keys of its camera file with their values, and how, in words."""

    camera: str
    values: dict[str, float | int] = field(default_factory=dict)
    says: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A checkerboard: the side of its squares in mm, and its inner corners either way."""

    square_mm: float
    corners: tuple[int, int] = (8, 6)


def calibrate(config: StationConfig, *, lines: int, target: Target | None, most_overlap_px: int = 512) -> list[Found]:
    """Scale from a target; without one, overlaps from the steel's texture.

    Raises SkelpError where a camera does not deliver `lines` lines without loss, or nothing can be found.
    """
    sources = make_sources(config.cameras)
    views = [s.view for s in sources]
    pictures = grab(sources, lines)
    if target is not None:
        return _scales(views, pictures, target)
    return _overlaps(views, pictures, most_overlap_px, open_model(config.model.path).card.stride)


def grab(sources: Sequence[FrameSource], lines: int) -> dict[str, Pixels]:
    """The same `lines` lines of strip as every camera saw them, uint8 [lines, width] by camera."""
    takes = _Takes(sources, lines)
    threads = [threading.Thread(target=takes.read, args=(s,), daemon=True) for s in sources]
    for thread in threads:
        thread.start()
    takes.enough.wait(_WITHIN_S)
    takes.enough.set()
    for thread in threads:
        thread.join(10)
    return takes.pictures()


class _Takes:
    """What all cameras gave so far. `enough` is set when there are so many lines that each of them has seen without loss."""

    def __init__(self, sources: Sequence[FrameSource], lines: int) -> None:
        self._aligner = Aligner({s.view.camera: s.view.behind_lines for s in sources}, time.monotonic())
        self._takes = {s.view.camera: _Take(lines) for s in sources}
        self._lines, self._lock = lines, threading.Lock()
        self._error: BaseException | None = None
        self.enough = threading.Event()

    def read(self, source: FrameSource) -> None:
        """Body of a camera's thread."""
        try:
            with source:
                for capture in source.captures():
                    if capture is not None:
                        self._add(capture)
                    if self.enough.is_set():
                        return
        except BaseException as error:  # noqa: BLE001 - the thread boundary: raised again by pictures()
            self._error = error
            self.enough.set()

    def pictures(self) -> dict[str, Pixels]:
        if self._error:
            raise self._error
        begins = max(t.begins for t in self._takes.values())
        missing = [name for name, t in self._takes.items() if not t.holds(begins)]
        if missing:
            names = ", ".join(missing)
            raise SkelpError(f"camera {names} gave no {self._lines} lines without loss within {_WITHIN_S:g} s; does the strip run?")
        return {name: t.picture(begins) for name, t in self._takes.items()}

    def _add(self, capture: Capture[OwnLine]) -> None:
        with self._lock:
            for placed in self._aligner.push(capture):
                self._takes[placed.camera].add(placed if isinstance(placed, CameraFrame) else None)
            begins = max(t.begins for t in self._takes.values())
            if all(t.holds(begins) for t in self._takes.values()):
                self.enough.set()


class _Take:
    """The last unbroken lines of one camera, no more of them than needed beside other cameras."""

    def __init__(self, lines: int) -> None:
        self._lines = lines
        self._frames: list[CameraFrame[SharedLine]] = []

    def add(self, frame: CameraFrame[SharedLine] | None) -> None:
        """A frame, or None for a loss, after which it begins anew."""
        if frame is None:
            self._frames.clear()
            return
        self._frames.append(frame)
        while self.ends - self._frames[0].first_line - self._frames[0].lines > 8 * self._lines:
            self._frames.pop(0)

    @property
    def begins(self) -> int:
        return self._frames[0].first_line if self._frames else 2**62

    @property
    def ends(self) -> int:
        return self._frames[-1].first_line + self._frames[-1].lines if self._frames else 0

    def holds(self, begins: int) -> bool:
        return self.begins <= begins and self.ends >= begins + self._lines

    def picture(self, begins: int) -> Pixels:
        whole = np.concatenate([f.pixels for f in self._frames])
        return whole[begins - self.begins : begins - self.begins + self._lines]


def _scales(views: Sequence[CameraView], pictures: dict[str, Pixels], target: Target) -> list[Found]:
    """Where a camera sees no board it says so: one board may be passed under one camera after the other."""
    found = []
    for view in views:
        try:
            board = measure_board(pictures[view.camera], target.square_mm, target.corners)
        except SkelpError as error:
            found.append(Found(view.camera, says=str(error)))
            continue
        values = {"mm_per_px": round(board.mm_per_px, 6), "mm_per_line": round(board.mm_per_line, 6)}
        found.append(Found(view.camera, values, _board_in_words(board)))
    if not any(f.values for f in found):
        raise SkelpError(f"no camera sees a checkerboard: {found[0].says}")
    return found


def _board_in_words(board: Board) -> str:
    says = f"{board.corners} corners, {board.rms_px:.2f} px from a plane grid, turned by {board.tilt_deg:.2f} degrees"
    return says if board.rms_px < 1 else f"{says}: more than 1 px, so the board was not flat or the speed not even"


def _overlaps(views: Sequence[CameraView], pictures: dict[str, Pixels], most_px: int, stride: int) -> list[Found]:
    found = []
    for side in dict.fromkeys(v.side for v in views):
        across = sorted((v for v in views if v.side is side), key=lambda v: v.first_column)
        first, later = {across[0].camera: across[0].first_column}, {across[0].camera: 0}
        said = {across[0].camera: "the first of its side"}
        for left, right in pairwise(across):
            at = find_neighbour(pictures[left.camera], pictures[right.camera], most_px)
            exact = first[left.camera] + at.column
            first[right.camera] = round(exact / stride) * stride
            later[right.camera] = later[left.camera] + at.lines_later
            overlap = first[left.camera] + left.width - first[right.camera]
            said[right.camera] = (
                f"overlaps {left.camera} by {overlap} px, {at.alike:.2f} alike, the same steel {at.lines_later} lines later"
            )
            if exact != first[right.camera]:
                said[right.camera] += f"; column {exact} brought to the model's stride of {stride}"
        behind = {v.camera: v.behind_mm + later[v.camera] * v.scale.mm_per_line for v in across}
        least = min(0.0, *behind.values())
        values = {c: {"first_column": first[c], "behind_mm": round(mm - least, 3)} for c, mm in behind.items()}
        found += [Found(camera, values[camera], said[camera]) for camera in first]
    return found


def write(config: StationConfig, found: Sequence[Found], say: Callable[[str], None]) -> None:
    """Put what was found into the camera files; their comments and everything else stay as they are."""
    files = {c.name: c.file for c in config.cameras if isinstance(c, GenicamCamera)}
    for f in found:
        file = files.get(f.camera)
        if not f.values:
            continue
        if file is None:
            say(f"camera {f.camera} has no camera file: put {f.values} into the station file")
            continue
        edit(file, f.values)
        say(f"{file}: {', '.join(f'{k} = {v}' for k, v in f.values.items())}")


def edit(file: Path, values: Mapping[str, float | int | str]) -> None:
    """Set keys of a TOML file; comments and everything else stay."""
    body = tomlkit.parse(read_text(file, "camera file", "it was there when it was read"))
    features = body.get("features")
    for key, value in values.items():
        body[key] = value
    if features is not None and list(body)[-1] != "features":
        del body["features"]
        body["features"] = features
    part = file.with_suffix(file.suffix + ".new")
    part.write_text(tomlkit.dumps(body), encoding="utf-8")
    part.replace(file)
