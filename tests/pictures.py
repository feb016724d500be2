"""Writes picture files of every kind that skelp reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

Array = NDArray[Any]


def pillow(name: str, mode: str = "L", **how: Any) -> Callable[[Path, Array], Path]:
    def write(folder: Path, grey: Array) -> Path:
        Image.fromarray(grey).convert(mode).save(folder / name, **how)
        return folder / name

    return write


def tiff(name: str, change: Callable[[Array], Array], **how: Any) -> Callable[[Path, Array], Path]:
    def write(folder: Path, grey: Array) -> Path:
        tifffile.imwrite(folder / name, change(grey), **how)
        return folder / name

    return write


def packed(bits: int) -> Callable[[Path, Array], Path]:
    """An uncompressed TIFF whose samples of `bits` bits follow each other without gaps."""

    def write(folder: Path, grey: Array) -> Path:
        deep = grey.astype(np.uint16) << (bits - 8)
        rows = [np.packbits((row[:, None] >> np.arange(bits - 1, -1, -1)) & 1) for row in deep]
        data = np.concatenate(rows).tobytes()
        lines, width = grey.shape
        # width, lines, bits, compression, photometric, offset, samples, rows per strip, bytes
        at = 8 + 2 + 9 * 12 + 4
        values = {256: width, 257: lines, 258: bits, 259: 1, 262: 1, 273: at, 277: 1, 278: lines, 279: len(data)}
        entries = b"".join(np.array([n, 4], "<u2").tobytes() + np.array([1, v], "<u4").tobytes() for n, v in values.items())
        head = b"II*\0" + (8).to_bytes(4, "little") + len(values).to_bytes(2, "little") + entries + b"\0\0\0\0"
        (folder / "packed.tif").write_bytes(head + data)
        return folder / "packed.tif"

    return write


def deep_colour_png(folder: Path, grey: Array) -> Path:
    deep = grey.astype(np.uint16) * 257
    cv2.imwrite(str(folder / "deep.png"), np.dstack([deep] * 3))
    return folder / "deep.png"


def pgm(largest: int) -> Callable[[Path, Array], Path]:
    def write(folder: Path, grey: Array) -> Path:
        lines, width = grey.shape
        deep = (grey.astype(np.uint32) * largest // 255).astype(">u2")
        (folder / "a.pgm").write_bytes(f"P5 {width} {lines} {largest}\n".encode() + deep.tobytes())
        return folder / "a.pgm"

    return write


def _deep(grey: Array) -> Array:
    return grey.astype(np.uint16) * 257


def deep_png(folder: Path, grey: Array) -> Path:
    Image.fromarray(_deep(grey)).save(folder / "a.png")
    return folder / "a.png"


EXACT: dict[str, Callable[[Path, Array], Path]] = {
    "png": pillow("a.png"),
    "png in colours": pillow("a.png", "RGB"),
    "png that is opaque": pillow("a.png", "RGBA"),
    "png of 16 bits": deep_png,
    "png of 16-bit colours": deep_colour_png,
    "bmp": pillow("a.bmp"),
    "tif": pillow("a.tif"),
    "tif, lzw": pillow("a.tif", compression="tiff_lzw"),
    "tif, deflate": pillow("a.tiff", compression="tiff_deflate"),
    "tif in colours": pillow("a.tif", "RGB"),
    "tif of 16 bits": tiff("a.tif", _deep),
    "tif of 16 bits, big-endian": tiff("a.tif", _deep, byteorder=">"),
    "tif of 16 bits in tiles": tiff("a.tif", _deep, tile=(16, 16)),
    "tif of 16-bit colours": tiff("a.tif", lambda g: np.dstack([_deep(g)] * 3), photometric="rgb"),
    "tif of 16-bit colours, plane by plane": tiff("a.tif", lambda g: np.stack([_deep(g)] * 3), photometric="rgb", planarconfig="separate"),
    "tif where white is 0": tiff("a.tif", lambda g: 255 - g, photometric="miniswhite"),
    "tif of 16 bits where white is 0": tiff("a.tif", lambda g: 65535 - _deep(g), photometric="miniswhite"),
    "bigtiff": tiff("a.tif", _deep, bigtiff=True, compression="zlib"),
    "tif of 12 bits, packed": packed(12),
    "tif of 10 bits, packed": packed(10),
    "webp": pillow("a.webp", "RGB", lossless=True),
    "pgm": pillow("a.pgm"),
    "pgm of 16 bits": pgm(65535),
    "gif": pillow("a.gif"),
    "tga": pillow("a.tga"),
    "palette": pillow("a.png", "P"),
}
"""Kinds of files that keep grey values exactly."""
NEAR: dict[str, Callable[[Path, Array], Path]] = {
    "jpg": pillow("a.jpg", quality=95),
    "jpg in colours": pillow("a.jpg", "RGB", quality=95),
    "jpg, progressive": pillow("a.jpeg", quality=95, progressive=True),
    "webp with losses": pillow("a.webp", "RGB", quality=95),
    "tif, jpeg inside": pillow("a.tif", compression="jpeg", quality=95),
    "tif, cmyk": pillow("a.tif", "CMYK"),
    "pgm of 12 bits": pgm(4095),
}
"""Kinds of files that change grey values a little."""
