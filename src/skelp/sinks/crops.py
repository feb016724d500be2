"""Stores the crops of defects on disk. Above the quota the oldest crops are deleted, and their number is reported."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from skelp.domain.defect import Defect
from skelp.domain.disk import DiskFault, fault_of
from skelp.render.pictures import crop_jpeg, mask_png
from skelp.sinks.names import make_folder, safe_name


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
        make_folder(folder)
        self._bytes = sum(p.stat().st_size for p in folder.glob("*/*") if p.is_file())

    @property
    def bytes_used(self) -> int:
        """Size of all crops and masks."""
        return self._bytes

    def save(self, defects: Iterable[Defect]) -> Counter[DiskFault]:
        """Write the crops of defects that have one. Returns the number of crops that could not be written, by fault."""
        failed: Counter[DiskFault] = Counter()
        for defect in defects:
            if defect.patch is None:
                continue
            try:
                self._write(self._path(defect.defect_id, ".jpg"), crop_jpeg(defect.patch))
                self._write(self._path(defect.defect_id, ".png"), mask_png(defect.patch))
            except OSError as error:
                failed[fault_of(error)] += 1
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
        deleted = 0
        for path in sorted(self._folder.glob("*/*.jpg"), key=_changed_ns):
            with suppress(OSError):  # it may not be deleted, or somebody has deleted it: a picture must not stop the inspection
                for file in (path, path.with_suffix(".png")):
                    if file.exists():
                        size = file.stat().st_size
                        file.unlink()
                        self._bytes -= size
                deleted += 1
            if self._fits(slack=0.95):
                break
        if deleted:
            self._deleted(deleted)

    def _fits(self, slack: float = 1.0) -> bool:
        disk = os.statvfs(self._folder)
        free = disk.f_bavail * disk.f_frsize
        return self._bytes <= self._quota.max_bytes * slack and free >= self._quota.min_free_bytes


def _changed_ns(file: Path) -> int:
    """When the file was written, in ns; 0 if it no longer exists."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0
