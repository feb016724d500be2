"""Reasons why a picture or a file cannot be inspected."""

from __future__ import annotations

from skelp.domain.reasons.code import Code, Reason


class NoStrip(Reason, code=Code.PICTURE_NO_STRIP):
    """There is no strip in the picture: it is dark, or the strip is off the line."""


class Overexposed(Reason, code=Code.PICTURE_OVEREXPOSED):
    """Glare hides the surface: too many pixels are at full scale."""


class PartlyDark(Reason, code=Code.PICTURE_PARTLY_DARK):
    """More than a tenth of the strip's columns or lines are black: a lamp is out, something covers it, or pixels are missing."""


class StripNarrower(Reason, code=Code.STRIP_NARROWER):
    """The camera sees less than 0.9 of the width that it saw before on this coil: a lamp is out, or an edge is not seen."""


class StripLessThanGiven(Reason, code=Code.STRIP_LESS_THAN_GIVEN):
    """The camera sees less steel than a strip of the given width would show."""


class StripMoreThanGiven(Reason, code=Code.STRIP_MORE_THAN_GIVEN):
    """The camera sees more steel than a strip of the given width has. The width is wrong, so unseen steel cannot be detected."""


class StripBeyondPicture(Reason, code=Code.STRIP_BEYOND_PICTURE):
    """A strip of the given width reaches beyond the last camera's picture, so its far edge was not seen."""


class StripWithinMargins(Reason, code=Code.STRIP_WITHIN_MARGINS):
    """The recipe's edge margins cover all steel that the camera sees, so none of it was inspected."""


class StripUnfamiliar(Reason, code=Code.STRIP_UNFAMILIAR):
    """The steel is unlike all that the model learned, so the model cannot judge it. No defect is reported from these lines."""


class Unread(Reason):
    """A file without usable pixels. `assumed_lines`: its height is unknown, so the station assumes that of the other files."""

    file: str
    assumed_lines: int | None = None


class FileNotAnImage(Unread, code=Code.FILE_NOT_AN_IMAGE):
    """The file is not an image, whatever its name says."""


class FileBadHeader(Unread, code=Code.FILE_BAD_HEADER):
    """The file's header cannot be read. `error` is the decoder's own text."""

    error: str = ""


class FilePages(Unread, code=Code.FILE_PAGES):
    """The file has several pages."""

    pages: int = 0


class FileTooLarge(Unread, code=Code.FILE_TOO_LARGE):
    """The file has more pixels than skelp reads at once."""

    width_px: int = 0
    lines: int = 0


class FileWidth(Unread, code=Code.FILE_WIDTH):
    """The file has another width than most files of the strip."""

    width_px: int = 0
    strip_px: int = 0


class FileBroken(Unread, code=Code.FILE_BROKEN):
    """The file is broken or cut off. `error` is the decoder's own text."""

    error: str = ""


class FileFormat(Unread, code=Code.FILE_FORMAT):
    """The file is a picture of a format that skelp does not read. `format` describes it."""

    format: str = ""


class FileDepth(Unread, code=Code.FILE_DEPTH):
    """It is not clear how deep the file is. It has `file_bits` bits, but its values use `used_bits` only, and nobody states the depth."""

    file_bits: int = 0
    used_bits: int = 0


class FileValues(Unread, code=Code.FILE_VALUES):
    """The file has a value that does not fit the depth that was stated."""

    value: int = 0
    bits: int = 0


class FileNoRange(Unread, code=Code.FILE_NO_RANGE):
    """The file has floating-point numbers, from `least` to `most`, and nobody states which are black and white."""

    least: float = 0.0
    most: float = 0.0


class FileBeyondRange(Unread, code=Code.FILE_BEYOND_RANGE):
    """The file has floating-point numbers outside the range from `black` to `white` that was stated."""

    least: float = 0.0
    most: float = 0.0
    black: float = 0.0
    white: float = 0.0


class FileNotFinite(Unread, code=Code.FILE_NOT_FINITE):
    """The file has pixels without a value: NaN or infinity."""

    pixels: int = 0


class FileTransparent(Unread, code=Code.FILE_TRANSPARENT):
    """The file has transparent pixels. They do not show steel."""

    pixels: int = 0


class FileTurned(Unread, code=Code.FILE_TURNED):
    """EXIF turns the picture, and nobody says whether its labels were drawn on the turned picture. `orientation`: 2 to 8, as in EXIF."""

    orientation: int = 0


class FileColours(Unread, code=Code.FILE_COLOURS):
    """The file is to be a label mask, which has one value for each pixel, but it has colours."""


class FileBlank(Unread, code=Code.FILE_BLANK):
    """Every pixel of the file has the same grey, `grey`, 15 to 253 of 255. No picture of steel is like that. Darker and brighter ones have
    the reasons of pictures without a strip and of overexposed ones.
    """

    grey: int = 0


class FileRepeated(Unread, code=Code.FILE_REPEATED):
    """The file has exactly the pixels of another file of the strip, `other`. Two places of a strip never give the same picture."""

    other: str = ""


class FileRefused(Reason, code=Code.FILE_REFUSED):
    """The file was not inspected at all. `error` says why."""

    error: str
