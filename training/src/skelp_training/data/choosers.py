"""Pictures that a model has seen: they taught it, or chose something of it, such as its thresholds. No figure of the model comes from them.

A model file names them by their pixels, so that they are known again in any set and under any name: those that chose in its card
(`chosen_on`), those that taught in an entry of its metadata, because they are thousands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from skelp.domain.errors import SkelpError
from skelp_training.data.pictures import Item, picture_id, split_of

TAUGHT_KEY = "skelp.taught_by"
"""Key in the metadata of the ONNX file."""


def taught_by(metadata: Mapping[str, str]) -> frozenset[str]:
    """The pictures that taught a model, by the metadata of its file; none of a file that does not name them."""
    return frozenset(metadata.get(TAUGHT_KEY, "").split())


def to_choose_on(items: Sequence[Item], share: float) -> list[Item]:
    """The pictures of about `share` of the groups, the same ones every time; the other groups remain to measure on.

    Raises SkelpError if no group, or every group, would choose.
    """
    chosen = [i for i in items if split_of(f"choose {i.group}", share) == "val"]
    if not chosen or (share < 1 and len(chosen) == len(items)):
        raise SkelpError(
            f"{len({i.group for i in items})} groups of pictures are too few to choose on a share of {share:g} and to measure on the "
            "others; give more, or choose on all with --share 1 and measure on another set"
        )
    return chosen


def unseen(items: Sequence[Item], seen: Iterable[Collection[str]]) -> list[Item]:
    """The pictures that are in none of `seen`."""
    every = set().union(*seen)
    return [i for i in items if picture_id(i.picture()) not in every] if every else list(items)


def to_measure_on(items: Sequence[Item], chosen_on: Collection[str], taught: Sequence[Collection[str]] = ()) -> list[Item]:
    """The pictures that neither chose something of a model nor taught it. Raises SkelpError if none remains."""
    kept = unseen(items, [chosen_on, *taught])
    if not kept:
        counts = left_out(items, kept, taught)
        said = ("taught the model", "chose the model's thresholds, or when its training stopped")
        some = {what: n for n, what in zip(counts.values(), said, strict=True) if n}
        why = " and ".join(f"{'all ' if n == len(items) else ''}{n} pictures {what}" for what, n in some.items())
        raise SkelpError(f"{why}, so a figure from them says nothing; measure on other pictures")
    return kept


def left_out(items: Sequence[Item], measured: Sequence[Item], taught: Iterable[Collection[str]]) -> dict[str, int]:
    """How many of the pictures are not measured, and why. `taught`: pictures that taught the models; the others chose something."""
    because_taught = len(items) - len(unseen(items, taught))
    chose = len(items) - len(measured) - because_taught
    return {"left_out_because_they_taught": because_taught, "left_out_because_they_chose": chose}
