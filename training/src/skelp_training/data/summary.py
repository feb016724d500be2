"""What a labelled set contains: pictures, objects and pixels of each class, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from skelp.domain.errors import SkelpError
from skelp.pictures.listing import LeftOut, left_out_names
from skelp_training.config import TrainConfig
from skelp_training.data.labels import Labels
from skelp_training.data.pictures import SOUND, UNSURE, Sample
from skelp_training.data.pools import Pool

ClassNames = Mapping[int, str]
"""Names of the defect classes by id."""


@dataclass
class Contents:
    """Counts of a set. `objects`: connected regions, by class id. `pixels`: by mask value, SOUND and UNSURE included."""

    name: str
    left_out: tuple[LeftOut, ...] = ()
    pictures: Counter[str] = field(default_factory=Counter)
    objects: Counter[int] = field(default_factory=Counter)
    pixels: Counter[int] = field(default_factory=Counter)
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    dropped: int = 0

    def add(self, sample: Sample, split: str) -> None:
        """Count a picture and its mask."""
        self.pictures[split] += 1
        self.sizes[sample.image.shape[0], sample.image.shape[1]] += 1
        values, counts = np.unique(sample.mask, return_counts=True)
        for value, count in zip(values.tolist(), counts.tolist(), strict=True):
            self.pixels[value] += count
            if value not in (SOUND, UNSURE):
                self.objects[value] += _regions(sample.mask == value)

    @property
    def marked(self) -> frozenset[int]:
        """Ids of the classes that have a pixel."""
        return frozenset(self.objects)

    def rows(self, names: ClassNames) -> list[tuple[str, str]]:
        """The counts in words, a row each."""
        splits = ", ".join(f"{n} {split}" for split, n in sorted(self.pictures.items())) or "none"
        total = max(1, sum(self.pixels.values()))
        rows = [("pictures", splits)]
        for class_id, name in sorted(names.items()):
            rows.append((name, f"{self.objects[class_id]} objects, {self.pixels[class_id]} px ({self.pixels[class_id] / total:.4%})"))
        rows += [(name, f"{self.pixels[value] / total:.2%} of the pixels") for value, name in ((SOUND, "sound"), (UNSURE, "unsure"))]
        if len(self.sizes) > 1:
            (lines, width), usual = self.sizes.most_common(1)[0]
            rows.append(("sizes", f"{usual} of {width} x {lines} px, {self.sizes.total() - usual} of {len(self.sizes) - 1} other sizes"))
        if self.dropped:
            rows.append(("dropped", f"{self.dropped} pictures: wholly unsure, or with a defect in a set of only_clean"))
        if self.left_out:
            rows.append(("left out", left_out_names(self.left_out)))
        return rows


def summarise_pools(config: TrainConfig, pools: Sequence[Pool], held_out: Sequence[Pool]) -> list[Contents]:
    """The contents of each set that is trained or validated on.

    Raises SkelpError if a set defines a class that none of its pictures shows, or if no training picture shows a class of the model and
    it is not drawn on them either.
    """
    names = {n: name for name, n in config.class_ids.items()}
    absent = {d.name: d.absent for d in config.data}
    found: dict[str, Contents] = {}
    for split, some in (("train", pools), ("val", held_out)):
        for pool in some:
            contents = found.setdefault(pool.name, Contents(pool.name, pool.labels.left_out))
            for sample in pool.samples:
                contents.add(sample, split)
            contents.dropped += pool.dropped
    for pool in pools:
        check_classes(pool.labels, names, found[pool.name].marked, absent[pool.name], pool.name)
    learned = {int(v) for pool in pools for n in pool.with_defects for v in np.unique(pool.samples[n].mask)} | config.drawn_ids
    never = [name for n, name in sorted(names.items()) if n not in learned]
    if never:
        raise SkelpError(
            f"no pixel of the training pictures is marked as {', '.join(never)}, so the model cannot learn it; add labelled pictures, or "
            "remove the class from [card]"
        )
    return list(found.values())


def check_classes(labels: Labels, names: ClassNames, seen: Iterable[int], absent: Iterable[str], where: str) -> None:
    """Stop if the label file defines a class that no picture of the whole set shows: its labels were lost on the way.

    `seen`: classes that are known to have a pixel. The other pictures are read only until each class is found. `absent`: names of
    classes of which the user says that no picture shows them. Raises SkelpError.
    """
    missing = {c for c in labels.declared if names.get(c) not in set(absent)} - set(seen)
    for item in labels.items if missing else ():
        missing -= set(np.unique(item.load().mask).tolist())
        if not missing:
            return
    if missing:
        lost = ", ".join(sorted(names.get(c, str(c)) for c in missing))
        raise SkelpError(
            f"{where}: no pixel of {len(labels.items)} pictures is marked as {lost}, although the labels define it; look at the labels "
            f'(skelp data check), or say that no picture shows it: --absent {lost.split(", ")[0]}, in a config absent = ["..."]'
        )


def _regions(at: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> int:
    count, _ = cv2.connectedComponents(at.astype(np.uint8), connectivity=8)
    return int(count) - 1
