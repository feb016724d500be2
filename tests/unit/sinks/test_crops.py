"""Crops on disk: the quota, failed writes and file names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from skelp.domain.defect import Patch
from skelp.domain.disk import DiskFault
from skelp.sinks.crops import CropStore, Quota
from skelp.sinks.names import safe_name
from tests.fakes import defect


def test_above_the_quota_the_oldest_crops_are_deleted(tmp_path: Path) -> None:
    deleted: list[int] = []
    rng = np.random.default_rng(1)
    noisy = Patch(rng.integers(0, 256, (200, 200), np.uint8), np.zeros((200, 200), np.uint8))
    store = CropStore(tmp_path, Quota(max_bytes=200_000, min_free_bytes=0), deleted.append)
    for n in range(1, 13):
        assert not store.save([defect(n, patch=noisy)])
    assert store.bytes_used <= 200_000
    assert store.bytes_used == sum(p.stat().st_size for p in tmp_path.glob("*/*"))
    assert store.picture("C1-000001") is None
    assert store.picture("C1-000012") is not None
    assert store.mask("C1-000012") is not None
    assert sum(deleted) >= 1
    assert CropStore(tmp_path, Quota(min_free_bytes=0)).bytes_used == store.bytes_used


def test_crops_that_cannot_be_written_are_counted(tmp_path: Path) -> None:
    store = CropStore(tmp_path / "crops", Quota(min_free_bytes=0))
    (tmp_path / "crops" / "C1").write_text("a file where the folder should be")
    assert store.save([defect(1), defect(2)]) == {DiskFault.IN_THE_WAY: 2}


@pytest.mark.parametrize("hostile", ["../../etc/passwd", "a/b", "..", "", "코일", "x\0y"])
def test_a_safe_name_stays_in_its_folder(tmp_path: Path, hostile: str) -> None:
    name = safe_name(hostile)
    assert "/" not in name
    assert name not in ("", ".", "..")
    assert "\0" not in name
    assert (tmp_path / name).resolve().parent == tmp_path.resolve()


def test_crops_that_cannot_be_deleted_do_not_stop_the_inspection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deleted: list[int] = []
    store = CropStore(tmp_path, Quota(min_free_bytes=0), deleted.append)
    store.save([defect(1)])
    used = store.bytes_used

    def forbidden(file: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied", str(file))

    full = CropStore(tmp_path, Quota(max_bytes=1, min_free_bytes=0), deleted.append)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", forbidden)
        assert not full.save([])
    assert (full.bytes_used, deleted) == (used, [])
    full.save([])
    assert (full.bytes_used, deleted) == (0, [1])
