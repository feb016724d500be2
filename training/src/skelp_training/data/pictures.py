"""One labelled picture: where it is, which split it belongs to, what its mask means."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp.domain.errors import SkelpError
from skelp.pictures.depth import PLAIN, Reading
from skelp.pictures.reader import read_grey

U8 = NDArray[np.uint8]

SOUND, UNSURE = 0, 255
"""Mask values beside the model's class ids: sound steel, and pixels whose class nobody knows. Loss and metrics leave UNSURE out."""

DARK_DN = 20
"""Darker pixels are no steel."""
_ID_DIGITS = 16
_NO_DEFECT = {"background": SOUND, "_background_": SOUND, "배경": SOUND, "sound": SOUND, "clean": SOUND, "unsure": UNSURE}
"""Names that every set may use, in small or capital letters."""


@dataclass(frozen=True)
class Sample:
    """A grey picture uint8 [h, w] and its mask of model class ids (SOUND and UNSURE included), of the same shape.

    `piece`: it was cut from within the strip, so what is dark at its border is steel and not what lies beside the strip. `group`: as in
    Item; without one, the picture is its own group. `id`: of the picture on disk (`picture_id`); "" of one that was made.
    """

    name: str
    image: U8
    mask: U8
    piece: bool = False
    group: str = ""
    id: str = ""


@dataclass(frozen=True)
class Item:
    """A picture on disk. All pictures of a `group` (a plate, a coil) are in one split; `mask` makes the mask for the picture.

    `piece` as in Sample. `reading`: what the user states about files deeper than 8 bits.
    """

    name: str
    group: str
    split: str
    file: Path
    mask: Callable[[U8], U8]
    piece: bool = False
    reading: Reading = PLAIN

    def picture(self) -> U8:
        """Read the picture alone. Raises SkelpError if it cannot be read."""
        return read_grey(self.file, self.reading)

    def load(self) -> Sample:
        """Read picture and mask. Raises SkelpError if either is broken or they differ in size."""
        image = self.picture()
        mask = self.mask(image)
        if mask.shape != image.shape:
            sizes = [f"{shape[1]} x {shape[0]} px" for shape in (image.shape, mask.shape)]
            raise SkelpError(f"{self.file} is {sizes[0]}, its mask {sizes[1]}; export the mask again at the picture's size")
        return Sample(self.name, image, mask, self.piece, self.group, picture_id(image))


def picture_id(image: U8) -> str:
    """What a model file calls a picture, uint8 [h, w]: the beginning of the hash of its size and pixels."""
    return hashlib.sha256(f"{image.shape}".encode() + image.tobytes()).hexdigest()[:_ID_DIGITS]


@dataclass(frozen=True)
class ClassMap:
    """Class names of a data set to ids of the model. `renames` maps a name to a model's class, to `sound` or to `unsure`."""

    ids: Mapping[str, int]
    renames: Mapping[str, str]

    def __call__(self, name: str, where: Path) -> int:
        """The model's id. Raises SkelpError for a name without an id: a defect must never silently become sound steel."""
        target = self.renames.get(name, name)
        found = _no_defect(target)
        found = self.ids.get(target) if found is None else found
        if found is None:
            raise SkelpError(
                f"{where}: class '{name}' is not one of the model's ({', '.join(self.ids)}); "
                f'say what it is in the config: classes = {{ {name} = "..." }}, one of these, "sound" or "unsure"'
            )
        return found


class EveryClass:
    """Accepts every class name of a set and numbers the classes, for a check that needs no model. `renames` as in ClassMap."""

    def __init__(self, renames: Mapping[str, str]) -> None:
        self._renames = renames
        self._ids: dict[str, int] = {}

    def __call__(self, name: str, where: Path) -> int:
        """The class's number. Raises SkelpError if a set has more classes than a mask has values."""
        target = self._renames.get(name, name)
        no_defect = _no_defect(target)
        if no_defect is not None:
            return no_defect
        found = self._ids.setdefault(target, len(self._ids) + 1)
        if found >= UNSURE:
            raise SkelpError(f"{where} has more than {UNSURE - 1} classes; map those that are one to one name with --class NAME=CLASS")
        return found

    @property
    def names(self) -> dict[int, str]:
        """Names by number."""
        return {n: name for name, n in self._ids.items()}


ClassIds = Callable[[str, Path], int]
"""Gives the id of a class name of a set; the path is the label file, for messages. Raises SkelpError for a name that is not known."""


def _no_defect(name: str) -> int | None:
    return _NO_DEFECT.get(composed_name(name).strip().casefold())


def composed_name(name: str) -> str:
    """A name in Unicode's composed form (NFC). A Mac writes file names in the other one, and labels have either."""
    return unicodedata.normalize("NFC", name)


def layered(shape: tuple[int, ...], layers: Iterable[tuple[int, NDArray[np.bool_]]]) -> U8:
    """A mask of `shape` from class ids and where they are marked, bool of `shape`. What is not marked is SOUND.

    Pixels that are marked as two classes are UNSURE: nobody knows which is right. A class lies over what is marked as unsure.
    """
    mask = np.full(shape, SOUND, np.uint8)
    claimed, twice, unsure = (np.zeros(shape, np.bool_) for _ in range(3))
    for class_id, inside in layers:
        if class_id == UNSURE:
            unsure |= inside
            continue
        twice |= inside & claimed & (mask != class_id)
        claimed |= inside
        mask[inside] = class_id
    mask[twice | (unsure & ~claimed)] = UNSURE
    return mask


def marked(mask: U8) -> NDArray[np.bool_]:
    """Where a mask marks a defect: neither SOUND nor UNSURE."""
    return np.asarray((mask != SOUND) & (mask != UNSURE), np.bool_)


def free_steel(image: U8, mask: U8) -> NDArray[np.bool_]:
    """Where something may be drawn: on sound steel. What is darker than DARK_DN over 9 px is no steel."""
    return np.asarray((mask == SOUND) & (cv2.blur(image, (9, 9)) > DARK_DN), np.bool_)


def split_of(group: str, val_share: float) -> str:
    """`train` or `val`, from the group's name alone: the same on every machine and for every picture of the group."""
    number = int.from_bytes(hashlib.sha256(group.encode()).digest()[:4], "big")
    return "val" if number / 2**32 < val_share else "train"


def in_split(items: Sequence[Item], split: str, where: Path) -> list[Item]:
    """Items of one split. Raises SkelpError if there is none."""
    found = [i for i in items if i.split == split]
    if not found:
        raise SkelpError(f"{where} has no picture in split '{split}'; it has {sorted({i.split for i in items})}")
    return found
