"""The formats of labelled pictures. Each reader takes a folder or file and a ClassMap and returns items."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools import mask as coco_mask

from skelp.domain.errors import SkelpError
from skelp_training.data.boxes import LabelledBox, mask_from_boxes
from skelp_training.data.pictures import SOUND, U8, ClassMap, Item, image_files, read_grey, split_of


@dataclass(frozen=True)
class Grouping:
    """Gives pictures a split by group. `pattern` finds the group in a picture's name; without a match each picture is its own group."""

    pattern: str = ""
    val_share: float = 0.2

    def __call__(self, name: str) -> tuple[str, str]:
        """Group and split of a picture."""
        found = re.match(self.pattern, name) if self.pattern else None
        group = (found.group(1) if found.groups() else found.group(0)) if found else name
        return group, split_of(group, self.val_share)


def own(folder: Path, classes: ClassMap, _: Grouping) -> list[Item]:
    """images/, masks/NAME.png, classes.json and index.csv with name, class, group, split."""
    table = _table(folder / "classes.json", classes)
    files, items = image_files(folder / "images"), []
    for row in rows_of(folder / "index.csv", ("name", "group", "split")):
        name = row["name"]
        if name not in files:
            raise SkelpError(f"{folder / 'index.csv'} names {name}, which is not in images/")
        mask = partial(_from_file, folder / "masks" / f"{name}.png", table)
        items.append(Item(name, row["group"], row["split"], files[name], mask))
    return items


def mask_folders(folder: Path, classes: ClassMap, grouping: Grouping) -> list[Item]:
    """images/ and masks/ with the same names, and classes.json (value to name); no index."""
    table = _table(folder / "classes.json", classes)
    masks, items = image_files(folder / "masks"), []
    for name, file in image_files(folder / "images").items():
        if name not in masks:
            raise SkelpError(f"{file} has no mask in {folder / 'masks'}; give a picture without a defect a mask of zeros")
        items.append(Item(name, *grouping(name), file, partial(_from_file, masks[name], table)))
    return items


def coco(file: Path, classes: ClassMap, grouping: Grouping) -> list[Item]:
    """A COCO annotation file: polygons and run lengths, compressed or not. Pictures beside it, or in images/ beside it.

    A picture's own `group` and `split` are used where the file has them. Crowd regions are unsure.
    """
    data = _json(file)
    ids = {c["id"]: classes(c["name"], file) for c in data["categories"]}
    by_image = defaultdict(list)
    for a in data["annotations"]:
        by_image[a["image_id"]].append(a)
    items = []
    for image in data["images"]:
        path = next((p for p in (file.parent / image["file_name"], file.parent / "images" / image["file_name"]) if p.is_file()), None)
        if path is None:
            raise SkelpError(f"{file} names {image['file_name']}, which is neither beside it nor in images/")
        group, split = grouping(path.stem)
        mask = partial(_from_coco, by_image[image["id"]], ids)
        items.append(Item(path.stem, image.get("group", group), image.get("split", split), path, mask))
    return items


def severstal(file: Path, classes: ClassMap, grouping: Grouping) -> list[Item]:
    """Run-length CSV as in the Severstal contest: ImageId, ClassId, EncodedPixels; pictures in the folder `images` or `train_images`.

    Runs count down the columns from 1. Every picture of the folder without a row is free of defects.
    """
    folder = next((f for f in (file.parent / "images", file.parent / "train_images") if f.is_dir()), file.parent / "images")
    runs = defaultdict(list)
    for row in rows_of(file, ("ImageId", "ClassId", "EncodedPixels")):
        if row["EncodedPixels"].strip():
            runs[Path(row["ImageId"]).stem].append((classes(row["ClassId"], file), row["EncodedPixels"]))
    files = image_files(folder)
    missing = sorted(set(runs) - set(files))
    if missing:
        raise SkelpError(f"{file} names {missing[0]} and {len(missing) - 1} more that are not in {folder}")
    return [Item(n, *grouping(n), f, partial(_from_runs, file, runs[n])) for n, f in files.items()]


