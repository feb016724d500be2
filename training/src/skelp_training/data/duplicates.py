"""Pictures of a set that are there twice: the same pixels, or nearly the same."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp_training.data.correlation import confirm
from skelp_training.data.pictures import U8, Item

_SIDE = 32
_SUSPECT = 0.97
"""Least correlation of the reduced pictures for which the full ones are compared."""
_MOST_COMPARED = 5000


@dataclass(frozen=True)
class Twin:
    """Two pictures that show the same: `exact`, or nearly."""

    first: str
    second: str
    exact: bool
    splits: tuple[str, str]


class Duplicates:
    """Finds pictures that are there twice. Only a reduced copy of each is kept in memory."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._small: list[NDArray[np.float32]] = []
        self._exact: dict[str, list[int]] = defaultdict(list)

    def add(self, item: Item, picture: U8) -> None:
        """Add a picture, uint8 [h, w]."""
        self._exact[hashlib.sha256(repr(picture.shape).encode() + picture.tobytes()).hexdigest()].append(len(self._items))
        self._items.append(item)
        small = cv2.resize(picture, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
        small -= small.mean()
        self._small.append(np.asarray(small / max(float(np.linalg.norm(small)), 1e-6), np.float32))

    def twins(self) -> list[Twin]:
        """Pairs with the same pixels, then pairs of one size that are nearly the same at the same place."""
        exact = [self._twin(group[0], other, exact=True) for group in self._exact.values() for other in group[1:]]
        first = sorted(group[0] for group in self._exact.values())
        return exact + [self._twin(a, b, exact=False) for a, b in self._suspects(first) if self._nearly(a, b)]

    def _twin(self, a: int, b: int, *, exact: bool) -> Twin:
        return Twin(self._items[a].name, self._items[b].name, exact, (self._items[a].split, self._items[b].split))

    def _suspects(self, indices: Sequence[int]) -> list[tuple[int, int]]:
        if not indices:
            return []
        small: NDArray[Any] = np.stack([self._small[n] for n in indices])
        pairs: list[tuple[int, int]] = []
        for n in range(len(indices)):
            alike = np.flatnonzero(small[n + 1 :] @ small[n] > _SUSPECT)
            pairs += [(indices[n], indices[n + 1 + m]) for m in alike.tolist()]
        return pairs[:_MOST_COMPARED]

    def _nearly(self, a: int, b: int) -> bool:
        one, other = self._items[a].picture(), self._items[b].picture()
        return one.shape == other.shape and confirm(one, other, (0, 0), 1.0) is not None
