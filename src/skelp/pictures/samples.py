"""Decodes a picture file to the samples that it stores: one picture, upright, of any depth.

Pillow opens the files, because it refuses a file that was cut off. Other decoders take over where Pillow changes values without a word: it
reduces 16-bit colours to 8 bits, and it does not see that a JPEG file was damaged.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from skelp.domain.reasons import (
    FileBadHeader,
    FileColours,
    FileFormat,
    FileNotAnImage,
    FilePages,
    FileTooLarge,
    FileTransparent,
    FileTurned,
    Unread,
)
from skelp.pictures.arrays import grey_of, upright
from skelp.pictures.depth import Exif, UnreadableError
from skelp.pictures.kinds import OTHER_PICTURES, READ, has_picture_content
from skelp.pictures.pnm import PnmPicture, is_pnm
from skelp.pictures.tiff import TiffPicture, is_tiff

MAX_PIXELS = 2**31
"""A larger picture is refused. The strip can be cut into any number of files."""
_FORMATS = ("PNG", "JPEG", "BMP", "DIB", "TIFF", "WEBP", "GIF", "TGA")
"""Pillow's names."""
_PNG_DEPTH_AT = 24
"""Where a PNG file has its bit depth: the ninth byte of the first chunk's data."""


@dataclass(frozen=True, slots=True)
class Samples:
    """What a file stores: values [lines, width]. `bits`: their depth. `inverted`: white is 0. `palette`: they are a palette's indices."""

    values: NDArray[Any]
    bits: int
    inverted: bool = False
    palette: bool = False


@dataclass(frozen=True, slots=True)
class ImageFile:
    """The size of an image file from its header. `lines` is 0 if the height is not known. `fault` is why the file cannot be read."""

    path: Path
    width: int = 0
    lines: int = 0
    fault: Unread | None = None


def read_header(path: Path, exif: Exif) -> ImageFile:
    """Reads the size of a picture from its header, without decoding it. `exif` as in Reading."""
    try:
        if is_tiff(path):
            page = TiffPicture(path)
            fault = page.fault or _too_large(path, page.width, page.lines)
            return _turned_header(ImageFile(path, page.width, page.lines, fault), page.orientation, exif)
        if is_pnm(path):
            pnm = PnmPicture(path)
            return ImageFile(path, pnm.width, pnm.lines, pnm.fault or _too_large(path, pnm.width, pnm.lines))
        with _opened(path) as image:
            return _turned_header(ImageFile(path, *image.size, _unfit(image, path)), _orientation(image), exif)
    except Exception as error:  # noqa: BLE001 - what a decoder raises on a hostile file is that file's fault
        return ImageFile(path, fault=_fault(path, error))


def read_samples(path: Path, exif: Exif, *, indices: bool = False) -> Samples:
    """Decodes a file. `indices`: a palette's indices are the values, and not the grey of its colours. `exif` as in Reading.

    Raises UnreadableError if the file has several pages, transparent pixels or a layout that is not read, or is too large. A file that is
    broken raises what its decoder raises.
    """
    if is_pnm(path):
        return _netpbm(path, indices)
    page = TiffPicture(path) if is_tiff(path) else None
    if page is not None:
        fault = page.fault or _too_large(path, page.width, page.lines)
        if fault:
            raise UnreadableError(fault)
        if page.needs_tifffile:
            return Samples(upright(page.decode(), _turn(path, page.orientation, exif)), page.bits, page.inverted)
    with _opened(page.as_stored() if page else path) as image:
        fault = _unfit(image, path)
        if fault:
            raise UnreadableError(fault)
        if image.format == "JPEG" and image.mode in ("L", "RGB"):
            return Samples(upright(_luma(path), _turn(path, _orientation(image), exif)), 8)
        image.load()
        turn = _turn(path, page.orientation if page else _orientation(image), exif)
        if image.format == "PNG" and not image.mode.startswith("I") and _png_depth(path) == 16:
            return Samples(upright(_deep_colours(path), turn), 16)
        if indices:
            _check_one_channel(image, path)
        if page is not None and image.mode != "P" and page.bits > 8:
            return Samples(upright(np.array(image), turn), page.bits, page.inverted)
        values, bits = (np.array(image), 8) if indices and image.mode in ("1", "P") else _grey(image, path)
        return Samples(upright(values, turn), bits, palette=image.mode == "P")


