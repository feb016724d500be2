"""Pictures that a model has seen: they taught it, or chose something of it, such as its thresholds. No figure of the model comes from them.

A model file names them by their pixels, so that they are known again in any set and under any name: those that chose in its card
(`chosen_on`), those that taught in an entry of its metadata, because they are thousands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from skelp.domain.errors import SkelpError
from skelp_training.data.pictures import Item, picture_id, split_of

TAUGHT_KEY = "skelp.taught_by"
"""Key in the metadata of the ONNX file."""
_OTHERS = "?"
"""Stands for pictures that taught a model and that nobody named."""


@dataclass(frozen=True)
class Seen:
    """The pictures that taught a model, and those that chose something of it (`picture_id` each).

    `all_named`: whether all that taught it are known. They are not of a file that was written before files named them, nor of what was
    trained on from one.
    """

    taught: frozenset[str] = frozenset()
    chosen: frozenset[str] = frozenset()
    all_named: bool = True

    @staticmethod
    def read(text: str | None, chosen: Iterable[str]) -> Seen:
        """From what `text` wrote, None if there is none, and the pictures that chose."""
        words = frozenset((_OTHERS if text is None else text).split())
        return Seen(words - {_OTHERS}, frozenset(chosen), _OTHERS not in words)

    @staticmethod
    def of_file(metadata: Mapping[str, str], chosen: Iterable[str]) -> Seen:
        """By the metadata of a model file and its card's `chosen_on`."""
        return Seen.read(metadata.get(TAUGHT_KEY), chosen)

    @property
    def text(self) -> str:
        """The pictures that taught it, with spaces between; a `?` if others did too."""
        return " ".join([*([] if self.all_named else [_OTHERS]), *sorted(self.taught)])

    @property
    def every(self) -> frozenset[str]:
        """Those of which no figure of the model comes."""
        return self.taught | self.chosen

    def __or__(self, other: Seen) -> Seen:
        return Seen(self.taught | other.taught, self.chosen | other.chosen, self.all_named and other.all_named)


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


def unseen(items: Sequence[Item], *seen: Collection[str]) -> list[Item]:
    """The items whose `picture_id` is in none of `seen`."""
    every = set().union(*seen)
    return [i for i in items if picture_id(i.picture()) not in every] if every else list(items)


def to_measure_on(items: Sequence[Item], chosen: Collection[str], taught: Collection[str]) -> list[Item]:
    """The items that neither chose something of a model nor taught it. Raises SkelpError if none remains."""
    kept = unseen(items, chosen, taught)
    if kept:
        return kept
    counts, why = left_out(items, kept, taught), []
    if n := counts["left_out_because_they_taught"]:
        why.append(f"{n} taught the model")
    if n := counts["left_out_because_they_chose"]:
        why.append(f"{n} chose its thresholds, or when its training stopped")
    raise SkelpError(f"of {len(items)} pictures, {' and '.join(why)}, so they say nothing of it; take other pictures")


def left_out(items: Sequence[Item], measured: Sequence[Item], taught: Collection[str]) -> dict[str, int]:
    """How many of the items are not measured, and why. One that is in `taught` and chose something too counts as one that taught."""
    because_taught = len(items) - len(unseen(items, taught))
    chose = len(items) - len(measured) - because_taught
    return {"left_out_because_they_taught": because_taught, "left_out_because_they_chose": chose}
