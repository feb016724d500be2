"""Crops on disk: the quota, failed writes and file names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from skelp.domain.defect import Patch
from skelp.sinks.crops import CropStore, Quota, _old_name, safe_name
from tests.fakes import defect


def test_above_the_quota_the_oldest_crops_are_deleted(tmp_path: Path) -> None:
    deleted: list[int] = []
    rng = np.random.default_rng(1)
    noisy = Patch(rng.integers(0, 256, (200, 200), np.uint8), np.zeros((200, 200), np.uint8))
    store = CropStore(tmp_path, Quota(max_bytes=200_000, min_free_bytes=0), deleted.append)
    for n in range(1, 13):
        assert store.save([defect(n, patch=noisy)]) == 0
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
    assert store.save([defect(1), defect(2)]) == 2


LONG = ["코일" * 9 + "가", "한" * 17, "한" * 300, "a" * 300, "각" * 300]


@pytest.mark.parametrize("name", [*LONG, "K1", "K1~2", "K1.2", "코일 1"])
def test_crops_of_a_coil_with_a_long_or_korean_name_are_stored_and_found(name: str, tmp_path: Path) -> None:
    store = CropStore(tmp_path, Quota(min_free_bytes=0))
    coil_id = safe_name(name)
    found = [defect(n, coil_id=coil_id, defect_id=f"{coil_id}-{n:06d}") for n in (1, 2)]
    assert store.save(found) == 0
    assert all(store.picture(d.defect_id) and store.mask(d.defect_id) for d in found)
    assert all(len(p.name.encode()) <= 255 for p in tmp_path.rglob("*"))


def test_names_that_differ_never_share_a_file_and_a_safe_name_is_left_as_it_is() -> None:
    names = [*LONG, "a b", "a_b", "a%20b", "a/b", "a.b", ".a", "a", "", " ", "코일", "..", *("x" * n for n in range(178, 184))]
    safe = [safe_name(n) for n in names]
    assert len(set(safe)) == len(names)
    assert [safe_name(s) for s in safe] == safe
    assert safe_name("한글-1") == "한글-1"


@pytest.mark.parametrize("defect_id", ["K1.2-000001", "auto-20261126T080000123Z-000001"])
def test_crops_that_an_earlier_version_stored_are_found(defect_id: str, tmp_path: Path) -> None:
    folder = tmp_path / _old_name(defect_id.rpartition("-")[0])
    folder.mkdir()
    (folder / f"{_old_name(defect_id)}.jpg").write_bytes(b"a picture")
    assert CropStore(tmp_path, Quota(min_free_bytes=0)).picture(defect_id) == b"a picture"


@pytest.mark.parametrize("hostile", ["../../etc/passwd", "a/b", "..", "", "코일", "x\0y"])
def test_a_safe_name_stays_in_its_folder(tmp_path: Path, hostile: str) -> None:
    name = safe_name(hostile)
    assert "/" not in name
    assert name not in ("", ".", "..")
    assert "\0" not in name
    assert (tmp_path / name).resolve().parent == tmp_path.resolve()
