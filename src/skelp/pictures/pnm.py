"""PBM, PGM and PPM files (Netpbm). Pillow cuts values at the file's own maximum, and reads only the first of several pictures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from skelp.domain.reasons import FileBroken, FilePages, Unread
from skelp.pictures.arrays import grey_of
from skelp.pictures.depth import UnreadableError

_GAP, _NUMBER = rb"(?:\s|#[^\r\n]*[\r\n])+", rb"(\d{1,9})"
_HEAD = re.compile(rb"\s*P(?:([14])" + (_GAP + _NUMBER) * 2 + rb"|([2356])" + (_GAP + _NUMBER) * 3 + rb")\s")
_HEAD_BYTES = 4096
"""A header is no longer, with its comments."""
_DIGITS = re.compile(rb"[\d\s]*")


def is_pnm(path: Path) -> bool:
    """Whether a file begins as PBM, PGM and PPM files do, whatever its name is."""
    try:
        with path.open("rb") as file:
            head = file.read(3)
    except OSError:
        return False
    return len(head) == 3 and head[:1] == b"P" and head[1:2] in b"123456" and (head[2:].isspace() or head[2:] == b"#")


@dataclass(frozen=True, slots=True)
class _Header:
    kind: int
    """1 to 6, the digit behind the P: bits, grey and colours as text, then the same three as bytes."""
    width: int
    lines: int
    largest: int
    start: int
    """Where the pixels begin."""

    @property
    def colours(self) -> int:
        return 3 if self.kind in (3, 6) else 1

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(np.uint8 if self.largest < 256 else ">u2")

    @property
    def bytes(self) -> int:
        """How many bytes the pixels of a file that is not text have."""
        return self.lines * (-(-self.width // 8) if self.kind == 4 else self.width * self.colours * self.dtype.itemsize)


class PnmPicture:
    """The only picture of a file. `largest`: the file's own maximum. `fault` is why it cannot be read.

    Opening it raises ValueError if the header is none.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            header = _header(file, 0)
            if header is None or not (header.width and header.lines and 0 < header.largest < 65536):
                raise ValueError("a Netpbm header has a width, a height and a largest value of 1 to 65535")
            self._header, self.width, self.lines, self.largest = header, header.width, header.lines, header.largest
            self.fault = self._behind(file)

    def decode(self) -> NDArray[Any]:
        """Values [lines, width] as they are stored, colours as their grey; in a bitmap 1 is white.

        Raises UnreadableError if values are missing, too many, or above the file's own maximum.
        """
        h, data = self._header, self._path.read_bytes()[self._header.start :]
        values = self._from_text(data) if h.kind < 4 else self._from_bytes(data)
        if values.size and int(values.max()) > h.largest:
            raise UnreadableError(
                FileBroken(self._path.name, error=f"the value {int(values.max())} is above its own maximum of {h.largest}")
            )
        values = values.astype(np.uint8 if h.largest < 256 else np.uint16)
        if h.colours == 3:
            return grey_of(values.reshape(h.lines, h.width, 3))
        return (1 - values if h.kind in (1, 4) else values).reshape(h.lines, h.width)

    def _from_bytes(self, data: bytes) -> NDArray[Any]:
        h = self._header
        if len(data) < h.bytes:
            raise UnreadableError(FileBroken(self._path.name, error=f"{len(data)} of {h.bytes} bytes are there"))
        if h.kind == 4:
            return np.unpackbits(np.frombuffer(data, np.uint8, h.bytes).reshape(h.lines, -1), axis=1)[:, : h.width]
        return np.frombuffer(data, h.dtype, h.bytes // h.dtype.itemsize)

    def _from_text(self, data: bytes) -> NDArray[Any]:
        h = self._header
        data = re.sub(rb"#[^\r\n]*", b" ", data)
        if h.kind > 1 and not data[-1:].isspace():
            raise UnreadableError(FileBroken(self._path.name, error="it ends within a number: no line ends behind its last one"))
        if not _DIGITS.fullmatch(data):
            raise UnreadableError(FileBroken(self._path.name, error="something else than numbers stands between the pixels"))
        words = [data[n : n + 1] for n in range(len(data)) if not data[n : n + 1].isspace()] if h.kind == 1 else data.split()
        expected = h.lines * h.width * h.colours
        if len(words) != expected:
            raise UnreadableError(FileBroken(self._path.name, error=f"it has {len(words)} values and should have {expected}"))
        return np.array([int(w) for w in words], np.uint64)

    def _behind(self, file: IO[bytes]) -> Unread | None:
        """The reason if something follows the picture: further pictures, or more bytes than the header says."""
        header: _Header | None = self._header
        if self._header.kind < 4:
            return None
        pages, end, size = 0, 0, self._path.stat().st_size
        while header is not None and end < size:
            pages, end = pages + 1, header.start + header.bytes
            header = _header(file, end)
        if pages > 1:
            return FilePages(self._path.name, pages=pages)
        file.seek(end)
        more = file.read(_HEAD_BYTES).strip()
        return FileBroken(self._path.name, error=f"it has {size - end} bytes more than its header says") if more else None


def _header(file: IO[bytes], at: int) -> _Header | None:
    file.seek(at)
    found = _HEAD.match(file.read(_HEAD_BYTES))
    if found is None:
        return None
    bitmap, *size = found.groups()[:3]
    kind, *deep = found.groups()[3:]
    width, lines, largest = map(int, [*size, 1] if bitmap else deep)
    return _Header(int(bitmap or kind), width, lines, largest, start=at + found.end())
