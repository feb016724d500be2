"""What a reader of labels is asked for, and what it gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from skelp.domain.errors import SkelpError
from skelp.pictures.depth import PLAIN, Reading
from skelp.pictures.listing import LeftOut, Why, list_pictures
from skelp_training.data.pictures import SOUND, U8, UNSURE, ClassIds, Item, composed_name, split_of

SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class Grouping:
    """Gives pictures a split by group. `pattern` finds the group in a picture's name; without a match each picture is its own group."""

    pattern: str = ""
    val_share: float = 0.2

    def __call__(self, name: str) -> tuple[str, str]:
        """Group and split of a picture."""
        found = self.match(name)
        group = (found.group(1) if found.groups() else found.group(0)) if found else name
        return group, split_of(group, self.val_share)

    def match(self, name: str) -> re.Match[str] | None:
        """Where the pattern finds a group in a picture's name."""
        return re.match(self.pattern, name) if self.pattern else None


@dataclass(frozen=True)
class Asked:
    """How labels are read: the model's classes, the split, the folder of pictures if it is not the usual one, the depth of pictures."""

    classes: ClassIds
    grouping: Grouping = field(default_factory=Grouping)
    images: Path | None = None
    reading: Reading = PLAIN

    def item(self, name: str, file: Path, mask: Callable[[U8], U8], *, group: str | None = None, split: str | None = None) -> Item:
        """An item. `group` and `split` None: by the grouping."""
        by_name = self.grouping(name)
        return Item(name, by_name[0] if group is None else group, by_name[1] if split is None else split, file, mask, reading=self.reading)


@dataclass(frozen=True)
class Labels:
    """The labelled pictures of a set. `declared`: ids of the defect classes that the label file defines. `left_out`: files not used."""

    items: tuple[Item, ...]
    declared: frozenset[int] = frozenset()
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class Pictures:
    """The pictures of a folder by name without suffix, in Unicode's composed form, and the files that are not pictures."""

    folder: Path
    files: dict[str, Path]
    left_out: tuple[LeftOut, ...]

    @staticmethod
    def of(folder: Path) -> Pictures:
        """Raises SkelpError if the folder is missing or empty, or two pictures have one name."""
        if not folder.is_dir():
            raise SkelpError(f"there is no folder {folder}; a set has its pictures in images/ (see docs/training.md)")
        listing = list_pictures([folder], order="natural")
        files: dict[str, Path] = {}
        for file in listing.files:
            other = files.setdefault(composed_name(file.stem), file)
            if other is not file:
                raise SkelpError(f"{other} and {file} have one name, so a label cannot say which it means; rename one of them")
        return Pictures(folder, files, listing.left_out)

    def find(self, name: str, where: str) -> str:
        """The key in `files` of a picture that a label names, with or without suffix. Raises SkelpError if it is not there."""
        composed = composed_name(PurePosixPath(name.replace("\\", "/")).name)
        for key in (composed, PurePosixPath(composed).stem):
            if key in self.files:
                return key
        raise SkelpError(f"{where} names {name:.60}, which is not in {self.folder}; say where the pictures are with --images")

    def without(self, used: Iterable[str]) -> tuple[LeftOut, ...]:
        """What is left out if only the pictures `used`, names without suffix, have labels."""
        known = {composed_name(n) for n in used}
        unlabelled = (LeftOut(f.name, Why.UNLABELLED, 1) for n, f in self.files.items() if n not in known)
        return (*self.left_out, *unlabelled)


def defects(ids: Iterable[int]) -> frozenset[int]:
    """Those of the ids that are defect classes."""
    return frozenset(ids) - {SOUND, UNSURE}


def checked_split(split: str, where: str) -> str:
    """The split. Raises SkelpError for a name that no command asks for: its pictures would be left out without a word."""
    if split not in SPLITS:
        raise SkelpError(f"{where}: split '{split}' is none; write one of {', '.join(SPLITS)}")
    return split
