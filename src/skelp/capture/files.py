"""Images on disk as a strip: a folder of images in name order, or one tall image. Replaying files never drops a line.

Pillow decodes, because it refuses a truncated file where others fill the rest with grey, and grey would pass as clean.
"""

from __future__ import annotations

import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from skelp.domain.errors import SkelpError
from skelp.domain.reasons import FileBadHeader, FileBroken, FileNotAnImage, FilePages, FileTooLarge, FileWidth, Reason, Unread
from skelp.domain.strip import CameraFrame, CameraView, Capture, LostLines, OwnLine, Pixels, Scale, after

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff"}
MOST_PIXELS = 2**31
"""Larger images are refused: cut them, a strip may be any number of files."""
_CHUNK_LINES = 4096
_LOOK_LINES = 32


@dataclass(frozen=True, slots=True)
class Picture:
    """One file: its size, or why it gives no pixels. 0 lines: its height is not known."""

    path: Path
    width: int = 0
    lines: int = 0
    fault: Unread | None = None


def find_images(paths: Sequence[Path]) -> list[Path]:
    """Image files among the paths and in their folders (not below), folders in name order. Raises SkelpError for none."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES and p.is_file())
        elif path.is_file():
            found.append(path)
        else:
            raise SkelpError(f"there is no file or folder {path}; give images or folders of images")
    if not found:
        names = ", ".join(str(p) for p in paths)
        raise SkelpError(f"no image in {names}; expected files ending in {', '.join(sorted(SUFFIXES))}")
    return found


def look(path: Path) -> Picture:
    """Size of an image from its header, without decoding it."""
    try:
        with _open(path) as image:
            pages = getattr(image, "n_frames", 1)
            if pages > 1:
                return Picture(path, *image.size, fault=FilePages(path.name, pages=pages))
            if image.width * image.height > MOST_PIXELS:
                return Picture(path, *image.size, fault=FileTooLarge(path.name, width_px=image.width, lines=image.height))
            return Picture(path, *image.size)
    except UnidentifiedImageError:
        return Picture(path, fault=FileNotAnImage(path.name))
    except (OSError, SyntaxError, ValueError) as error:
        return Picture(path, fault=FileBadHeader(path.name, error=str(error)))


def _open(path: Path) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = None  # our own limit is checked from the header, before a pixel is decoded
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Image.open(path)


def continues(above: Pixels, below: Pixels) -> bool:
    """Whether the first line of `below` may follow the last one of `above`, uint8 [lines, width].

    It may if the two differ no more than a few times as much as neighbouring lines inside the pictures do.
    """
    rows = [_coarse(rows) for rows in (above[-_LOOK_LINES:], below[:_LOOK_LINES])]
    inside = np.concatenate([np.abs(np.diff(r, axis=0)).mean(axis=1) for r in rows])
    usual = float(np.median(inside)) if len(inside) else 0.0
    return float(np.abs(rows[0][-1] - rows[1][0]).mean()) <= 3 * usual + 1.5


def _coarse(rows: Pixels) -> NDArray[np.float32]:
    """Means over 8 columns, so that grain and noise do not decide."""
    width = max(8, rows.shape[1] // 8 * 8)
    padded = np.pad(rows, ((0, 0), (0, max(0, width - rows.shape[1]))), mode="edge")[:, :width]
    return np.asarray(padded.reshape(len(rows), -1, 8).mean(axis=2, dtype=np.float32))


class FileSource:
    """Satisfies ports.FrameSource. The strip is as wide as most of its images; what cannot be read is lost, with the reason.

    Files that do not continue each other (photographs of different places) are one strip all the same, but nothing is
    joined across: the first frame of such a file says `breaks`. Where a broken file's height is unknown, it is taken to
    be that of most of the others, and the reason says so. 16-bit images are scaled by the depth that the first of them
    uses (10, 12, 14 or 16 bit).
    """

    def __init__(self, paths: Sequence[Path], scale: Scale, *, camera: str = "files") -> None:
        self._pictures = [look(p) for p in paths]
        good = [p for p in self._pictures if not p.fault]
        if not good:
            first = self._pictures[0]
            raise SkelpError(f"none of {len(paths)} files can be read; the first is {first.path}", first.fault)
        self._width = Counter(p.width for p in good).most_common(1)[0][0]
        self._usual_lines = Counter(p.lines for p in good).most_common(1)[0][0]
        self._view = CameraView(camera, self._width, scale)
        self._shift: int | None = None

    @property
    def view(self) -> CameraView:
        return self._view

    @property
    def live(self) -> bool:
        return False

    @property
    def lines(self) -> int:
        """Lines of the whole strip, those included that cannot be read."""
        return sum(p.lines or self._usual_lines for p in self._pictures)

    def __enter__(self) -> Self:
        self._shift = None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    def captures(self) -> Iterator[Capture[OwnLine]]:
        line, above = OwnLine(0), None
        for picture in self._pictures:
            lines = picture.lines or self._usual_lines
            pixels = self._read(picture)
            if isinstance(pixels, Reason):
                yield LostLines(self._view.camera, line, lines, pixels)
                above = None
            else:
                breaks = above is not None and not continues(above, pixels)
                for start in range(0, lines, _CHUNK_LINES):
                    chunk = pixels[start : start + _CHUNK_LINES]
                    first = breaks and start == 0
                    yield CameraFrame(self._view.camera, after(line, start), chunk, time.monotonic_ns(), first)
                above = pixels[-_LOOK_LINES:]
            line = after(line, lines)

    def _read(self, picture: Picture) -> Pixels | Reason:
        """Pixels uint8 [lines, width], or the reason why there are none."""
        name = picture.path.name
        if picture.fault:
            return picture.fault if picture.lines else replace(picture.fault, assumed_lines=self._usual_lines)
        if picture.width != self._width:
            return FileWidth(name, width_px=picture.width, strip_px=self._width)
        try:
            with _open(picture.path) as image:
                return self._grey(image)
        except (OSError, SyntaxError, ValueError) as error:
            return FileBroken(name, error=str(error))

    def _grey(self, image: Image.Image) -> Pixels:
        if image.mode.startswith("I") or image.mode == "F":
            return self._from_deep(np.asarray(image))
        return np.array(image.convert("L"), np.uint8)

    def _from_deep(self, deep: NDArray[np.generic]) -> Pixels:
        values = np.clip(deep.astype(np.float64), 0, 65535).astype(np.uint32)
        if self._shift is None:
            bits = max(8, int(values.max(initial=0)).bit_length())
            self._shift = next(b for b in (8, 10, 12, 14, 16) if b >= bits) - 8
        return np.asarray(np.minimum(values >> np.uint32(self._shift), 255), np.uint8)