def _netpbm(path: Path, indices: bool) -> Samples:
    picture = PnmPicture(path)
    fault = picture.fault or _too_large(path, picture.width, picture.lines)
    if fault:
        raise UnreadableError(fault)
    values, largest = picture.decode(), picture.largest
    if indices or largest & (largest + 1) == 0:
        return Samples(values, largest.bit_length())
    return Samples((values.astype(np.uint32) * 255 // largest).astype(np.uint8), 8)  # a maximum between two depths, such as 1000


def fault_of(path: Path, error: Exception) -> Unread:
    """The reason why a file could not be decoded, from what the decoder raised."""
    return error.reason if isinstance(error, UnreadableError) else _fault(path, error)


@contextmanager
def _opened(file: Path | IO[bytes]) -> Iterator[Image.Image]:
    """An image of Pillow. Its warnings say that it leaves out a tag; what the pixels need is an error."""
    Image.MAX_IMAGE_PIXELS = None  # _too_large compares before a pixel is decoded
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(file, formats=_FORMATS) as image:
            yield image


def _fault(path: Path, error: Exception) -> Unread:
    if not isinstance(error, UnidentifiedImageError):
        return FileBadHeader(path.name, error=str(error) or type(error).__name__)
    other = path.suffix.lower() in OTHER_PICTURES or (has_picture_content(path) and path.suffix.lower() not in READ)
    return FileFormat(path.name, format=path.suffix.lstrip(".").upper()) if other else FileNotAnImage(path.name)


def _unfit(image: Image.Image, path: Path) -> Unread | None:
    pages = getattr(image, "n_frames", 1)
    return FilePages(path.name, pages=pages) if pages > 1 else _too_large(path, *image.size)


def _too_large(path: Path, width: int, lines: int) -> Unread | None:
    return FileTooLarge(path.name, width_px=width, lines=lines) if width * lines > MAX_PIXELS else None


def _orientation(image: Image.Image) -> int:
    """EXIF's orientation, 1 to 8. In a PNG file it may stand behind the pixels: it is not known before the image is loaded."""
    exif = Image.Image.getexif(image)  # PngImageFile.getexif would decode the image, just to read the header
    found = exif.get(ExifTags.Base.Orientation, 1)
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _turn(path: Path, orientation: int, exif: Exif) -> int:
    """The orientation to apply. Raises UnreadableError if the picture would be turned and that has to be asked for."""
    if orientation != 1 and exif == "ask":
        raise UnreadableError(FileTurned(path.name, orientation=orientation))
    return 1 if exif == "ignore" else orientation


def _turned_header(header: ImageFile, orientation: int, exif: Exif) -> ImageFile:
    if orientation != 1 and exif == "ask" and not header.fault:
        return replace(header, fault=FileTurned(header.path.name, orientation=orientation))
    return replace(header, width=header.lines, lines=header.width) if orientation >= 5 and exif != "ignore" else header


def _png_depth(path: Path) -> int:
    with path.open("rb") as file:
        return file.read(_PNG_DEPTH_AT + 1)[_PNG_DEPTH_AT]


def _luma(path: Path) -> NDArray[Any]:
    """The luma of a JPEG file. Raises ValueError where libjpeg would only warn, such as at an end that comes too soon."""
    return np.asarray(simplejpeg.decode_jpeg(path.read_bytes(), "GRAY", fastdct=False, fastupsample=False, strict=True)[..., 0])


def _deep_colours(path: Path) -> NDArray[Any]:
    """The grey of a PNG file with 16-bit colours. Raises UnreadableError for transparent pixels."""
    colours = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    if colours is None or colours.dtype != np.uint16 or colours.ndim != 3:
        raise UnreadableError(FileFormat(path.name, format="PNG, 16-bit"))
    if colours.shape[2] == 4:
        _check_opaque(colours[..., 3], 65535, path)
    return grey_of(colours[..., 2::-1])


def _grey(image: Image.Image, path: Path) -> tuple[NDArray[Any], int]:
    """Values and bits of a decoded image."""
    if image.mode in ("LA", "La", "RGBA", "RGBa", "PA") or "transparency" in image.info:
        straight = {"La": "LA", "RGBa": "RGBA"}.get(image.mode)  # Pillow turns premultiplied colours into no other kind
        whole = (image.convert(straight) if straight else image).convert("RGBA")
        _check_opaque(np.asarray(whole.getchannel("A")), 255, path)
        return np.array(whole.convert("RGB").convert("L")), 8
    if image.mode in ("1", "L", "P", "RGB", "CMYK", "YCbCr"):
        return np.array(image.convert("L"), np.uint8), 8
    if image.mode.startswith("I"):
        return np.array(image).astype(np.uint16), 16  # Pillow has 16-bit PNG values as signed ones of 32 bits, too
    raise UnreadableError(FileFormat(path.name, format=f"{image.format}, {image.mode}"))


def _check_one_channel(image: Image.Image, path: Path) -> None:
    """A mask has one value for each pixel. Raises UnreadableError for colours."""
    if image.mode in ("RGB", "RGBA", "RGBX", "CMYK", "YCbCr"):
        channels = np.asarray(image)[..., :3]
        if (channels != channels[..., :1]).any():
            raise UnreadableError(FileColours(path.name))


def _check_opaque(alpha: NDArray[Any], full: int, path: Path) -> None:
    """What lies under a transparent pixel is nobody's steel. Raises UnreadableError if there is one."""
    hidden = int((alpha < full).sum())
    if hidden:
        raise UnreadableError(FileTransparent(path.name, pixels=hidden))
