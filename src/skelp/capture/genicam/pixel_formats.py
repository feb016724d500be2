"""Converts a camera's pixel formats to 8-bit grey. Names and bit layouts: EMVA's Pixel Format Naming Convention (PFNC) 2.1.

A deeper format is reduced to its upper 8 bits, because the network takes uint8. So set the camera's gain or gamma until the steel uses the
whole range.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from skelp.domain.errors import SkelpError
from skelp.domain.strip import Pixels


def _mono8(raw: Pixels) -> Pixels:
    return raw


def _unpacked(bits: int) -> Callable[[Pixels], Pixels]:
    """Unpacked formats: one pixel in 16 bits, little-endian, of which the lower `bits` are used."""
    return lambda raw: (raw.view("<u2") >> np.uint16(bits - 8)).astype(np.uint8)


def _mono10p(raw: Pixels) -> Pixels:
    """Four pixels in five bytes, least significant bit first."""
    b = raw.reshape(-1, 5).astype(np.uint16)
    pixels = [(b[:, n] | (b[:, n + 1] << 8)) >> (2 * n + 2) for n in range(4)]
    return (np.stack(pixels, axis=1) & 0xFF).astype(np.uint8).ravel()


def _mono12p(raw: Pixels) -> Pixels:
    """Two pixels in three bytes, least significant bit first. The third byte is the upper 8 bits of the second pixel."""
    b = raw.reshape(-1, 3)
    first = (b[:, 0] >> 4) | (b[:, 1] << 4)
    return np.stack([first, b[:, 2]], axis=1).ravel()


def _gige_packed(raw: Pixels) -> Pixels:
    """Mono10Packed and Mono12Packed of GigE Vision 1.x: two pixels in three bytes. The second byte has the lower bits of both."""
    return np.ascontiguousarray(raw.reshape(-1, 3)[:, ::2]).ravel()


# Bytes and pixels of a group, and the function that unpacks it.
_LAYOUTS: dict[str, tuple[int, int, Callable[[Pixels], Pixels]]] = {
    "Mono8": (1, 1, _mono8),
    "Mono10": (2, 1, _unpacked(10)),
    "Mono12": (2, 1, _unpacked(12)),
    "Mono14": (2, 1, _unpacked(14)),
    "Mono16": (2, 1, _unpacked(16)),
    "Mono10p": (5, 4, _mono10p),
    "Mono12p": (3, 2, _mono12p),
    "Mono10Packed": (3, 2, _gige_packed),
    "Mono12Packed": (3, 2, _gige_packed),
}
FORMATS = tuple(_LAYOUTS)


def to_grey(
    raw: NDArray[np.uint8],
    pixel_format: str,
    lines: int,
    width: int,
    padding: int = 0,
    copy: Callable[[Pixels], Pixels] = lambda grey: grey.copy(),
) -> Pixels:
    """Converts the bytes of a buffer to grey values. Returns a new array, uint8 [lines, width].

    `padding`: bytes at the end of each line of an unpacked format. `copy` copies the grey values out of the buffer; a flat-field correction
    can be done in the same pass.

    Raises SkelpError if the format is not one of FORMATS, or if the buffer has fewer bytes than the lines need.
    """
    if pixel_format not in _LAYOUTS:
        raise SkelpError(f"pixel format {pixel_format} is not known; set PixelFormat to one of {', '.join(FORMATS)}")
    group_bytes, group_pixels, unpack = _LAYOUTS[pixel_format]
    if group_pixels > 1:  # lines follow each other without padding, and a group of pixels may belong to two lines
        groups = -(-lines * width // group_pixels)
        return copy(unpack(_first_bytes(raw, groups * group_bytes))[: lines * width].reshape(lines, width))
    stride = width * group_bytes + padding
    rows = _first_bytes(raw, lines * stride).reshape(lines, stride)[:, : width * group_bytes]
    return copy(unpack(np.ascontiguousarray(rows).ravel()).reshape(lines, width))


def _first_bytes(raw: Pixels, needed: int) -> Pixels:
    if raw.size < needed:
        raise SkelpError(f"the camera's buffer has {raw.size} bytes, but its lines need {needed}; check Width, Height and PixelFormat")
    return raw[:needed]
