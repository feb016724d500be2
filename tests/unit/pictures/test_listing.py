"""A folder is what it is: every file in it is read, or named with the reason why it is not."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from skelp.domain.errors import SkelpError
from skelp.pictures.listing import Listing, Why, list_pictures
from skelp.pictures.order import Order, natural, undoubted

GREY = np.full((4, 6), 90, np.uint8)


def picture(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as out:
        Image.fromarray(GREY).save(out, "PNG")
    return file


def names(listing: Listing) -> list[str]:
    return [f.name for f in listing.files]


def left(listing: Listing) -> dict[str, tuple[Why, int]]:
    return {x.file: (x.why, x.pictures) for x in listing.left_out}


def test_frame_2_comes_before_frame_10(tmp_path: Path) -> None:
    for n in random.sample(range(1, 121), 120):
        picture(tmp_path / f"frame_{n}.png")
    assert names(list_pictures([tmp_path])) == [f"frame_{n}.png" for n in range(1, 121)]


@given(st.permutations(range(12)), st.integers(1, 6))
def test_padded_and_unpadded_numbers_are_in_the_same_order(numbers: list[int], digits: int) -> None:
    unpadded = natural([Path(f"strip a_{n}_top.png") for n in numbers])
    padded = natural([Path(f"strip a_{n:0{digits + 1}d}_top.png") for n in numbers])
    assert [int(p.stem.split("_")[1]) for p in unpadded] == [int(p.stem.split("_")[1]) for p in padded] == sorted(numbers)


@pytest.mark.parametrize(
    "files",
    [
        ["frame_1.png", "frame_01.png"],
        ["frame_1.png", "frame_1.jpg"],
        ["t_1.5.png", "t_1.10.png", "t_1.25.png"],
        ["f_08.png", "f_09.png", "f_0a.png", "f_10.png"],
        ["p_-1.png", "p_-2.png", "p_1.png"],
        ["1f.png", "9a8b.png", "10.png", "0b.png"],
        ["f_8.png", "f_9.png", "f_a.png", "f_b.png", "f_10.png"],
        ["f_9998.png", "f_9999.png", "f_0000.png", "f_0001.png"],
        ["f_254.png", "f_255.png", "f_0.png", "f_1.png"],
    ],
)
def test_an_order_that_is_not_clear_is_asked_for(files: list[str], tmp_path: Path) -> None:
    for name in files:
        picture(tmp_path / name)
    with pytest.raises(SkelpError, match="--order"):
        list_pictures([tmp_path])
    assert names(list_pictures([tmp_path], order="name")) == sorted(files)
    assert sorted(names(list_pictures([tmp_path], order="natural"))) == sorted(files)


@pytest.mark.parametrize(
    "files",
    [
        ["a.png", "b.png", "c.png"],
        ["scan.png", "scan (2).png", "scan (10).png"],
        ["2026-11-25_9.png", "2026-11-25_10.png", "2026-11-26_1.png"],
        ["코일 2.png", "코일 10.png"],
        ["t_1.50.png", "t_1.75.png", "t_2.00.png"],
        ["A1.png", "a2.png", "A3.png"],
        ["1.png", "2.png", "9.png", "10.png"],
        ["0a2c9f2e5.jpg", "0a4f51d13.jpg", "0a3962685.jpg"],
        ["cam_a_1.png", "cam_b_1.png", "cam_b_2.png"],
        [f"f_{n:02}.png" for n in range(100)],
    ],
)
def test_an_order_that_is_clear_is_not_asked_for(files: list[str]) -> None:
    shuffled = random.sample(files, len(files))
    assert [p.name for p in undoubted([Path(f) for f in shuffled])] == files


def test_files_as_a_shell_names_them_are_not_taken_for_an_order(tmp_path: Path) -> None:
    files = [picture(tmp_path / f"frame_{n}.png") for n in (1, 10, 2)]
    with pytest.raises(SkelpError, match="--order"):
        list_pictures(files)
    orders: tuple[Order, ...] = ("given", "natural", "name")
    found = {order: [f.stem for f in list_pictures(files, order=order).files] for order in orders}
    assert found == {
        "given": ["frame_1", "frame_10", "frame_2"],
        "natural": ["frame_1", "frame_2", "frame_10"],
        "name": ["frame_1", "frame_10", "frame_2"],
    }
    assert names(list_pictures([files[0], files[2]])) == ["frame_1.png", "frame_2.png"]


def test_a_picture_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    file = picture(tmp_path / "a.png")
    for link in (Path.symlink_to, Path.hardlink_to):
        link(tmp_path / "b.png", file)
        for paths in ([file, file], [tmp_path]):
            with pytest.raises(SkelpError, match="twice"):
                list_pictures(paths)
        (tmp_path / "b.png").unlink()


def test_every_file_that_is_left_out_is_named_with_its_reason(tmp_path: Path) -> None:
    for name in ("1.png", "2.WEBP", "3.heic", "sub/deeper/4.png", "sub/5.jpg", "._6.png", ".7.png", "8", "9.png.bak", "__MACOSX/10.png"):
        picture(tmp_path / name)
    (tmp_path / "._1.png").write_bytes(b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X")
    for name in ("notes.txt", "Thumbs.db", ".DS_Store", "desktop.ini", ".hidden"):
        (tmp_path / name).write_text("text")
    (tmp_path / "empty").mkdir()
    listing = list_pictures([tmp_path])
    assert names(listing) == ["1.png", "2.WEBP", "3.heic"]
    assert left(listing) == {
        "sub": (Why.SUBFOLDER, 2),
        "._6.png": (Why.HIDDEN, 1),
        ".7.png": (Why.HIDDEN, 1),
        "8": (Why.NAME, 1),
        "9.png.bak": (Why.NAME, 1),
        "__MACOSX": (Why.SYSTEM, 0),
        "._1.png": (Why.SYSTEM, 0),
        "notes.txt": (Why.OTHER, 0),
        "Thumbs.db": (Why.SYSTEM, 0),
        ".DS_Store": (Why.SYSTEM, 0),
        "desktop.ini": (Why.SYSTEM, 0),
        ".hidden": (Why.SYSTEM, 0),
        "empty": (Why.OTHER, 0),
    }
    assert listing.pictures_left_out == 6
    assert [r["file"] for r in listing.records] == [x.file for x in listing.left_out]
    assert listing.reasons[0].args["pictures"] == 6


def test_subfolders_are_read_if_that_is_asked_for(tmp_path: Path) -> None:
    for name in ("b_2/1.png", "b_10/1.png", "b_10/x/2.png", "a.png", "@eaDir/a.png"):
        picture(tmp_path / name)
    listing = list_pictures([tmp_path], recursive=True)
    assert [f.relative_to(tmp_path).as_posix() for f in listing.files] == ["a.png", "b_2/1.png", "b_10/1.png", "b_10/x/2.png"]
    assert left(listing) == {"@eaDir": (Why.SYSTEM, 0)}


def test_a_folder_that_links_to_itself_is_left_out_and_counted(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    (tmp_path / "again").symlink_to(tmp_path)
    listing = list_pictures([tmp_path], recursive=True)
    assert names(listing) == ["a.png"]
    assert left(listing) == {"again": (Why.SUBFOLDER, 1)}


def test_results_of_skelp_are_known_by_the_coil_beside_them(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "out", tmp_path / "mine"):
        picture(folder / "coil-map.png")
        picture(folder / "crops" / "1.png")
    for folder in (tmp_path, tmp_path / "out"):
        (folder / "coil.json").write_text(json.dumps({"coil_id": "a", "decision": "hold", "coverage": []}))
    picture(tmp_path / "1.png")
    listing = list_pictures([tmp_path])
    assert names(listing) == ["1.png"]
    assert left(listing) == {
        "coil-map.png": (Why.RESULT, 0),
        "coil.json": (Why.RESULT, 0),
        "crops": (Why.RESULT, 0),
        "out": (Why.OTHER, 0),
        "mine": (Why.SUBFOLDER, 2),
    }


def test_a_pipe_with_a_picture_s_name_is_left_out_and_counted(tmp_path: Path) -> None:
    picture(tmp_path / "1.png")
    os.mkfifo(tmp_path / "2.png")
    listing = list_pictures([tmp_path])
    assert names(listing) == ["1.png"]
    assert left(listing) == {"2.png": (Why.SPECIAL, 1)}


def test_a_link_to_nothing_is_a_picture_that_cannot_be_read(tmp_path: Path) -> None:
    picture(tmp_path / "1.png")
    (tmp_path / "2.png").symlink_to(tmp_path / "gone.png")
    assert names(list_pictures([tmp_path])) == ["1.png", "2.png"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0)
    with pytest.raises(SkelpError, match="cannot be read"):
        list_pictures([tmp_path / "a"])


ENTRIES = ["1.png", "2.tif", ".3.png", "4", "5.txt", "s/6.png", "7.heic", "._8.png", "Thumbs.db", "9.jpg"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(ENTRIES), unique=True))
def test_what_was_given_is_what_was_taken_and_what_was_left_out(tmp_path_factory: pytest.TempPathFactory, given_names: list[str]) -> None:
    folder = tmp_path_factory.mktemp("given")
    picture(folder / "0.png")
    for name in given_names:
        picture(folder / name)
    listing = list_pictures([folder])
    assert len(listing.files) + len(listing.left_out) == 1 + len(given_names)
    assert listing.pictures_left_out == len({".3.png", "4", "5.txt", "s/6.png", "._8.png"} & set(given_names))
