"""Pictures that chose something of a model, such as its thresholds. No figure of the model comes from them.

A model's card names them by their pixels (`chosen_on`), so that they are known again in any set and under any name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence

from skelp.domain.errors import SkelpError
from skelp_training.data.pictures import U8, Item, split_of

_DIGITS = 16


def picture_id(image: U8) -> str:
    """What a card calls a picture, uint8 [h, w]: the beginning of the hash of its size and pixels."""
    return hashlib.sha256(f"{image.shape}".encode() + image.tobytes()).hexdigest()[:_DIGITS]


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


def without_choosers(items: Sequence[Item], chosen_on: Iterable[Collection[str]]) -> list[Item]:
    """The pictures that are in none of the cards' `chosen_on`."""
    choosers = set().union(*chosen_on)
    return [i for i in items if picture_id(i.picture()) not in choosers] if choosers else list(items)


def to_measure_on(items: Sequence[Item], chosen_on: Iterable[Collection[str]]) -> list[Item]:
    """The same. Raises SkelpError if none remains."""
    kept = without_choosers(items, chosen_on)
    if not kept:
        raise SkelpError(
            f"all {len(items)} pictures chose the model's thresholds, or when its training stopped, so a figure from them says nothing; "
            "measure on other pictures"
        )
    return kept
