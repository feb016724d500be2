"""Reads image files as one strip: the images of a folder in name order, or one tall image. No line is dropped.

Pillow decodes the files, because it refuses a truncated file. Other decoders fill the missing part with grey, and grey would be
reported as clean steel.
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
MAX_PIXELS = 2**31
"""A larger image is refused. The strip can be cut into any number of files."""
_FRAME_LINES = 4096
_COMPARED_LINES = 32


@dataclass(frozen=True, slots=True)
class ImageFile:
    """The size of an image file from its header. `lines` is 0 if the height is not known. `fault` is why the file cannot be read."""

    path: Path
    width: int = 0
    lines: int = 0
    fault: Unread | None = None


def find_images(paths: Sequence[Path]) -> list[Path]:
    """Lists the given image files, and the image files of the given folders in name order; subfolders are left out.

    Raises SkelpError if a path does not exist or there is no image.
    """
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


def read_header(path: Path) -> ImageFile:
    """Reads the size of an image from its header, without decoding the image."""
    try:
        with _open(path) as image:
            pages = getattr(image, "n_frames", 1)
            if pages > 1:
                return ImageFile(path, *image.size, fault=FilePages(path.name, pages=pages))
            if image.width * image.height > MAX_PIXELS:
                return ImageFile(path, *image.size, fault=FileTooLarge(path.name, width_px=image.width, lines=image.height))
            return ImageFile(path, *image.size)
    except UnidentifiedImageError:
        return ImageFile(path, fault=FileNotAnImage(path.name))
    except (OSError, SyntaxError, ValueError) as error:
        return ImageFile(path, fault=FileBadHeader(path.name, error=str(error)))


def _open(path: Path) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = None  # read_header compares with MAX_PIXELS before a pixel is decoded
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Image.open(path)


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
    set, so that no defect is joined across the border.

    16-bit images are reduced to 8 bits by the bit depth that the first of them uses: 10, 12, 14 or 16.
    """

    def __init__(self, paths: Sequence[Path], scale: Scale, *, camera: str = "files") -> None:
        """Reads the headers. Raises SkelpError if no file can be read."""
        self._files = [read_header(p) for p in paths]
        readable = [f for f in self._files if not f.fault]
        if not readable:
            first = self._files[0]
            raise SkelpError(f"none of {len(paths)} files can be read; the first is {first.path}", first.fault)
        self._width = Counter(f.width for f in readable).most_common(1)[0][0]
        self._usual_lines = Counter(f.lines for f in readable).most_common(1)[0][0]
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
        """Number of lines of the whole strip, lost lines included."""
        return sum(f.lines or self._usual_lines for f in self._files)

    def __enter__(self) -> Self:
        self._shift = None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    def captures(self) -> Iterator[Capture[OwnLine]]:
        line, above = OwnLine(0), None
        for file in self._files:
            lines = file.lines or self._usual_lines
            pixels = self._read(file)
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
        name = file.path.name
        if file.fault:
            return file.fault if file.lines else replace(file.fault, assumed_lines=self._usual_lines)
        if file.width != self._width:
            return FileWidth(name, width_px=file.width, strip_px=self._width)
        try:
            with _open(file.path) as image:
                return self._to_grey(image)
        except (OSError, SyntaxError, ValueError) as error:
            return FileBroken(name, error=str(error))

    def _to_grey(self, image: Image.Image) -> Pixels:
        if image.mode.startswith("I") or image.mode == "F":
            return self._to_8_bits(np.asarray(image))
        return np.array(image.convert("L"), np.uint8)

    def _to_8_bits(self, deep: NDArray[np.generic]) -> Pixels:
        values = np.clip(deep.astype(np.float64), 0, 65535).astype(np.uint32)
        if self._shift is None:
            bits = max(8, int(values.max(initial=0)).bit_length())
            self._shift = next(b for b in (8, 10, 12, 14, 16) if b >= bits) - 8
        return np.asarray(np.minimum(values >> np.uint32(self._shift), 255), np.uint8)
