"""Masks: a picture of class values beside each picture. skelp's own format, and folders of masks without an index."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from skelp.domain.errors import SkelpError
from skelp.pictures.reader import LabelValues, read_label_values
from skelp_training.data.formats.text import read_json, rows_of
from skelp_training.data.labels import Asked, Labels, Pictures, checked_split, defects
from skelp_training.data.pictures import U8, ClassIds, Item

Table = dict[int, int]
"""Mask value to model class id."""
_MOST = 65535
_VOC_BORDER = 255


def own(folder: Path, asked: Asked) -> Labels:
    """images/, masks/NAME.png, classes.json and index.csv with name, group, split."""
    table = _table(folder / "classes.json", asked.classes)
    pictures, items = Pictures.of(asked.images or folder / "images"), list[Item]()
    for row in rows_of(folder / "index.csv", ("name", "group", "split")):
        name = pictures.find(row.text("name"), row.where)
        mask = partial(_from_file, folder / "masks" / f"{name}.png", table)
        split = checked_split(row.text("split"), row.where)
        items.append(asked.item(name, pictures.files[name], mask, group=row.text("group"), split=split))
    _check_once(folder / "index.csv", items)
    return Labels(tuple(items), defects(table.values()), pictures.without(i.name for i in items))


def mask_folders(folder: Path, asked: Asked) -> Labels:
    """images/ and masks/ with the same names, and classes.json (value to name); no index."""
    table = _table(folder / "classes.json", asked.classes)
    pictures, masks = Pictures.of(asked.images or folder / "images"), Pictures.of(folder / "masks")
    alone = sorted(set(masks.files) - set(pictures.files))
    if alone:
        more = f" and {len(alone) - 1} more" if len(alone) > 1 else ""
        raise SkelpError(f"{masks.files[alone[0]]}{more}: no picture of that name is in {pictures.folder}; give both the same name")
    items = []
    for name, file in pictures.files.items():
        if name not in masks.files:
            raise SkelpError(f"{file} has no mask in {folder / 'masks'}; give a picture without a defect a mask of zeros")
        items.append(asked.item(name, file, partial(_from_file, masks.files[name], table)))
    return Labels(tuple(items), defects(table.values()), pictures.left_out)


def _check_once(file: Path, items: list[Item]) -> None:
    seen: set[str] = set()
    for item in items:
        if item.name in seen:
            raise SkelpError(f"{file} names {item.name} twice; remove one row")
        seen.add(item.name)


def _table(file: Path, classes: ClassIds) -> Table:
    """Reads classes.json: an object of mask values and class names."""
    body = read_json(file, "file of classes")
    if not isinstance(body, dict) or not body:
        raise SkelpError(f'{file} must be an object of mask values and names, as in {{"0": "background", "1": "scratch"}}')
    table: Table = {}
    for value, name in body.items():
        if not (value.isascii() and value.isdigit() and int(value[:9]) <= _MOST):
            raise SkelpError(f"{file}: '{value}' is no mask value; values are whole numbers from 0 to {_MOST}, in quotes")
        if not isinstance(name, str):
            raise SkelpError(f"{file}: the class of value {value} must be a name, got {name!r:.40}")
        if int(value) in table:
            raise SkelpError(f"{file}: value {int(value)} is there twice; remove one")
        table[int(value)] = classes(name, file)
    return table


def _from_file(file: Path, table: Table, image: U8) -> U8:
    del image
    if not file.is_file():
        raise SkelpError(f"there is no mask {file}; give a picture without a defect a mask of zeros")
    found = read_label_values(file)
    least, most = int(found.values.min(initial=0)), int(found.values.max(initial=0))
    if least < 0 or most > _MOST:
        raise SkelpError(f"{file} has the value {least if least < 0 else most}; mask values are from 0 to {_MOST}; export it again")
    lookup = np.full(most + 1, -1, np.int16)
    for value, class_id in table.items():
        if value <= most:
            lookup[value] = class_id
    mask = lookup[found.values]
    if (mask < 0).any():
        raise SkelpError(_unknown(file, found, table, found.values[mask < 0]))
    return np.asarray(mask, np.uint8)


def _unknown(file: Path, found: LabelValues, table: Table, pixels: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> str:
    values = np.unique(pixels).tolist()
    known = ", ".join(map(str, sorted(table)))
    hint = "add it to classes.json, or export the mask again"
    if found.palette and values == [_VOC_BORDER]:
        hint = 'in masks of Pascal VOC it is the border that nobody labelled: add "255": "unsure" to classes.json'
    elif values == [0]:
        hint = 'if it is sound steel, add "0": "background" to classes.json'
    elif set(np.unique(found.values).tolist()) <= {0, 255}:
        hint = 'this is a mask of 0 and 255: add "255" with the name of its class to classes.json'
    elif found.palette:
        hint = "the mask has a palette, whose indices are the values: add them to classes.json"
    shown = ", ".join(map(str, values[:5])) + (", ..." if len(values) > 5 else "")
    return f"{file}: {len(pixels)} pixels have the value {shown}, which classes.json does not know (it has {known}); {hint}"
