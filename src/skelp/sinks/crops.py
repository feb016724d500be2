"""Pictures of defects on disk, under a quota: the oldest go first, and the count of what went is told."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from skelp.domain.defect import Defect
from skelp.render.pictures import crop_jpeg, mask_png


@dataclass(frozen=True, slots=True)
class Quota:
    """Most bytes the folder may hold, and bytes that must stay free on its disk."""

    max_bytes: int = 5 * 2**30
    min_free_bytes: int = 2**30


class CropStore:
    """Satisfies ports.CropFiles. One folder a coil: `<coil>/<defect>.jpg` and `.png` (the mask).

    The size is counted once at start and kept up to date, not measured on every write. `deleted` is called with the
    number of defects whose pictures went.
    """

    def __init__(self, folder: Path, quota: Quota, deleted: Callable[[int], None] = lambda _: None) -> None:
        self._folder, self._quota, self._deleted = folder, quota, deleted
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self._bytes = sum(p.stat().st_size for p in folder.glob("*/*") if p.is_file())

    @property
    def bytes_used(self) -> int:
        return self._bytes

    def save(self, defects: Iterable[Defect]) -> int:
        """Write the pictures of those that have one; give how many could not be written for want of disk."""
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
        return self._read(self._path(defect_id, ".jpg"))

    def mask(self, defect_id: str) -> bytes | None:
        return self._read(self._path(defect_id, ".png"))

    def _path(self, defect_id: str, suffix: str) -> Path:
        coil_id = defect_id.rpartition("-")[0]
        return self._folder / safe_name(coil_id) / (safe_name(defect_id) + suffix)

    def _read(self, path: Path) -> bytes | None:
        try:
            return path.read_bytes()
        except FileNotFoundError:
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
        gone = 0
        for path in sorted(self._folder.glob("*/*.jpg"), key=lambda p: p.stat().st_mtime_ns):
            for file in (path, path.with_suffix(".png")):
                if file.exists():
                    self._bytes -= file.stat().st_size
                    file.unlink()
            gone += 1
            if self._fits(slack=0.95):
                break
        self._deleted(gone)

    def _fits(self, slack: float = 1.0) -> bool:
        disk = os.statvfs(self._folder)
        free = disk.f_bavail * disk.f_frsize
        return self._bytes <= self._quota.max_bytes * slack and free >= self._quota.min_free_bytes


def safe_name(text: str) -> str:
    """A file name from any text: letters, digits, dot, dash and underscore stay, the rest is percent-coded."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "".join(f"%{b:02X}" for b in c.encode()) for c in text)
    return kept or "%"
