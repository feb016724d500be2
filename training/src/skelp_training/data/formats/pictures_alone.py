"""Sets without masks: boxes, a label for each picture, and pictures without a defect."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from skelp.domain.errors import SkelpError, suggestion
from skelp.pictures.depth import Exif
from skelp.pictures.samples import read_header
from skelp_training.data.boxes import LabelledBox, find_contrast, mask_from_boxes
from skelp_training.data.formats.shapes import LEAST_INSIDE, MOSTLY_OUTSIDE
from skelp_training.data.formats.text import Row, rows_of
from skelp_training.data.labels import Asked, Labels, Pictures, checked_split, defects
from skelp_training.data.pictures import SOUND, U8, UNSURE, ClassIds, composed_name


def marks(file: Path, asked: Asked) -> Labels:
    """Boxes that a person drew: CSV with name, split, what, x, y, width, height. Pictures are beside it or in the config's `images`.

    `skelp_training.data.boxes` finds the defect inside a box. A box that reaches beyond the picture is cut at its border.
    """
    folder = asked.images or file.parent
    boxes: dict[str, list[LabelledBox]] = defaultdict(list)
    split: dict[str, str] = {}
    pictures, files = Pictures.of(folder), dict[str, Path]()
    sizes: dict[str, tuple[int, int]] = {}
    for row in rows_of(file, ("name", "split", "what", "x", "y", "width", "height")):
        name, found = row.text("name"), checked_split(row.text("split"), row.where)
        if name not in sizes:
            exact = os.path.isfile(folder / name)  # Path.is_file raises if the name is too long
            files[name] = folder / name if exact else pictures.files[pictures.find(name, row.where)]
            sizes[name] = _size(files[name], asked.reading.exif)
        if split.setdefault(name, found) != found:
            raise SkelpError(f"{row.where}: {name} is in split {split[name]} above and in {found} here; a picture is in one split")
        boxes[name].append(_box(row, asked.classes(row.text("what"), file), sizes[name]))
    items = tuple(
        asked.item(composed_name(Path(n).stem), files[n], partial(mask_from_boxes, boxes=tuple(b)), group=n, split=split[n])
        for n, b in boxes.items()
    )
    declared = defects(b.class_id for found in boxes.values() for b in found)
    return Labels(items, declared, tuple(x for x in pictures.without(i.file.stem for i in items) if x.file != file.name))


def marks_over(labels: Labels, file: Path, classes: ClassIds, exif: Exif) -> Labels:
    """The labels with boxes of a CSV file (name, what, x, y, width, height) laid over them, where they say that steel is sound.

    Pixels with contrast inside a box get its class, the others around them are unsure, and the rest stays sound. Raises SkelpError for
    a row that names no picture.
    """
    boxes: dict[str, list[LabelledBox]] = defaultdict(list)
    by_name = {i.name: i for i in labels.items}
    for row in rows_of(file, ("name", "what", "x", "y", "width", "height")):
        item = by_name.get(composed_name(row.text("name")))
        if item is None:
            raise SkelpError(
                f"{row.where} names {row.text('name'):.60}, which is no picture of the set; {suggestion(row.text('name'), by_name)}"
            )
        boxes[item.name].append(_box(row, classes(row.text("what"), file), _size(item.file, exif)))
    items = tuple(replace(i, mask=partial(_over, i.mask, tuple(boxes[i.name]))) if i.name in boxes else i for i in labels.items)
    declared = defects(b.class_id for found in boxes.values() for b in found)
    return replace(labels, items=items, declared=labels.declared | declared)


def _over(own: Callable[[U8], U8], boxes: Sequence[LabelledBox], image: U8) -> U8:
    mask, (clear, slight) = own(image).copy(), find_contrast(image)
    for box in boxes:
        inside = np.s_[box.y : box.y + box.height, box.x : box.x + box.width]
        view = mask[inside]
        sound = view == SOUND
        view[sound & (slight[inside] > 0)] = UNSURE
        view[sound & (clear[inside] > 0)] = box.class_id
    return mask


def image_labels(folder: Path, asked: Asked) -> Labels:
    """images/ and index.csv with name and class: each picture shows one defect of that class, found by its contrast."""
    pictures, items, declared = Pictures.of(asked.images or folder / "images"), [], set()
    used: set[str] = set()
    for row in rows_of(folder / "index.csv", ("name", "class")):
        name = pictures.find(row.text("name"), row.where)
        if name in used:
            raise SkelpError(f"{row.where} names {name} again; a picture has one class here")
        used.add(name)
        class_id = asked.classes(row.text("class"), folder / "index.csv")
        declared.add(class_id)
        items.append(asked.item(row.text("name"), pictures.files[name], partial(_whole, class_id)))
    return Labels(tuple(items), defects(declared), pictures.without(used))


def clean(folder: Path, asked: Asked) -> Labels:
    """A folder of pictures without a defect. In natural order, the last `val_share` of them are `val`.

    Pictures that follow each other show the same steel and light, so the split is one cut and not a random draw.
    """
    pictures = Pictures.of(asked.images or folder)
    first_val = round(len(pictures.files) * (1 - asked.grouping.val_share))
    items = (
        asked.item(n, f, np.zeros_like, group=n, split="train" if at < first_val else "val")
        for at, (n, f) in enumerate(pictures.files.items())
    )
    return Labels(tuple(items), frozenset(), pictures.left_out)


def _size(file: Path, exif: Exif) -> tuple[int, int]:
    """Lines and width of a picture."""
    header = read_header(file, exif)
    if header.fault:
        raise SkelpError(f"{file}", header.fault)
    return header.lines, header.width


def _box(row: Row, class_id: int, size: tuple[int, int]) -> LabelledBox:
    x, y, width, height = (row.whole(key) for key in ("x", "y", "width", "height"))
    if width < 1 or height < 1:
        raise SkelpError(f"{row.where}: a box of {width} x {height} px; width and height are at least 1")
    left, top, right, bottom = max(x, 0), max(y, 0), min(x + width, size[1]), min(y + height, size[0])
    if left >= right or top >= bottom:
        raise SkelpError(f"{row.where}: the box lies outside the picture of {size[1]} x {size[0]} px; correct it")
    if LEAST_INSIDE * width * height > (right - left) * (bottom - top):
        raise SkelpError(f"{row.where}: most of the box lies outside the picture of {size[1]} x {size[0]} px; {MOSTLY_OUTSIDE}")
    return LabelledBox(class_id, left, top, right - left, bottom - top)


def _whole(class_id: int, image: U8) -> U8:
    h, w = image.shape
    return mask_from_boxes(image, [LabelledBox(SOUND, 0, 0, w, h), LabelledBox(class_id, 0, 0, w, h)])
