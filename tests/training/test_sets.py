"""Each format that labelled steel comes in gives the same mask for the same steel."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco_mask

from skelp.domain.errors import SkelpError
from skelp.domain.reasons import Code
from skelp_training.config import DataSet, load_config
from skelp_training.data.labels import Asked, Grouping
from skelp_training.data.pictures import U8, UNSURE, ClassMap, Item, in_split, split_of
from skelp_training.data.pools import Pool, pools_of
from skelp_training.data.readers import READERS
from tests.training.conftest import config_file

CLASSES = ClassMap({"pit": 1, "scratch": 2}, {"4": "scratch", "dirt": "unsure"})
H, W = 40, 60
TRUTH = np.zeros((H, W), np.uint8)
TRUTH[5:15, 10:30] = 1
TRUTH[20:36, 40:45] = 2


def steel(folder: Path) -> Path:
    """A picture `a` with TRUTH on it and a clean one `b`."""
    (folder / "images").mkdir(parents=True)
    rng = np.random.default_rng(2)
    for name, mask in (("a", TRUTH), ("b", np.zeros_like(TRUTH))):
        image = rng.normal(100, 1, TRUTH.shape) + 60 * (mask > 0)
        Image.fromarray(image.astype(np.uint8)).save(folder / "images" / f"{name}.png")
    return folder


def table(file: Path, rows: list[dict[str, object]]) -> Path:
    with file.open("w", newline="") as f:
        writer = csv.DictWriter(f, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return file


def masks_of(items: Iterable[Item]) -> dict[str, U8]:
    return {i.name: i.load().mask for i in items}


def test_mask_folders(tmp_path: Path) -> None:
    folder = steel(tmp_path)
    (folder / "masks").mkdir()
    (folder / "classes.json").write_text(json.dumps({"0": "background", "1": "pit", "2": "scratch"}))
    Image.fromarray(TRUTH).save(folder / "masks" / "a.png")
    with pytest.raises(SkelpError, match="has no mask"):
        READERS["masks"](folder, Asked(CLASSES))
    Image.fromarray(np.zeros_like(TRUTH)).save(folder / "masks" / "b.png")
    found = masks_of(READERS["masks"](folder, Asked(CLASSES)).items)
    assert np.array_equal(found["a"], TRUTH)
    assert not found["b"].any()
    Image.fromarray(TRUTH[:10]).save(folder / "masks" / "a.png")
    with pytest.raises(SkelpError, match="export the mask again"):
        masks_of(READERS["masks"](folder, Asked(CLASSES)).items)


def test_coco_polygons_and_run_lengths_compressed_or_not(tmp_path: Path) -> None:
    folder = steel(tmp_path)
    scratch = np.asfortranarray((TRUTH == 2).astype(np.uint8))
    packed = coco_mask.encode(scratch)
    dirt = np.zeros_like(TRUTH)
    dirt[:3, :3] = 1
    runs = [0, *np.diff(np.flatnonzero(np.diff(np.concatenate([[0], dirt.T.ravel(), [0]])))).tolist()]
    counts = [0, *runs[1:], dirt.size - sum(runs)]
    annotations = [
        {"image_id": 1, "category_id": 1, "segmentation": [[10, 5, 30, 5, 30, 15, 10, 15]]},
        {"image_id": 1, "category_id": 4, "segmentation": {"size": [H, W], "counts": packed["counts"].decode()}},
        {"image_id": 1, "category_id": 9, "segmentation": {"size": [H, W], "counts": counts}},
    ]
    data = {
        "images": [{"id": 1, "file_name": "a.png", "group": "plate-1", "split": "val"}, {"id": 2, "file_name": "b.png"}],
        "categories": [{"id": 1, "name": "pit"}, {"id": 4, "name": "4"}, {"id": 9, "name": "dirt"}],
        "annotations": annotations,
    }
    file = folder / "instances.json"
    file.write_text(json.dumps(data))
    items = READERS["coco"](file, Asked(CLASSES)).items
    assert (items[0].name, items[0].group, items[0].split) == ("a", "plate-1", "val")
    expected = TRUTH.copy()
    expected[:3, :3] = UNSURE
    assert np.array_equal(items[0].load().mask, expected)
    data["categories"] = [{"id": 1, "name": "rust"}]
    file.write_text(json.dumps(data))
    with pytest.raises(SkelpError, match="class 'rust' is not one of the model's"):
        READERS["coco"](file, Asked(CLASSES))


def test_severstal_runs_count_down_the_columns_from_one(tmp_path: Path) -> None:
    folder = steel(tmp_path)
    runs = " ".join(f"{c * H + 20 + 1} 16" for c in range(40, 45))
    file = table(folder / "train.csv", [{"ImageId": "a.jpg", "ClassId": "4", "EncodedPixels": runs}])
    found = masks_of(READERS["severstal"](file, Asked(CLASSES)).items)
    assert np.array_equal(found["a"], np.where(TRUTH == 2, 2, 0))
    assert not found["b"].any()
    table(file, [{"ImageId": "a.jpg", "ClassId": "4", "EncodedPixels": f"{H * W} 2"}])
    with pytest.raises(SkelpError, match="do not fit a picture of 60 x 40"):
        masks_of(READERS["severstal"](file, Asked(CLASSES)).items)
    table(file, [{"ImageId": "z.jpg", "ClassId": "4", "EncodedPixels": "1 2"}])
    with pytest.raises(SkelpError, match="names z"):
        READERS["severstal"](file, Asked(CLASSES))


def test_boxes_become_what_stands_out_in_them(tmp_path: Path) -> None:
    folder = steel(tmp_path)
    whole = {"name": "a.png", "split": "val", "what": "sound", "x": 0, "y": 0, "width": W, "height": H}
    boxes = [whole, whole | {"what": "pit", "x": 6, "y": 2, "width": 30, "height": 16}, whole | {"what": "unsure", "x": 50, "width": 10}]
    file = table(folder / "images" / "marks.csv", boxes)
    mask = masks_of(READERS["marks"](file, Asked(CLASSES)).items)["a"]
    assert (mask[6:14, 11:29] == 1).all()
    assert (mask[3, 6:36] == UNSURE).all()
    assert (mask[:, 50:] == UNSURE).all()
    assert (mask[20:, :38] == 0).all()
    assert (mask == 2).sum() == 0


def test_a_picture_with_a_label_alone_is_marked_where_it_stands_out(tmp_path: Path) -> None:
    folder = steel(tmp_path)
    table(folder / "index.csv", [{"name": "a", "class": "pit"}, {"name": "b", "class": "dirt"}])
    found = masks_of(READERS["image-labels"](folder, Asked(CLASSES)).items)
    assert (found["a"][6:14, 11:29] == 1).all()
    assert (found["a"] == 0).mean() > 0.5
    assert (found["b"] == UNSURE).all()


def test_splits_go_by_group_and_never_change() -> None:
    by_plate = Grouping(r"(plate\d+)_", 0.3)
    assert {by_plate(f"plate7_{n}") for n in range(20)} == {("plate7", split_of("plate7", 0.3))}
    share = np.mean([split_of(f"g{n}", 0.3) == "val" for n in range(2000)])
    assert share == pytest.approx(0.3, abs=0.04)


def test_our_own_format_refuses_what_it_cannot_trust(spots: Path) -> None:
    data = load_config(config_file(spots, steps=1)).data[0]
    spot = ClassMap({"spot": 3}, {})
    items = READERS["own"](spots / "set", Asked(spot)).items
    assert len(in_split(items, "val", spots)) == 4
    assert {int(v) for i in items for v in np.unique(i.load().mask)} == {0, 3}
    with pytest.raises(SkelpError, match="no picture in split 'test'"):
        in_split(items, "test", spots)
    with pytest.raises(SkelpError, match="class 'spot' is not one"):
        READERS["own"](spots / "set", Asked(ClassMap({"hole": 1}, {})))
    with pytest.raises(SkelpError, match="gives no sample"):
        Pool.of(data, [])
    config = load_config(config_file(spots, steps=1))
    clean = config.model_copy(update={"data": (DataSet(**(data.model_dump() | {"only_clean": True})),)})
    assert len(pools_of(clean)[0].samples) == 5
    (spots / "set" / "images" / "s5.png").write_text("broken")
    with pytest.raises(SkelpError, match=r"s5\.png") as error:
        pools_of(config)
    assert error.value.reason is not None
    assert error.value.reason.code is Code.FILE_NOT_AN_IMAGE
