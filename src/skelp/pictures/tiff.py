"""TIFF files: tifffile checks that every piece is there, and decodes what Pillow refuses or would reduce to 8 bits."""

from __future__ import annotations

import logging
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
import tifffile
from numpy.typing import NDArray

from skelp.domain.reasons import FileBroken, FileFormat, FilePages, Unread
from skelp.pictures.arrays import grey_of
from skelp.pictures.depth import UnreadableError

_HEADS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_MIN_IS_WHITE, _MIN_IS_BLACK, _RGB, _PALETTE, _CMYK, _YCBCR = 0, 1, 2, 3, 5, 6
_CHANNELS = {_MIN_IS_WHITE: 1, _MIN_IS_BLACK: 1, _RGB: 3, _PALETTE: 1, _CMYK: 4, _YCBCR: 3}
"""The photometric interpretations that are read, with their channels. One more may be there if the file says that it is transparency."""
_TRANSPARENCY = (1, 2)
"""Values of ExtraSamples."""
_UNSIGNED, _SIGNED, _FLOAT, _UNDEFINED = 1, 2, 3, 4
"""Sample formats. Undefined says that a program copied what it did not know; libtiff reads it as unsigned."""
_PACKED = (10, 12, 14)
"""Bits of samples that cameras pack without gaps. A row ends at a whole byte."""
_ORIENTATION, _PLANES = 274, 2
logging.getLogger("tifffile").addHandler(logging.NullHandler())  # it logs every odd tag, which is then an error or does not matter


def is_tiff(path: Path) -> bool:
    """Whether a file begins as TIFF files do, whatever its name is."""
    try:
        with path.open("rb") as file:
            return file.read(4) in _HEADS
    except OSError:
        return False


