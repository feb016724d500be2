"""Reads picture files as one strip, in the order of the list. No line is dropped."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from skelp.domain.errors import SkelpError
from skelp.domain.greys import BACKGROUND_MAX_DN, GLARE_DN
from skelp.domain.reasons import FileBlank, FileRepeated, FileWidth, Reason
from skelp.domain.strip import CameraFrame, CameraView, Capture, LostLines, OwnLine, Pixels, Scale, after
from skelp.pictures.depth import PLAIN, Reading
from skelp.pictures.reader import grey_or_fault
from skelp.pictures.samples import ImageFile, read_header

_FRAME_LINES = 4096
_COMPARED_LINES = 32
_LEAST_PX = 32
"""No camera shows a strip with fewer pixels, and a network sees no defect in them."""


def continues(above: Pixels, below: Pixels) -> bool:
    """Returns whether two images, uint8 [lines, width], are pieces of one strip that follow each other.

    They are if the last line of `above` and the first line of `below` differ by at most 3 times as much as neighbouring lines inside the
    two images do, plus 1.5 grey values.
    """
    rows = [_column_means(rows) for rows in (above[-_COMPARED_LINES:], below[:_COMPARED_LINES])]
    inside = np.concatenate([np.abs(np.diff(r, axis=0)).mean(axis=1) for r in rows])
    usual = float(np.median(inside)) if len(inside) else 0.0
    return float(np.abs(rows[0][-1] - rows[1][0]).mean()) <= 3 * usual + 1.5


def _column_means(rows: Pixels) -> NDArray[np.float32]:
    """Averages groups of 8 columns, which reduces grain and noise. Returns float32 [lines, groups]."""
    width = max(8, rows.shape[1] // 8 * 8)
    padded = np.pad(rows, ((0, 0), (0, max(0, width - rows.shape[1]))), mode="edge")[:, :width]
    return np.asarray(padded.reshape(len(rows), -1, 8).mean(axis=2, dtype=np.float32))


class FileSource:
    """Reads image files as one strip. Satisfies ports.FrameSource.

    The strip is as wide as most of its images. The lines of a file that cannot be read are lost, with the reason. If the height of such a
    file is not known, it is assumed to be the height of most of the others, and the reason gives that number (`assumed_lines`).

    Files that do not continue each other (photographs of different places) are also one strip. The first frame of such a file has `breaks`
    set, so that no defect is joined across the border. A file with exactly the pixels of an earlier one is lost: whatever gave the same
    picture twice (a stale buffer, a copy), the steel of one of both was not seen. So is a file of one grey.

    `reading`: what the user states about files deeper than 8 bits.
    """

    def __init__(self, paths: Sequence[Path], scale: Scale, *, camera: str = "files", reading: Reading = PLAIN) -> None:
        """Reads the headers. Raises SkelpError if no file can be read."""
        self._files = [read_header(p, reading.exif) for p in paths]
        readable = [f for f in self._files if not f.fault]
        if not readable:
            first = self._files[0]
            raise SkelpError(f"none of {len(paths)} files can be read; the first is {first.path}", first.fault)
        self._width = Counter(f.width for f in readable).most_common(1)[0][0]
        if self._width < _LEAST_PX:
            raise SkelpError(
                f"the pictures are {self._width} px wide, and a strip at least {_LEAST_PX}; check that they show the whole strip"
            )
        self._usual_lines = Counter(f.lines for f in readable).most_common(1)[0][0]
        self._view = CameraView(camera, self._width, scale)
        self._reading = reading

    @property
    def view(self) -> CameraView:
        return self._view

    @property
    def live(self) -> bool:
        return False

    @property
    def lines(self) -> int:
        """Number of lines of the whole strip, lost lines included."""
        return sum(f.lines or self._usual_lines for f in self._files)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    def captures(self) -> Iterator[Capture[OwnLine]]:
        line, above = OwnLine(0), None
        seen: dict[bytes, Path] = {}
        for file in self._files:
            lines = file.lines or self._usual_lines
            pixels = _unless_blank_or_repeated(self._read(file), file.path, seen)
            if isinstance(pixels, Reason):
                yield LostLines(self._view.camera, line, lines, pixels)
                above = None
            else:
                breaks = above is not None and not continues(above, pixels)
                for start in range(0, lines, _FRAME_LINES):
                    part = pixels[start : start + _FRAME_LINES]
                    breaks_here = breaks and start == 0
                    yield CameraFrame(self._view.camera, after(line, start), part, time.monotonic_ns(), breaks_here)
                above = pixels[-_COMPARED_LINES:]
            line = after(line, lines)

    def _read(self, file: ImageFile) -> Pixels | Reason:
        """Returns the pixels, uint8 [lines, width], or the reason why the file cannot be read."""
        if file.fault:
            return file.fault if file.lines else replace(file.fault, assumed_lines=self._usual_lines)
        if file.width != self._width:
            return FileWidth(file.path.name, width_px=file.width, strip_px=self._width)
        found = grey_or_fault(file.path, self._reading)
        if not isinstance(found, Reason) and found.shape != (file.lines, file.width):  # the file has changed, or its header is wrong
            return FileWidth(file.path.name, width_px=found.shape[1], strip_px=self._width)
        return found


def _unless_blank_or_repeated(pixels: Pixels | Reason, path: Path, seen: dict[bytes, Path]) -> Pixels | Reason:
    """The pixels, or the reason if they are blank or an earlier file has the same ones. `seen`: earlier files by digest.

    Blank pictures that are dark or overexposed have reasons of their own.
    """
    if isinstance(pixels, Reason):
        return pixels
    lowest, highest = int(pixels.min()), int(pixels.max())
    if lowest == highest:
        return FileBlank(path.name, grey=lowest) if BACKGROUND_MAX_DN < lowest < GLARE_DN else pixels
    other = seen.setdefault(hashlib.blake2b(np.ascontiguousarray(pixels).data, digest_size=16).digest(), path)
    return FileRepeated(path.name, other=other.name) if other is not path else pixels
