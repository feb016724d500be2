"""Masks and tables of labels are checked before they are used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from skelp.domain.errors import SkelpError
from skelp_training.config import DataSet
from skelp_training.data.labels import Asked, Labels
from skelp_training.data.pictures import U8, UNSURE, EveryClass
from skelp_training.data.pools import labels_of
from skelp_training.data.readers import READERS
from tests.training.labelled import CLASSES, H, W, folder, loaded

__all__ = ["folder"]  # a fixture


def masks(folder: Path, values: Any, classes: dict[str, Any] | str, **save: Any) -> Labels:
    (folder / "masks").mkdir(exist_ok=True)
    for name in "ab":
        Image.fromarray(values).save(folder / "masks" / f"{name}.png", **save)
    text = classes if isinstance(classes, str) else json.dumps(classes)
    (folder / "classes.json").write_text(text)
    return READERS["masks"](folder, Asked(CLASSES))


FLAT = np.zeros((H, W), np.uint8)
KNOWN = {"0": "background", "1": "pit"}


@pytest.mark.parametrize(
    ("values", "classes", "message"),
    [
        (np.where(np.eye(H, W) > 0, 255, FLAT).astype(np.uint8), KNOWN, r"24 pixels have the value 255.*mask of 0 and 255"),
        (np.where(np.eye(H, W) > 0, 3, FLAT).astype(np.uint8), KNOWN, r"the value 3, which classes\.json does not know \(it has 0, 1\)"),
        (np.where(np.eye(H, W) > 0, np.uint16(257), FLAT), KNOWN, "the value 257"),
        (FLAT, {"1": "pit"}, r'add "0": "background"'),
        (FLAT, {"0": "background", "x": "pit"}, "'x' is no mask value"),
        (FLAT, {"0": "background", "-1": "pit"}, "'-1' is no mask value"),
        (FLAT, {"0": "background", "99999": "pit"}, "'99999' is no mask value"),
        (FLAT, {"0": "background", "1": 5}, "must be a name"),
        (FLAT, {"0": "background", "1": "pit", "01": "scratch"}, "there twice"),
        (FLAT, "[]", "must be an object"),
        (FLAT, "{}", "must be an object"),
        (FLAT, {"0": "background", "1": "rust"}, "class 'rust'"),
        (np.dstack([FLAT, FLAT, FLAT + 9]), KNOWN, r"a\.png"),
        (np.zeros((H, W + 1), np.uint8), KNOWN, r"a\.png is 40 x 24 px, its mask 41 x 24 px"),
    ],
)
def test_a_mask_whose_values_are_not_known_is_refused(values: Any, classes: Any, message: str, folder: Path) -> None:
    with pytest.raises(SkelpError, match=message):
        loaded(masks(folder, values, classes))


def test_a_mask_with_a_palette_has_its_indices(folder: Path) -> None:
    mask = Image.fromarray(np.eye(H, W, dtype=np.uint8))
    mask.putpalette([0, 0, 0, 128, 0, 0])
    masks(folder, FLAT, KNOWN)
    mask.save(folder / "masks" / "a.png")
    assert np.array_equal(loaded(READERS["masks"](folder, Asked(CLASSES)))["a"], np.eye(H, W))
    border = Image.fromarray(np.where(np.eye(H, W) > 0, 255, 1).astype(np.uint8))
    border.putpalette([n for n in range(256) for _ in range(3)])
    border.save(folder / "masks" / "a.png")
    with pytest.raises(SkelpError, match='"255": "unsure"'):
        loaded(READERS["masks"](folder, Asked(CLASSES)))


def test_a_mask_without_a_picture_is_refused(folder: Path) -> None:
    masks(folder, FLAT, KNOWN)
    Image.fromarray(FLAT).save(folder / "masks" / "c.png")
    with pytest.raises(SkelpError, match=r"c\.png.*no picture of that name"):
        READERS["masks"](folder, Asked(CLASSES))


def test_two_pictures_of_one_name_are_refused(folder: Path) -> None:
    Image.fromarray(FLAT).save(folder / "images" / "a.jpg")
    with pytest.raises(SkelpError, match="have one name"):
        masks(folder, FLAT, KNOWN)


TABLES: dict[str, tuple[str, str, str]] = {
    "a run that counts from 0": ("severstal", "ImageId,ClassId,EncodedPixels\na.png,pit,0 4\n", "line 2.*count from 1"),
    "a run of no number": ("severstal", "ImageId,ClassId,EncodedPixels\na.png,pit,nan\n", "line 2.*'nan'"),
    "a run of a negative number": ("severstal", "ImageId,ClassId,EncodedPixels\na.png,pit,-4 4\n", "line 2.*'-4'"),
    "a run without a length": ("severstal", "ImageId,ClassId,EncodedPixels\na.png,pit,1 4 9\n", "line 2.*pairs"),
    "a run of nothing": ("severstal", "ImageId,ClassId,EncodedPixels\na.png,pit,1 0\n", "line 2.*length of 0"),
    "runs that overlap": ("severstal", "ImageId,ClassId,EncodedPixels\na.png,pit,1 9 4 9\n", "line 2.*overlap"),
    "a run beyond the picture": ("severstal", f"ImageId,ClassId,EncodedPixels\na.png,pit,1 {H * W + 1}\n", "line 2.*do not fit"),
    "a run of 20 digits": ("severstal", f"ImageId,ClassId,EncodedPixels\na.png,pit,1 {10**20}\n", "line 2.*no whole number"),
    "no row": ("severstal", "ImageId,ClassId,EncodedPixels\n", "no run.*--format clean"),
    "rows without a run": ("severstal", "ImageId,ClassId,EncodedPixels\na.png,pit,\n", "no run.*--format clean"),
    "a box mostly outside": ("marks", "name,split,what,x,y,width,height\na.png,train,pit,30,1,99,9\n", "line 2: most of the box"),
    "an unknown picture": ("severstal", "ImageId,ClassId,EncodedPixels\nz.png,pit,1 4\n", "names z.png"),
    "no class": ("severstal", "ImageId,ClassId,EncodedPixels\na.png,,1 4\n", "line 2.*ClassId is empty"),
    "a cell too many": ("severstal", "ImageId,ClassId,EncodedPixels\na.png,pit,1 4,9\n", "line 2: 4 cells"),
    "a cell too few": ("severstal", "ImageId,ClassId,EncodedPixels\na.png,pit\n", "line 2: 2 cells"),
    "semicolons": ("severstal", "ImageId;ClassId;EncodedPixels\na.png;pit;1 4\n", "not separated by commas"),
    "a column twice": ("severstal", "ImageId,ClassId,EncodedPixels,ClassId\na.png,pit,1 4,pit\n", "a column twice"),
    "an empty file": ("severstal", "", "no column"),
    "a quote that never ends": ("severstal", 'ImageId,ClassId,EncodedPixels\na.png,pit,"1 4\n', "line 2"),
    "a box of no number": ("marks", "name,split,what,x,y,width,height\na.png,train,pit,1,one,9,9\n", "line 2: y must be a whole number"),
    "a box with a comma": ("marks", "name,split,what,x,y,width,height\na.png,train,pit,1.5,1,9,9\n", "line 2: x must be"),
    "a box without width": ("marks", "name,split,what,x,y,width,height\na.png,train,pit,1,1,0,9\n", "line 2: a box of 0 x 9"),
    "a box outside": ("marks", "name,split,what,x,y,width,height\na.png,train,pit,90,1,9,9\n", "line 2: the box lies outside"),
    "a box on no picture": ("marks", "name,split,what,x,y,width,height\nz.png,train,pit,1,1,9,9\n", "names z.png"),
    "a split that is none": ("marks", "name,split,what,x,y,width,height\na.png,training,pit,1,1,9,9\n", "split 'training'"),
    "a picture in two splits": (
        "marks",
        "name,split,what,x,y,width,height\na.png,train,pit,1,1,9,9\na.png,val,pit,1,1,9,9\n",
        "line 3: a.png is in split train above",
    ),
    "a class of no model": ("marks", "name,split,what,x,y,width,height\na.png,train,rust,1,1,9,9\n", "class 'rust'"),
}


@pytest.mark.parametrize("wrong", TABLES)
def test_a_wrong_table_is_refused_and_the_message_names_the_line(wrong: str, folder: Path) -> None:
    kind, text, message = TABLES[wrong]
    file = folder / ("images" if kind == "marks" else ".") / "table.csv"
    file.write_text(text)
    with pytest.raises(SkelpError, match=message):
        loaded(READERS[kind](file, Asked(CLASSES)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_tables_are_read_as_windows_writes_them(encoding: str, folder: Path) -> None:
    (folder / "images" / "a.png").rename(folder / "images" / "코일 1.png")
    text = "name,split,what,x,y,width,height\r\n코일 1.png,train,pit,-3,1,9,9\r\n"
    (folder / "images" / "marks.csv").write_bytes(text.encode(encoding))
    labels = READERS["marks"](folder / "images" / "marks.csv", Asked(CLASSES))
    assert [i.name for i in labels.items] == ["코일 1"]
    (folder / "images" / "marks.csv").write_bytes(text.encode("cp949"))
    with pytest.raises(SkelpError, match="CP949"):
        READERS["marks"](folder / "images" / "marks.csv", Asked(CLASSES))


def test_a_box_over_the_border_is_cut_there(folder: Path) -> None:
    def found(x: int, width: int) -> U8:
        (folder / "images" / "marks.csv").write_text(f"name,split,what,x,y,width,height\na.png,train,unsure,{x},0,{width},{H}\n")
        return loaded(READERS["marks"](folder / "images" / "marks.csv", Asked(CLASSES)))["a"]

    assert np.array_equal(found(-4, 10), found(0, 6))


def test_an_index_names_each_picture_once(folder: Path) -> None:
    masks(folder, FLAT, KNOWN)
    for rows, message in (("a,1,train\na,1,train\n", "names a twice"), ("z,1,train\n", "line 2 names z"), ("a,1,trian\n", "split 'trian'")):
        (folder / "index.csv").write_text(f"name,group,split\n{rows}")
        with pytest.raises(SkelpError, match=message):
            READERS["own"](folder, Asked(CLASSES))
    (folder / "index.csv").write_text("name,group,split\na,1,train\n")
    assert [x.file for x in READERS["own"](folder, Asked(CLASSES)).left_out] == ["b.png"]


@pytest.mark.parametrize(
    ("files", "advice"),
    [
        (["annotations.xml"], "CVAT"),
        (["Annotations/a.xml"], "Pascal VOC"),
        (["data.yaml", "labels/train/a.txt"], "YOLO"),
        (["annotations/instances_default.json"], "--format coco"),
        (["masks/a.png"], "--format masks"),
    ],
)
def test_a_set_of_another_format_is_recognised(files: list[str], advice: str, folder: Path) -> None:
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    with pytest.raises(SkelpError, match=advice):
        labels_of(DataSet(name="a", format="own", path=folder), EveryClass({}))


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"classes": {"scrach": "pit"}}, "no class 'scrach'.*did you mean scratch"),
        ({"absent": ["scrach"]}, "'scrach'.*is no class; did you mean scratch"),
        ({"group_pattern": "PLATE-([0-9]+)"}, "fits no picture, such as a"),
    ],
)
def test_what_is_stated_about_a_set_must_fit_it(stated: dict[str, Any], message: str, folder: Path) -> None:
    masks(folder, FLAT, KNOWN | {"2": "scratch"})
    data = DataSet(name="a", format="masks", path=folder, **stated)
    for classes in (EveryClass(data.classes), dict(CLASSES.ids)):
        with pytest.raises(SkelpError, match=message):
            labels_of(data, classes)
    fits = DataSet(name="a", format="masks", path=folder, classes={"scratch": "pit"}, absent=("pit",), group_pattern="[a-z]")
    assert labels_of(fits, dict(CLASSES.ids)).items


def test_runs_of_two_classes_on_one_pixel_are_unsure(folder: Path) -> None:
    (folder / "table.csv").write_text("ImageId,ClassId,EncodedPixels\na.png,pit,1 8\na.png,scratch,5 8\n")
    found = loaded(READERS["severstal"](folder / "table.csv", Asked(CLASSES)))["a"].T.ravel()
    assert found[:13].tolist() == [1, 1, 1, 1, UNSURE, UNSURE, UNSURE, UNSURE, 2, 2, 2, 2, 0]
