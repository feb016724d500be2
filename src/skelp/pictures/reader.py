"""Reads a picture file as grey pixels, or as the values of a label mask."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from skelp.domain.errors import SkelpError
from skelp.domain.reasons import FileBadHeader, FileBroken, FileTooLarge, FileTransparent, Unread
from skelp.domain.strip import Pixels
from skelp.pictures.depth import PLAIN, Exif, Reading, UnreadableError, to_8_bits
from skelp.pictures.samples import Samples, fault_of, read_header, read_samples


@dataclass(frozen=True, slots=True)
class LabelValues:
    """The values of a label mask, integers [lines, width]. `palette`: the file colours them, and they are the indices."""

    values: NDArray[np.int64]
    palette: bool


def grey_or_fault(path: Path, reading: Reading = PLAIN) -> Pixels | Unread:
    """The pixels of a picture, uint8 [lines, width], or the reason why it cannot be read."""
    samples = _samples_or_fault(path, reading.exif)
    if not isinstance(samples, Samples):
        return samples
    try:
        grey = to_8_bits(samples.values, samples.bits, reading, path.name)
    except UnreadableError as error:
        return error.reason
    return 255 - grey if samples.inverted else grey


def read_grey(path: Path, reading: Reading = PLAIN) -> Pixels:
    """The pixels of a picture, uint8 [lines, width]. Raises SkelpError with the reason why it cannot be read."""
    found = grey_or_fault(path, reading)
    if isinstance(found, Unread):
        raise SkelpError(f"{path}", found)
    return found


def read_label_values(path: Path) -> LabelValues:
    """The values of a label mask as the file stores them. Raises SkelpError if it cannot be read or has no whole numbers."""
    samples = _samples_or_fault(path, "ask", indices=True)
    if isinstance(samples, FileTransparent):
        raise SkelpError(f"{path} has transparent pixels; export the mask as class numbers, in one channel without transparency")
    if isinstance(samples, Unread):
        raise SkelpError(f"{path}", samples)
    if samples.values.dtype.kind == "f":
        raise SkelpError(f"{path} has floating-point numbers, a mask has the whole number of a class for each pixel; export it again")
    return LabelValues(samples.values.astype(np.int64), samples.palette)


def _samples_or_fault(path: Path, exif: Exif, *, indices: bool = False) -> Samples | Unread:
    header = read_header(path, exif)
    if header.fault:
        return header.fault
    try:
        return read_samples(path, exif, indices=indices)
    except MemoryError:
        return FileTooLarge(path.name, width_px=header.width, lines=header.lines)
    except Exception as error:  # noqa: BLE001 - what a decoder raises on a hostile file is that file's fault
        fault = fault_of(path, error)
        return FileBroken(path.name, error=fault.error) if isinstance(fault, FileBadHeader) else fault
