"""Leaks: training pictures that show the steel of held-out ones. Identical, flipped, turned and shifted crops are found.

Every pair is compared at all shifts and in the eight orientations: small pictures first, the full ones where the small ones
are suspicious.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from skelp.domain.errors import SkelpError
from skelp_training.config import TrainConfig
from skelp_training.data.correlation import Spectra, confirm, small_picture
from skelp_training.data.pictures import U8, Item, picture_id
from skelp_training.data.pools import items_of

_SMALL_SIDE, _LEAST_SIDE = 48, 16
"""Shorter side, px, that a picture of usual size has when it is compared first, and that the smallest picture has at least."""
_RULE = 2
"""Counts the changes of what is a leak: what was found by an earlier rule is looked for again."""
_SHOWN = 5
_SHAPES_CACHED = 4


@dataclass(frozen=True)
class Leak:
    """Two pictures of different splits that share steel: their correlation (`alike`, 0 to 1) on which share of a picture."""

    train: str
    held_out: str
    split: str
    alike: float
    overlap: float
    turned: int

    def __str__(self) -> str:
        turn = "" if not self.turned else f", turned {90 * (self.turned % 4)} degrees{' and mirrored' if self.turned >= 4 else ''}"
        return f"{self.train} and {self.held_out} share {self.overlap:.0%} of their steel (correlation {self.alike:.3f}{turn})"


def check_leaks(config: TrainConfig) -> frozenset[tuple[str, str]]:
    """(split, name) of the pictures to leave out. Raises SkelpError that names the pairs if the config says `check` and there are any.

    Each data set is compared with itself; of two sets, the same pixels are found. The result is kept in the run's folder, so that a resumed
    run need not compare again.
    """
    if config.leaks == "skip":
        return frozenset()
    sets = [(d, items_of(d, config.class_ids)) for d in config.data]
    cache = config.run / "leaks.json"
    asked = hashlib.sha256(repr([_RULE, *(_identity(i) for _, items in sets for i in items)]).encode()).hexdigest()
    found = _kept(cache, asked)
    if found is None:
        found = [leak for d, items in sets if not (d.only_clean or d.groups_apart) for leak in find_leaks(items)]
        found += _the_same([items for _, items in sets])
        cache.parent.mkdir(parents=True, exist_ok=True)
        draft = cache.with_suffix(".draft")
        draft.write_text(json.dumps({"asked": asked, "leaks": [asdict(leak) for leak in found]}, indent=1) + "\n", encoding="utf-8")
        draft.replace(cache)
    if config.leaks == "drop-train":
        return frozenset(("train", leak.train) for leak in found)
    if config.leaks == "drop-held-out":
        return frozenset((leak.split, leak.held_out) for leak in found)
    if found:
        shown = "; ".join(map(str, found[:_SHOWN]))
        more = f"; and {len(found) - _SHOWN} more in {cache}" if len(found) > _SHOWN else ""
        raise SkelpError(
            f"splits share steel: {shown}{more}. Give pictures of one plate one group and split by group, or set leaks "
            'to "drop-train" or "drop-held-out" to leave one side of each pair out'
        )
    return frozenset()


def _identity(item: Item) -> tuple[str, str, int, int]:
    """What the result for a picture depends on: another file under the same name is compared again."""
    about = item.file.stat()
    return item.name, item.split, about.st_size, about.st_mtime_ns


def _kept(cache: Path, asked: str) -> list[Leak] | None:
    """The result for these pictures from an earlier run; None if there is none or its file is damaged."""
    try:
        body = json.loads(cache.read_text(encoding="utf-8"))
        return [Leak(**leak) for leak in body["leaks"]] if body["asked"] == asked else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def find_leaks(items: Sequence[Item]) -> list[Leak]:
    """Pairs of a training picture and one of another split that show the same steel."""
    train, held_out = [i for i in items if i.split == "train"], [i for i in items if i.split != "train"]
    return list(_between(train, held_out)) if train and held_out else []


def _the_same(sets: Sequence[Sequence[Item]]) -> Iterator[Leak]:
    """Pictures that are trained on in one set and held out in another, pixel by pixel."""
    if len(sets) < 2:
        return
    held_out: dict[str, list[tuple[int, Item]]] = defaultdict(list)
    for n, items in enumerate(sets):
        for item in items:
            if item.split != "train":
                held_out[picture_id(item.picture())].append((n, item))
    for n, items in enumerate(sets):
        for item in (i for i in items if i.split == "train"):
            yield from (Leak(item.name, o.name, o.split, 1.0, 1.0, 0) for m, o in held_out.get(picture_id(item.picture()), ()) if m != n)


def _between(many: Sequence[Item], few: Sequence[Item]) -> Iterator[Leak]:
    pictures = [i.picture() for i in many]
    others = [i.picture() for i in few]
    sides = [min(p.shape) for p in (*pictures, *others)]
    factor = min(1.0, max(_SMALL_SIDE / float(np.median(sides)), _LEAST_SIDE / min(sides)))
    small = [small_picture(p, factor) for p in pictures]
    spectra: dict[torch.Size, Spectra] = {}
    for item, picture in zip(few, others, strict=True):
        for turn in range(8):
            turned = _turned(picture, turn)
            one = small_picture(turned, factor)
            if one.shape not in spectra:
                if len(spectra) >= _SHAPES_CACHED:  # pictures mostly have one size; the spectra for many sizes would not fit into memory
                    spectra.clear()
                spectra[one.shape] = Spectra(small, one.shape)
            for n, shift in spectra[one.shape].suspects(one):
                same = confirm(pictures[n], turned, shift, factor)
                if same is not None:
                    yield Leak(many[n].name, item.name, item.split, *same, turn)


def _turned(picture: U8, turn: int) -> U8:
    turned = np.rot90(picture, turn % 4)
    return np.ascontiguousarray(turned[:, ::-1] if turn >= 4 else turned)