def marks(file: Path, classes: ClassMap, _: Grouping) -> list[Item]:
    """Boxes that a person drew: CSV with name, split, what, x, y, width, height. Pictures are beside it or in the config's `images`.

    `skelp_training.data.boxes` finds the defect inside a box.
    """
    of = defaultdict(list)
    split: dict[str, str] = {}
    for r in rows_of(file, ("name", "split", "what", "x", "y", "width", "height")):
        box = (int(r["x"]), int(r["y"]), int(r["width"]), int(r["height"]))
        of[r["name"]].append(LabelledBox(classes(r["what"], file), *box))
        split[r["name"]] = r["split"]
    return [Item(Path(n).stem, n, split[n], file.parent / n, partial(mask_from_boxes, boxes=of[n])) for n in of]


def image_labels(folder: Path, classes: ClassMap, grouping: Grouping) -> list[Item]:
    """images/ and index.csv with name and class: each picture shows one defect of that class, found by its contrast."""
    files, items = image_files(folder / "images"), []
    for row in rows_of(folder / "index.csv", ("name", "class")):
        whole = partial(_whole, classes(row["class"], folder / "index.csv"))
        items.append(Item(row["name"], *grouping(row["name"]), files[Path(row["name"]).stem], whole))
    return items


def clean(folder: Path, _: ClassMap, grouping: Grouping) -> list[Item]:
    """A folder of pictures without a defect. In name order, the last `val_share` of them are `val`.

    Pictures that follow each other show the same steel and light, so the split is one cut and not a random draw.
    """
    files = image_files(folder)
    first_val = round(len(files) * (1 - grouping.val_share))
    return [Item(n, n, "train" if at < first_val else "val", f, np.zeros_like) for at, (n, f) in enumerate(files.items())]


READERS: dict[str, Callable[[Path, ClassMap, Grouping], list[Item]]] = {
    "own": own,
    "masks": mask_folders,
    "coco": coco,
    "severstal": severstal,
    "marks": marks,
    "image-labels": image_labels,
    "clean": clean,
}


def rows_of(file: Path, needed: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a CSV with a header. Raises SkelpError if a needed column is missing."""
    try:
        with file.open(newline="", encoding="utf-8-sig") as f:
            reader = csv.DictReader(f)
            missing = [n for n in needed if n not in (reader.fieldnames or [])]
            if missing:
                raise SkelpError(f"{file} has no column {', '.join(missing)}; it has {', '.join(reader.fieldnames or ['none'])}")
            return list(reader)
    except OSError as error:
        raise SkelpError(f"{file} cannot be read: {error.strerror}") from error


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SkelpError(f"{file} cannot be read as JSON: {error}") from error


def _table(file: Path, classes: ClassMap) -> U8:
    """Mask value to model class id, uint8 [256]."""
    table = np.zeros(256, np.uint8)
    for value, name in _json(file).items():
        table[int(value)] = classes(name, file)
    return table


def _from_file(file: Path, table: U8, image: U8) -> U8:
    del image
    return np.asarray(table[read_grey(file)], np.uint8)


def _from_coco(annotations: Iterable[dict[str, Any]], ids: dict[int, int], image: U8) -> U8:
    h, w = image.shape
    mask = np.full((h, w), SOUND, np.uint8)
    for a in annotations:
        shape = a["segmentation"]
        if isinstance(shape, list):
            run = coco_mask.merge(coco_mask.frPyObjects(shape, h, w))
        else:
            run = coco_mask.frPyObjects(shape, h, w) if isinstance(shape["counts"], list) else shape
        mask[coco_mask.decode(run) > 0] = 255 if a.get("iscrowd") else ids[a["category_id"]]
    return mask


def _from_runs(file: Path, runs: Iterable[tuple[int, str]], image: U8) -> U8:
    flat = np.zeros(image.size, np.uint8)
    for class_id, text in runs:
        numbers = np.array(text.split(), np.int64)
        if len(numbers) % 2 or (len(numbers) and (numbers[0::2] + numbers[1::2] - 1).max() > image.size):
            raise SkelpError(f"{file}: runs that do not fit a picture of {image.shape[1]} x {image.shape[0]} px: {text[:40]}...")
        for start, length in numbers.reshape(-1, 2).tolist():
            flat[start - 1 : start - 1 + length] = class_id
    return np.ascontiguousarray(flat.reshape(image.shape[::-1]).T)


def _whole(class_id: int, image: U8) -> U8:
    h, w = image.shape
    return mask_from_boxes(image, [LabelledBox(SOUND, 0, 0, w, h), LabelledBox(class_id, 0, 0, w, h)])
