"""Stores the crops of defects on disk. Above the quota the oldest crops are deleted, and their number is reported."""

from __future__ import annotations

import hashlib
import os
import threading
import unicodedata
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from skelp.domain.defect import Defect
from skelp.render.pictures import crop_jpeg, mask_png

_MOST_BYTES = 180
"""A name of a file may have 255 bytes; some are left for suffixes."""


def safe_name(text: str) -> str:
    """Make a file name of any text: letters and digits of every script, dash, underscore, tilde, and dots inside stay.

    A name that was changed or is too long gets a hash of the text, so that two texts never share a name. A name that is safe stays as
    it is, so the function may be applied twice.
    """
    plain = unicodedata.normalize("NFC", text)
    kept = "".join(c if c.isalnum() or c in "-_~." else "_" for c in plain)
    if kept == plain and not kept.startswith(".") and 0 < len(kept.encode()) <= _MOST_BYTES:
        return kept
    mark = f"-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
    short = kept.lstrip(".").encode()[: _MOST_BYTES - len(mark)].decode("utf-8", "ignore")
    return (short or "_") + mark


def _old_name(text: str) -> str:
    """The name that earlier versions made: every character but ASCII letters and digits, dash and underscore was percent-encoded."""
    name = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "".join(f"%{b:02X}" for b in c.encode()) for c in text)
    return name or "%"


@dataclass(frozen=True, slots=True)
class Quota:
    """The largest size of the folder, and the space that must stay free on its disk, in bytes."""

    max_bytes: int = 5 * 2**30
    min_free_bytes: int = 2**30


class CropStore:
    """Stores crops as `<coil>/<defect>.jpg` and masks as `<coil>/<defect>.png`. Satisfies ports.CropFiles.

    The size of the folder is measured once, at the start, and then counted. `deleted` is called with the number of defects whose crops
    were deleted.
    """

    def __init__(self, folder: Path, quota: Quota, deleted: Callable[[int], None] = lambda _: None) -> None:
        self._folder, self._quota, self._deleted = folder, quota, deleted
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self._bytes = sum(p.stat().st_size for p in folder.glob("*/*") if p.is_file())

    @property
    def bytes_used(self) -> int:
        """Size of all crops and masks."""
        return self._bytes

    def save(self, defects: Iterable[Defect]) -> int:
        """Write the crops of defects that have one. Returns the number of crops that could not be written."""
        failed = 0
        for defect in defects:
            if defect.patch is None:
                continue
            try:
                self._write(self._path(defect.defect_id, ".jpg"), crop_jpeg(defect.patch))
                self._write(self._path(defect.defect_id, ".png"), mask_png(defect.patch))
            except OSError:
                failed += 1
        self._shrink()
        return failed

    def picture(self, defect_id: str) -> bytes | None:
        return self._read(defect_id, ".jpg")

    def mask(self, defect_id: str) -> bytes | None:
        return self._read(defect_id, ".png")

    def _path(self, defect_id: str, suffix: str, name: Callable[[str], str] = safe_name) -> Path:
        coil_id = defect_id.rpartition("-")[0]
        return self._folder / name(coil_id) / (name(defect_id) + suffix)

    def _read(self, defect_id: str, suffix: str) -> bytes | None:
        """The file's content, also if an earlier version named it."""
        for path in (self._path(defect_id, suffix), self._path(defect_id, suffix, _old_name)):
            with suppress(FileNotFoundError):
                return path.read_bytes()
        return None

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + ".part")
        draft.write_bytes(data)
        draft.replace(path)
        with self._lock:
            self._bytes += len(data)

    def _shrink(self) -> None:
        if self._fits():
            return
        deleted = 0
        for path in sorted(self._folder.glob("*/*.jpg"), key=lambda p: p.stat().st_mtime_ns):
            for file in (path, path.with_suffix(".png")):
                if file.exists():
                    self._bytes -= file.stat().st_size
                    file.unlink()
            deleted += 1
            if self._fits(slack=0.95):
                break
        self._deleted(deleted)

    def _fits(self, slack: float = 1.0) -> bool:
        disk = os.statvfs(self._folder)
        free = disk.f_bavail * disk.f_frsize
        return self._bytes <= self._quota.max_bytes * slack and free >= self._quota.min_free_bytes
