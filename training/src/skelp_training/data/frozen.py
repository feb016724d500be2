"""Frozen sets: the pictures that models are compared on, with a hash of everything that the figures depend on."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field

from skelp.domain.errors import SkelpError
from skelp.validation import STRICT, load
from skelp_training.config import DataSet
from skelp_training.data.pictures import Item, in_split
from skelp_training.data.pools import items_of


class FrozenSet(DataSet):
    """One split of a data set, without the pictures named in `without`, and its hash at the time of freezing.

    `pieces`: its pictures were cut from within the strip (see Sample). `outlines`: whether its masks follow the defects closely enough
    that pixels may be compared; if not, models are compared by objects and regions alone.
    """

    split: str = "val"
    pieces: bool = False
    outlines: bool = True
    without: tuple[str, ...] = ()
    sha256: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""


class _Sets(BaseModel):
    """The file."""

    model_config = STRICT

    set: tuple[FrozenSet, ...] = ()


@dataclass(frozen=True)
class Frozen:
    """The sets of a TOML file with [[set]] tables. Relative paths count from the file's folder."""

    file: Path
    sets: tuple[FrozenSet, ...]

    @staticmethod
    def load(file: Path) -> Frozen:
        """Raises SkelpError if the file cannot be read or describes no set."""
        sets = load(file, _Sets, "file of frozen sets", "write one [[set]] with name, format, path and split").set
        if not sets:
            raise SkelpError(f"{file} names no set; write one [[set]] with name, format, path and split")
        if twice := [name for name, n in Counter(s.name for s in sets).items() if n > 1]:
            raise SkelpError(f"{file} names the set {twice[0]} twice, so one would stand for both; give each [[set]] its own name")
        return Frozen(file, sets)

    def items(self, frozen: FrozenSet, class_ids: dict[str, int]) -> list[Item]:
        """The pictures of one set, checked against its hash. Raises SkelpError if they changed or were never frozen."""
        items = in_split(items_of(frozen, class_ids), frozen.split, frozen.location or self.file)
        items = sorted((replace(i, piece=frozen.pieces) for i in items if i.name not in frozen.without), key=lambda i: i.name)
        found = fingerprint(items)
        if not frozen.sha256:
            raise SkelpError(f'{self.file}: set {frozen.name} is not frozen yet; look at it, then write sha256 = "{found}" into the file')
        if found != frozen.sha256:
            raise SkelpError(
                f"{self.file}: set {frozen.name} has changed since it was frozen (sha256 {found}); models are compared on the same "
                "pictures and masks only: bring the old ones back, or freeze the new ones and compare champion and challenger again"
            )
        return items


def fingerprint(items: list[Item]) -> str:
    """Hash of names, groups, pictures and masks."""
    digest = hashlib.sha256()
    for item in items:
        sample = item.load()
        digest.update(f"{item.name} {item.group} {sample.image.shape} ".encode())
        digest.update(sample.image.tobytes() + sample.mask.tobytes())
    return digest.hexdigest()


def freeze(file: Path, data: DataSet, split: str, class_ids: dict[str, int], *, pieces: bool = False) -> None:
    """Write a file that freezes one split of `data` as it is now. Raises SkelpError if the file exists: frozen sets never change.

    `pieces` as in FrozenSet.
    """
    if file.exists():
        raise SkelpError(f"{file} exists already, and a frozen set never changes: compare without --freeze, or name another file")
    one = FrozenSet.model_validate({**data.model_dump(), "split": split})
    items = sorted(in_split(items_of(one, class_ids), split, data.path or file), key=lambda i: i.name)
    keys: dict[str, Any] = {**data.model_dump(mode="json", exclude_defaults=True), "split": split, "sha256": fingerprint(items)}
    keys |= {"pieces": True} if pieces else {}
    for key in ("path", "images", "marks"):
        if key in keys and not Path(keys[key]).is_absolute():
            keys[key] = os.path.relpath(keys[key], file.parent)
    classes = keys.pop("classes", {})
    lines = ["[[set]]", *(f"{k} = {json.dumps(v)}" for k, v in keys.items())]
    lines += ["[set.classes]", *(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in classes.items())] if classes else []
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
