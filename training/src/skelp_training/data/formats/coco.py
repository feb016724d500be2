"""COCO annotation files: polygons and run lengths, compressed or not."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from skelp.domain.errors import SkelpError
from skelp.pictures.depth import Exif
from skelp.pictures.listing import LeftOut, Why, list_pictures
from skelp.pictures.samples import read_header
from skelp_training.data.formats.foreign import recognised
from skelp_training.data.formats.shapes import Shape, shape_of
from skelp_training.data.formats.text import read_json
from skelp_training.data.labels import Asked, Labels, checked_split, defects
from skelp_training.data.pictures import U8, UNSURE, Item, composed_name, layered

Record = dict[str, Any]


def coco(file: Path, asked: Asked) -> Labels:
    """A COCO file. A picture without an annotation is sound; crowd regions and pixels of two classes are unsure.

    A picture's own `group` and `split` are used where the file has them.
    """
    body = read_json(file, "annotation file")
    other = recognised(file, body)
    if other:
        raise SkelpError(other)
    images, categories, annotations = (_list(file, body, key) for key in ("images", "categories", "annotations"))
    used = {a["category_id"] for a in annotations if isinstance(a.get("category_id"), int | str)}
    classes = [c for c in categories if not _is_group(c, categories, used)]
    if not classes:
        raise SkelpError(f"{file} has no category, so every picture would be sound; if that is so, read the pictures with --format clean")
    ids = {_id(file, "category", c): asked.classes(_text(file, "category", c, "name"), file) for c in classes}
    finder = _Finder(file, asked.images)
    by_image: dict[Hashable, list[Shape]] = {_id(file, "image", i): [] for i in images}
    _check_once(file, "image", [_id(file, "image", i) for i in images])
    _check_once(file, "category", [_id(file, "category", c) for c in categories])
    _check_once(file, "annotation", [a["id"] for a in annotations if "id" in a])
    sizes = {_id(file, "image", i): (i, finder.find(_text(file, "image", i, "file_name"))) for i in images}
    shape = {key: _checked_size(file, image, path, asked.reading.exif) for key, (image, path) in sizes.items()}
    for n, a in enumerate(annotations):
        where = f"{file}: annotation {a.get('id', f'number {n + 1}')}"
        image, category = a.get("image_id"), a.get("category_id")
        if not isinstance(image, Hashable) or image not in by_image:
            raise SkelpError(f"{where}: no image has the id {image!r:.40}, so its defect belongs to no picture; correct image_id")
        if not isinstance(category, Hashable) or category not in ids:
            raise SkelpError(f"{where}: no category has the id {category!r:.40}; add it to categories or correct category_id")
        class_id = UNSURE if _is_crowd(a, where) else ids[category]
        by_image[image].append(shape_of(a, class_id, shape[image], where))
    items = [_item(asked, file, image, path, by_image[key]) for key, (image, path) in sizes.items()]
    _check_once(file, "picture", [i.name for i in items])
    return Labels(tuple(items), defects(ids.values()), finder.left_out(i.file for i in items))


def _item(asked: Asked, file: Path, image: Record, path: Path, shapes: Sequence[Shape]) -> Item:
    group, split = image.get("group"), image.get("split")
    split = None if split is None else checked_split(str(split), f"{file}: image {image['id']}")
    return asked.item(composed_name(path.stem), path, partial(_drawn, shapes), group=None if group is None else str(group), split=split)


def _drawn(shapes: Sequence[Shape], image: U8) -> U8:
    lines, width = image.shape
    return layered((lines, width), ((s.class_id, s.inside(lines, width)) for s in shapes))


def _is_group(category: Record, categories: Sequence[Record], used: AbstractSet[Any]) -> bool:
    """Whether a category is only the group of others, as Roboflow writes its category 0: no annotation has it."""
    name = category.get("name")
    others = [c.get("supercategory") for c in categories if c is not category]
    return isinstance(name, str) and name in others and category.get("id") not in used


def _is_crowd(annotation: Record, where: str) -> bool:
    found = annotation.get("iscrowd", 0)
    if found not in (None, 0, 1):
        raise SkelpError(f"{where}: iscrowd is {found!r:.40}; it must be 0 for a defect or 1 for a region that nobody outlined")
    return bool(found)


class _Finder:
    """Finds pictures where annotation tools put them: beside the file, in images/ beside it or beside its folder, at any depth."""

    def __init__(self, file: Path, images: Path | None) -> None:
        self._file = file
        self._roots = [images] if images else [file.parent, file.parent / "images", file.parent.parent / "images"]
        self._by_name: dict[str, list[Path]] | None = None

    def find(self, name: str) -> Path:
        """The picture's path. Raises SkelpError if there is none, or more than one of that name."""
        parts = PurePosixPath(name.replace("\\", "/"))
        for root in self._roots:
            for path in (root / parts, root / parts.name):
                if os.path.isfile(path):  # Path.is_file raises if the name is too long
                    return path
        if self._by_name is None:
            self._by_name = defaultdict(list)
            for root in self._roots[1:] or self._roots:
                for path in sorted(root.rglob("*")) if root.is_dir() else ():
                    self._by_name[composed_name(path.name)].append(path)
        found = self._by_name[composed_name(parts.name)]
        if len(found) == 1:
            return found[0]
        places = ", ".join(str(r) for r in self._roots)
        what = f"is {len(found)} times in" if found else "is not in"
        raise SkelpError(f"{self._file} names {name}, which {what} {places}; say where the pictures are with --images")

    def left_out(self, used: Iterable[Path]) -> tuple[LeftOut, ...]:
        """What is in the folders of the pictures that are used, and is not used."""
        files = {f.resolve() for f in used}
        found: list[LeftOut] = []
        for folder in sorted({f.parent for f in files}):
            listing = list_pictures([folder], order="natural")
            found += [x for x in listing.left_out if x.pictures or x.why is Why.OTHER]
            found += [LeftOut(f.name, Why.UNLABELLED, 1) for f in listing.files if f.resolve() not in files]
        return tuple(x for x in found if x.file != self._file.name)


