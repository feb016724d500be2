"""The data sets of a config, read into memory: one pool of samples each."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from skelp.domain.errors import SkelpError, suggestion
from skelp_training.config import DataSet, TrainConfig
from skelp_training.data.augment import Variation
from skelp_training.data.formats.foreign import advice_for
from skelp_training.data.formats.pictures_alone import marks_over
from skelp_training.data.labels import Asked, Grouping, Labels
from skelp_training.data.pictures import U8, UNSURE, ClassMap, EveryClass, Item, Sample, in_split, marked, picture_id
from skelp_training.data.readers import READERS
from skelp_training.data.simulated import simulated


@dataclass(frozen=True)
class Pool:
    """The samples of one data set. `with_defects` are the indices of samples with a marked defect.

    `labels`: those of the whole set. `dropped`: pictures of the split that are wholly unsure, or have a defect in a set of `only_clean`.
    """

    name: str
    samples: tuple[Sample, ...]
    weight: float
    variation: Variation
    background: bool
    defect_share: float | None
    with_defects: tuple[int, ...]
    sha256: str
    steel: str = "known"
    labels: Labels = Labels(())  # noqa: RUF009 - it is frozen
    dropped: int = 0

    @property
    def picture_ids(self) -> frozenset[str]:
        """Its pictures on disk (`picture_id`)."""
        return frozenset(s.id for s in self.samples if s.id)

    @staticmethod
    def of(data: DataSet, samples: Sequence[Sample]) -> Pool:
        """Raises SkelpError if there is no sample."""
        if not samples:
            raise SkelpError(f"data set {data.name} gives no sample; check its path, split and only_clean")
        digest = hashlib.sha256()
        for s in samples:
            digest.update(s.image.tobytes() + s.mask.tobytes())
        with_defects = tuple(n for n, s in enumerate(samples) if marked(s.mask).any())
        return Pool(
            data.name,
            tuple(samples),
            data.weight,
            Variation(data.transpose, data.stretch, data.wild),
            data.background,
            data.defect_share,
            with_defects,
            digest.hexdigest(),
            data.steel,
        )


def labels_of(data: DataSet, classes: dict[str, int] | EveryClass) -> Labels:
    """The labels of a set, of all splits, for the classes of a model or for every class that the set names.

    Empty for simulated strip, which has no pictures on disk. Raises SkelpError if the labels cannot be read. The message says if they seem
    to be of another format.
    """
    if data.format == "simulated" or data.location is None:
        return Labels(())
    grouping = Grouping(data.group_pattern, data.val_share)
    known = classes if isinstance(classes, EveryClass) else ClassMap(classes, data.classes)
    named: set[str] = set()

    def class_of(name: str, where: Path) -> int:
        named.add(name)
        return known(name, where)

    asked = Asked(class_of, grouping, data.images_folder, data.reading)
    try:
        labels = READERS[data.format](data.location, asked)
        if data.marks_file:
            labels = marks_over(labels, data.marks_file, class_of, data.reading.exif)
    except SkelpError as error:
        advice = advice_for(data.location)
        if advice is None or f"--format {data.format}" in advice:
            raise
        raise SkelpError(f"{error}. {advice}", error.reason) from error
    _check_stated(data, labels, named, classes.names.values() if isinstance(classes, EveryClass) else classes)
    return labels


def _check_stated(data: DataSet, labels: Labels, named: Collection[str], classes: Collection[str]) -> None:
    """What is stated about a set must fit something. Raises SkelpError for a name or pattern that was probably misspelt.

    `named`: the class names of the set. `classes`: those of the model.
    """
    for name in set(data.classes) - set(named):
        hint = suggestion(name, named) if named else "it names none"
        raise SkelpError(f"{data.location} has no class '{name}', which was stated to be {data.classes[name]}; {hint}")
    for name in set(data.absent) - set(classes):
        raise SkelpError(f"{data.location}: '{name}', which was stated to be absent, is no class; {suggestion(name, classes)}")
    grouping = Grouping(data.group_pattern)
    if data.group_pattern and labels.items and not any(grouping.match(i.name) for i in labels.items):
        raise SkelpError(
            f"{data.location}: the group pattern '{data.group_pattern}' fits no picture, such as {labels.items[0].name}; without groups, "
            "pictures of one plate may be in both splits: correct it or leave it out"
        )


def items_of(data: DataSet, class_ids: dict[str, int]) -> list[Item]:
    """Every picture of a set, of all splits."""
    return list(labels_of(data, class_ids).items)


def held_out_that_taught(config: TrainConfig, taught: Collection[str]) -> frozenset[tuple[str, str]]:
    """(split, name) of the config's held-out pictures that are among `taught` (`picture_id`): a model was trained with other splits."""
    sets = [items_of(d, config.class_ids) for d in config.data] if taught else []
    return frozenset((i.split, i.name) for items in sets for i in items if i.split != "train" and picture_id(i.picture()) in taught)


def pools_of(
    config: TrainConfig, split: str = "train", names: Sequence[str] | None = None, without: Collection[tuple[str, str]] = ()
) -> list[Pool]:
    """Pools of one split: of the sets in `names` or of all sets, without the pictures (split, name) in `without`.

    Simulated strip is in `train` only.
    """
    pools = []
    for data in config.data:
        if names is not None and data.name not in names:
            continue
        if data.format == "simulated":
            if split == "train":
                side = config.train.crop * 5 // 4
                pools.append(Pool.of(data, list(simulated(data.seed, data.strips, data.crops, side, clean=data.clean))))
            continue
        labels = labels_of(data, config.class_ids)
        items = in_split(labels.items, split, data.location or config.out)
        samples = [_scaled(i.load(), data.scale) for i in items if (i.split, i.name) not in without]
        usable = kept = [s for s in samples if _has_sound(s.mask) and not (data.only_clean and marked(s.mask).any())]
        if split == "train" and data.pictures is not None:
            kept = sorted(kept, key=_by_chance)[: data.pictures]
        pools.append(replace(Pool.of(data, kept), labels=labels, dropped=len(samples) - len(usable)))
    return pools


def _by_chance(sample: Sample) -> bytes:
    """Sorts pictures by chance, the same way every time: the first few of a set are a sample of it."""
    return hashlib.sha256(f"draw {sample.name}".encode()).digest()


def _scaled(sample: Sample, scale: float) -> Sample:
    if scale == 1:
        return sample
    size = [round(s * scale) for s in sample.image.shape[::-1]]
    image = np.asarray(cv2.resize(sample.image, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    return replace(sample, image=image, mask=np.asarray(cv2.resize(sample.mask, size, interpolation=cv2.INTER_NEAREST), np.uint8))


def _has_sound(mask: U8) -> bool:
    return bool((mask != UNSURE).any())
