"""Checks a labelled set by itself: what it contains, what is wrong with it, and what deserves a look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from skelp.domain.errors import SkelpError
from skelp.pictures.listing import left_out_records
from skelp.render.words import in_words
from skelp_training.data.duplicates import Duplicates, Twin
from skelp_training.data.labels import Labels
from skelp_training.data.leaks import Leak, find_leaks
from skelp_training.data.pictures import SOUND, UNSURE, Item
from skelp_training.data.summary import ClassNames, Contents

_SHOWN = 8


@dataclass(frozen=True)
class Checked:
    """The result. `refused`: why a picture or its mask cannot be read. `empty`: classes that the labels define and no picture shows."""

    contents: Contents
    names: ClassNames
    used: tuple[Item, ...] = ()
    refused: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    twins: tuple[Twin, ...] = ()
    leaks: tuple[Leak, ...] = ()
    odd: tuple[str, ...] = ()

    @property
    def faults(self) -> list[str]:
        """What has to be mended before training, in words."""
        found = []
        if self.refused:
            more = f" {len(self.refused) - 1} more cannot be used either; --json lists them." if len(self.refused) > 1 else ""
            found.append(f"{len(self.refused)} pictures cannot be used. The first: {self.refused[0].rstrip('.')}.{more}")
        found += [f"no pixel of the set is marked as {name}, although the labels define it" for name in self.empty]
        across = [t for t in self.twins if t.splits[0] != t.splits[1]]
        pairs = [str(leak) for leak in self.leaks] or [f"{t.first} and {t.second}" for t in across]
        return found + ([f"{len(pairs)} pairs of pictures of different splits show the same steel: {_few(pairs)}"] if pairs else [])

    @property
    def remarks(self) -> list[str]:
        """What deserves a look, in words."""
        found = []
        for exact, what in ((True, "the same pixels"), (False, "nearly the same pixels")):
            pairs = [f"{t.first} and {t.second}" for t in self.twins if t.exact is exact]
            found += [f"{len(pairs)} pairs have {what}: {_few(pairs)}"] if pairs else []
        return found + ([f"{len(self.odd)} pictures have another size than most: {_few(self.odd)}"] if self.odd else [])

    @property
    def record(self) -> dict[str, Any]:
        """The result in types of JSON. given = used + refused + left out."""
        left_out = sum(x.pictures for x in self.contents.left_out)
        classes = {name: {"objects": self.contents.objects[n], "pixels": self.contents.pixels[n]} for n, name in sorted(self.names.items())}
        return {
            "set": self.contents.name,
            "given": len(self.used) + len(self.refused) + left_out,
            "used": len(self.used),
            "refused": list(self.refused),
            "left_out": left_out_records(self.contents.left_out),
            "splits": dict(self.contents.pictures),
            "classes": classes,
            "unsure_px": self.contents.pixels[UNSURE],
            "sound_px": self.contents.pixels[SOUND],
            "sizes": [{"width": w, "lines": h, "pictures": n} for (h, w), n in self.contents.sizes.most_common()],
            "faults": self.faults,
            "remarks": self.remarks,
        }


def check(name: str, labels: Labels, names: ClassNames, absent: tuple[str, ...], *, leaks: bool) -> Checked:
    """Read every picture and mask. A picture that cannot be used is counted with its reason, and the check goes on."""
    contents, duplicates = Contents(name, labels.left_out), Duplicates()
    used, refused = [], []
    shapes: dict[str, tuple[int, ...]] = {}
    for item in labels.items:
        try:
            sample = item.load()
        except SkelpError as error:
            refused.append(in_words(error))
        else:
            used.append(item)
            contents.add(sample, item.split)
            duplicates.add(item, sample.image)
            shapes[item.name] = sample.image.shape
    empty = [names[c] for c in sorted(labels.declared - contents.marked) if names[c] not in absent]
    usual, times = contents.sizes.most_common(1)[0] if contents.sizes else ((), 0)
    others = [(n, s) for n, s in shapes.items() if s != usual] if 2 * times >= len(used) else []  # else no size is the usual one
    odd = tuple(f"{n} ({s[1]} x {s[0]} px)" for n, s in others)
    found = tuple(find_leaks(used)) if leaks else ()
    return Checked(contents, names, tuple(used), tuple(refused), tuple(empty), tuple(duplicates.twins()), found, odd)


def _few(texts: tuple[str, ...] | list[str]) -> str:
    more = f"; and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return "; ".join(texts[:_SHOWN]) + more