class TiffPicture:
    """The only page of a TIFF file: `width` and `lines` as they are stored, EXIF's `orientation`. `fault` is why it cannot be read.

    Opening it raises what tifffile raises on a broken header.
    """

    def __init__(self, path: Path) -> None:
        with tifffile.TiffFile(path) as file:
            page: Any = file.pages.first
            self._path, self._page = path, page
            self.bits = int(page.bitspersample)
            self.orientation = _orientation(page)
            self.width, self.lines = size = (int(page.imagewidth), int(page.imagelength))
            pixels = max(1, size[0] * size[1] * int(page.samplesperpixel))
            # ImageJ stores many pictures behind one page
            pages = max(len(file.pages), *(int(np.prod(s.shape, dtype=np.int64)) // pixels for s in file.series), len(file.series))
            self.fault: Unread | None = FilePages(path.name, pages=pages) if pages > 1 else self._unfit(path.stat().st_size)

    @property
    def inverted(self) -> bool:
        """Whether the file stores white as 0."""
        return bool(self._page.photometric == _MIN_IS_WHITE)

    @property
    def needs_tifffile(self) -> bool:
        """Whether Pillow would refuse the file or change its values: deep colours, 32-bit integers, 64-bit floats, 10 or 14 bits."""
        page = self._page
        pillow = page.samplesperpixel == 1 and (page.sampleformat, self.bits) in ((_UNSIGNED, 12), (_UNSIGNED, 16), (_FLOAT, 32))
        return bool((self.bits > 8 and not pillow) or page.sampleformat in (_SIGNED, _UNDEFINED))

    def as_stored(self) -> IO[bytes]:
        """The file without its orientation. Pillow scrambles the pixels of uncompressed files with an orientation of 5 to 8."""
        data = bytearray(self._path.read_bytes())
        tag = self._page.tags.get(_ORIENTATION)
        if tag is not None:
            order: Literal["little", "big"] = "little" if self._page.parent.byteorder == "<" else "big"
            data[tag.valueoffset : tag.valueoffset + tag.valuebytecount] = (1).to_bytes(tag.valuebytecount, order)
        return BytesIO(data)

    def decode(self) -> NDArray[Any]:
        """Grey values [lines, width] as they are stored. Raises UnreadableError for a layout that is not read, else as tifffile."""
        page = self._page
        plain = page.photometric in (_MIN_IS_WHITE, _MIN_IS_BLACK) and page.samplesperpixel == 1
        colours = page.photometric == _RGB and page.samplesperpixel == 3 and page.sampleformat in (_UNSIGNED, _UNDEFINED)
        if not (plain or colours):
            raise UnreadableError(self._unread())
        try:
            values = self._unpacked() if self.bits in _PACKED else _as_read(self._path, (int(page.imagelength), int(page.imagewidth)))
        except (KeyError, NotImplementedError) as error:  # a compression that tifffile leaves to imagecodecs
            raise UnreadableError(self._unread()) from error
        if colours:
            values = grey_of(np.moveaxis(values, 0, -1) if page.planarconfig == _PLANES else values)
        return values

    def _unpacked(self) -> NDArray[np.uint16]:
        page = self._page
        if page.compression != 1 or page.is_tiled or page.samplesperpixel != 1:
            raise UnreadableError(self._unread())
        width, lines = int(page.imagewidth), int(page.imagelength)
        with self._path.open("rb") as file:
            data = b"".join(_piece(file, at, count) for at, count in zip(page.dataoffsets, page.databytecounts, strict=True))
        row = -(-width * self.bits // 8)
        if len(data) < row * lines:
            raise UnreadableError(FileBroken(self._path.name, error=f"{len(data)} of {row * lines} bytes are there"))
        bits = np.unpackbits(np.frombuffer(data, np.uint8, row * lines).reshape(lines, row), axis=1)[:, : width * self.bits]
        weights = (1 << np.arange(self.bits - 1, -1, -1)).astype(np.uint16)
        return np.asarray(bits.reshape(lines, width, self.bits) @ weights, np.uint16)

    def _unfit(self, size: int) -> Unread | None:
        """The reason if the file has channels that nobody can name, or a piece of the picture is not there.

        Pillow would leave out a further channel without a word, and tifffile would fill a missing piece with zeros.
        """
        page = self._page
        channels = _CHANNELS.get(int(page.photometric), 0)
        transparent = [int(e) for e in page.extrasamples] in [[t] for t in _TRANSPARENCY]
        named = channels and page.samplesperpixel == channels + transparent
        if not named or page.sampleformat not in (_UNSIGNED, _SIGNED, _FLOAT, _UNDEFINED) or page.imagedepth > 1:
            return self._unread()
        offsets, counts = page.dataoffsets, page.databytecounts
        expected = int(np.prod(page.chunked, dtype=np.int64))
        there = sum(at > 0 and 0 < count <= size - at for at, count in zip(offsets, counts, strict=False))
        if there == len(offsets) == len(counts) == expected > 0:
            return None
        return FileBroken(self._path.name, error=f"{there} of {expected} pieces are there")

    def _unread(self) -> Unread:
        page = self._page
        kind = {_UNSIGNED: "bit", _UNDEFINED: "bit", _SIGNED: "bit signed", _FLOAT: "bit float"}.get(int(page.sampleformat), "bit")
        compression, colours = (getattr(x, "name", str(x)) for x in (page.compression, page.photometric))
        return FileFormat(
            self._path.name, format=f"TIFF, {page.samplesperpixel} x {self.bits}-{kind}, {colours}, compression {compression}"
        )


def _orientation(page: Any) -> int:
    found = page.tags.valueof(_ORIENTATION)
    return int(found) if found in range(1, 9) else 1


def _as_read(path: Path, shape: tuple[int, int]) -> NDArray[Any]:
    """The only page: [lines, width], or with colours first or last. tifffile may leave out axes of one."""
    with tifffile.TiffFile(path) as file:
        page: Any = file.pages.first
        values = np.asarray(page.asarray())
        colours = int(page.samplesperpixel)
        if colours == 1:
            return values.reshape(shape)
        return values.reshape((colours, *shape) if page.planarconfig == _PLANES else (*shape, colours))


def _piece(file: Any, at: int, count: int) -> bytes:
    file.seek(at)
    return bytes(file.read(count))