def _checked_size(file: Path, image: Record, path: Path, exif: Exif) -> tuple[int, int]:
    """Lines and width of the picture. Raises SkelpError if the annotation file has another size: its outlines are somewhere else."""
    header = read_header(path, exif)
    if header.fault:
        raise SkelpError(f"{path}", header.fault)
    said = (image.get("height"), image.get("width"))
    if said not in ((None, None), (header.lines, header.width)):
        raise SkelpError(
            f"{file}: {path.name} is {header.width} x {header.lines} px, but it was annotated as {said[1]!r:.12} x {said[0]!r:.12} px; "
            "export the annotations for the pictures as they are, or give the pictures that were annotated"
        )
    return header.lines, header.width


def _list(file: Path, body: Any, key: str) -> list[Record]:
    found = body.get(key) if isinstance(body, dict) else None
    if not isinstance(found, list) or not all(isinstance(x, dict) for x in found):
        raise SkelpError(f"{file} is not a COCO file: it has no list '{key}' of objects; export it as COCO instances")
    return found


def _id(file: Path, what: str, record: Record) -> Hashable:
    found = record.get("id")
    if isinstance(found, bool) or not isinstance(found, int | str):
        raise SkelpError(f"{file}: the {what} {record!r:.80} needs an id, a whole number or a text")
    return found


def _text(file: Path, what: str, record: Record, key: str) -> str:
    found = record.get(key)
    if not isinstance(found, str) or not found.strip():
        raise SkelpError(f"{file}: {what} {record.get('id')} needs a {key}")
    return found


def _check_once(file: Path, what: str, ids: Sequence[Any]) -> None:
    seen: set[str] = set()
    for found in ids:
        if repr(found) in seen:
            raise SkelpError(f"{file}: {what} {found!r:.60} is there twice; give each {what} its own")
        seen.add(repr(found))
