"""A camera's pixel formats to 8-bit grey. Names and bit layouts: EMVA's Pixel Format Naming Convention 2.1.

Deeper formats keep their upper 8 bits: the network sees uint8, so set the camera's gain or gamma until the steel fills the range.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from skelp.domain.errors import SkelpError
from skelp.domain.strip import Pixels


def _mono8(raw: Pixels) -> Pixels:
    return raw


def _deep(bits: int) -> Callable[[Pixels], Pixels]:
    """Unpacked: 16-bit words, little-endian, `bits` of them used."""
    return lambda raw: (raw.view("<u2") >> np.uint16(bits - 8)).astype(np.uint8)


def _mono10p(raw: Pixels) -> Pixels:
    """Four pixels in five bytes, least significant bits first."""
    b = raw.reshape(-1, 5).astype(np.uint16)
    pixels = [(b[:, n] | (b[:, n + 1] << 8)) >> (2 * n + 2) for n in range(4)]
    return (np.stack(pixels, axis=1) & 0xFF).astype(np.uint8).ravel()


def _mono12p(raw: Pixels) -> Pixels:
    """Two pixels in three bytes, least significant bits first: the upper 8 bits of the second are the third byte."""
    b = raw.reshape(-1, 3)
    first = (b[:, 0] >> 4) | (b[:, 1] << 4)
    return np.stack([first, b[:, 2]], axis=1).ravel()


def _packed(raw: Pixels) -> Pixels:
    """GigE Vision's older Mono10Packed and Mono12Packed: the upper 8 bits of two pixels around a byte of their lower ones."""
    return np.ascontiguousarray(raw.reshape(-1, 3)[:, ::2]).ravel()


_BYTES_FOR_PIXELS: dict[str, tuple[int, int, Callable[[Pixels], Pixels]]] = {
    "Mono8": (1, 1, _mono8),
    "Mono10": (2, 1, _deep(10)),
    "Mono12": (2, 1, _deep(12)),
    "Mono14": (2, 1, _deep(14)),
    "Mono16": (2, 1, _deep(16)),
    "Mono10p": (5, 4, _mono10p),
    "Mono12p": (3, 2, _mono12p),
    "Mono10Packed": (3, 2, _packed),
    "Mono12Packed": (3, 2, _packed),
}
FORMATS = tuple(_BYTES_FOR_PIXELS)


def to_grey(
    raw: NDArray[np.uint8],
    pixel_format: str,
    lines: int,
    width: int,
    padding: int = 0,
    taken: Callable[[Pixels], Pixels] = lambda grey: grey.copy(),
) -> Pixels:
    """uint8 [lines, width] of its own memory from a buffer's bytes; `padding` bytes end each line of an unpacked format.

    `taken` makes the copy out of the buffer, so that what else is done to every pixel needs no pass of its own.

    Raises SkelpError for a format that is not in FORMATS, and for fewer bytes than the lines need.
    """
    if pixel_format not in _BYTES_FOR_PIXELS:
        raise SkelpError(f"pixel format {pixel_format} is not known; set PixelFormat to one of {', '.join(FORMATS)}")
    size, per, unpack = _BYTES_FOR_PIXELS[pixel_format]
    if per > 1:  # packed: lines follow each other without padding, a group may lie across two of them
        groups = -(-lines * width // per)
        return taken(unpack(_enough(raw, groups * size))[: lines * width].reshape(lines, width))
    stride = width * size + padding
    rows = _enough(raw, lines * stride).reshape(lines, stride)[:, : width * size]
    return taken(unpack(np.ascontiguousarray(rows).ravel()).reshape(lines, width))


def _enough(raw: Pixels, needed: int) -> Pixels:
    if raw.size < needed:
        raise SkelpError(f"the camera's buffer holds {raw.size} bytes, its lines need {needed}; check Width, Height and PixelFormat")
    return raw[:needed]
