"""Kinds of files: pictures that skelp reads, other pictures, files of the system, skelp's own results."""

from __future__ import annotations

import json
from pathlib import Path


def _words(*text: str) -> frozenset[str]:
    return frozenset(" ".join(text).split())


READ = _words(".png .jpg .jpeg .jpe .jfif .bmp .dib .tif .tiff .webp .pgm .ppm .pbm .pnm .gif .tga")
"""Suffixes of pictures that skelp reads. Each of these formats refuses a file that was cut off (tests/unit/pictures)."""
OTHER_PICTURES = _words(
    ".heic .heif .avif .jxl .jp2 .j2k .j2c .jpc .jpf .jpx .jxr .dng .cr2 .cr3 .nef .arw .orf .rw2 .raf .pef .raw .exr .hdr .pfm .pam",
    ".psd .psb .dcm .dicom .npy .npz .fits .fit .fts .czi .nd2 .lif .lsm .vsi .oir .mrc .ims .svs .ndpi .pcx .sgi .dds .qoi .ico .icns",
    ".mp4 .m4v .avi .mov .mkv .webm .mj2",
)
"""Suffixes of pictures and films that skelp does not read. A cut JPEG 2000 file decodes to a poorer picture without an error."""
_SYSTEM = {"system volume information", "icon\r"} | _words(
    ".ds_store .localized .apdisk .directory .nomedia .volumeicon.icns .fseventsd .spotlight-v100 .trashes .thumbnails .git .svn",
    ".ipynb_checkpoints thumbs.db ehthumbs.db ehthumbs_vista.db desktop.ini $recycle.bin #recycle @eadir __macosx lost+found",
)
"""Names, in small letters, of files and folders that operating systems and programs leave behind."""
_APPLE_DOUBLE = b"\x00\x05\x16\x07"
_RESULTS = frozenset({"coil.json", "defects.json", "defects.csv", "marks.json", "marks.csv", "coil-map.png", "crops"})
"""Names that `skelp inspect` writes into its folder of results (sinks/folder.py)."""
_HEADS: tuple[tuple[int, bytes], ...] = (
    (0, b"\x89PNG\r\n\x1a\n"),
    (0, b"\xff\xd8\xff"),
    (0, b"II*\0"),
    (0, b"MM\0*"),
    (0, b"II+\0"),
    (0, b"MM\0+"),
    (0, b"GIF8"),
    (8, b"WEBP"),
    (8, b"AVI "),
    (4, b"ftyp"),  # HEIC, AVIF, MP4
    (4, b"jP  "),
    (4, b"JXL "),
    (0, b"\xff\x0a"),
    (0, b"\xff\x4f\xff\x51"),
    (0, b"8BPS"),
    (0, b"v/1\x01"),
    (0, b"qoif"),
    (0, b"SIMPLE  ="),
    (0, b"\x93NUMPY"),
    (128, b"DICM"),
    (0, b"BM"),
)
"""Where in a file the mark of a picture's format stands, and the mark."""


def has_picture_name(path: Path) -> bool:
    """Whether the name says that the file is a picture, of a format that skelp reads or of another one."""
    return path.suffix.lower() in READ | OTHER_PICTURES


def has_picture_content(path: Path) -> bool:
    """Whether a file begins as pictures do. False if it cannot be opened."""
    head = _head(path)
    return any(head.startswith(mark, at) for at, mark in _HEADS) or (head[:1] == b"P" and head[1:2] in b"123456" and head[2:3].isspace())


def is_system(path: Path) -> bool:
    """Whether a file or folder belongs to an operating system or to a program, and not to whoever made the pictures."""
    name = path.name.casefold()
    return name in _SYSTEM or (name.startswith("._") and _head(path).startswith(_APPLE_DOUBLE))


def is_result(path: Path) -> bool:
    """Whether `skelp inspect` wrote a file or folder: it has a name of skelp's results and lies beside a coil.json of skelp's."""
    return path.name in _RESULTS and _holds_results(path.parent)


def _holds_results(folder: Path) -> bool:
    try:
        record = json.loads((folder / "coil.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(record, dict) and {"coil_id", "decision", "coverage"} <= record.keys()


def _head(path: Path) -> bytes:
    if not path.is_file():
        return b""
    try:
        with path.open("rb") as file:
            return file.read(132)
    except OSError:
        return b""
