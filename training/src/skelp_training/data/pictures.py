"""One labelled picture: where it is, which split it belongs to, what its mask means."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp.domain.errors import SkelpError

U8 = NDArray[np.uint8]

SOUND, UNSURE = 0, 255
"""Mask values beside the model's class ids: sound steel, and pixels whose class nobody knows. Loss and metrics leave UNSURE out."""


@dataclass(frozen=True)
class Sample:
    """A grey picture uint8 [h, w] and its mask of model class ids (SOUND and UNSURE included), of the same shape.

    `piece`: it was cut from within the strip, so what is dark at its border is steel and not what lies beside the strip.
    """

    name: str
    image: U8
    mask: U8
    piece: bool = False


@dataclass(frozen=True)
class Item:
    """A picture on disk. All pictures of a `group` (a plate, a coil) are in one split; `mask` makes the mask for the picture.

    `piece` as in Sample.
    """

    name: str
    group: str
    split: str
    file: Path
    mask: Callable[[U8], U8]
    piece: bool = False

    def load(self) -> Sample:
        """Read picture and mask. Raises SkelpError if either is broken or they differ in size."""
        image = read_grey(self.file)
        mask = self.mask(image)
        if mask.shape != image.shape:
            raise SkelpError(f"{self.file} is {image.shape} px, its mask {mask.shape}; export the mask again at the picture's size")
        return Sample(self.name, image, mask, self.piece)


@dataclass(frozen=True)
class ClassMap:
    """Class names of a data set to ids of the model. `renames` maps a name to a model's class, to `sound` or to `unsure`."""

    ids: Mapping[str, int]
    renames: Mapping[str, str]

    def __call__(self, name: str, where: Path) -> int:
        """The model's id. Raises SkelpError for a name without an id: a defect must never silently become sound steel."""
        known = {**self.ids, "background": SOUND, "sound": SOUND, "clean": SOUND, "unsure": UNSURE}
        target = self.renames.get(name, name)
        if target not in known:
            raise SkelpError(
                f"{where}: class '{name}' is not one of the model's ({', '.join(self.ids)}); "
                f'say what it is in the config: classes = {{ {name} = "..." }}, one of these, "sound" or "unsure"'
            )
        return known[target]


def marked(mask: U8) -> NDArray[np.bool_]:
    """Where a mask marks a defect: neither SOUND nor UNSURE."""
    return np.asarray((mask != SOUND) & (mask != UNSURE), np.bool_)


def read_grey(path: Path) -> U8:
    """A picture as uint8 [h, w]. Raises SkelpError if the file is not a picture."""
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise SkelpError(f"{path} is not an image that can be read; remove it or take it out of the set")
    return np.asarray(image, np.uint8)


def image_files(folder: Path) -> dict[str, Path]:
    """Pictures of a folder by name without suffix, in name order. Raises SkelpError if the folder is missing or empty."""
    if not folder.is_dir():
        raise SkelpError(f"there is no folder {folder}; a set has its pictures in images/ (see docs/training.md)")
    found = {p.stem: p for p in sorted(folder.iterdir()) if p.suffix.lower() in {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff"}}
    if not found:
        raise SkelpError(f"{folder} holds no picture")
    return found


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
