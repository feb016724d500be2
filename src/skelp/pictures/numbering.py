"""The numbers in pictures' names, and what they say: pictures that are missing, and a counter that began anew."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

_NUMBER = re.compile(r"(\d+)")
_FULL = frozenset(10**digits - 1 for digits in range(2, 12)) | {255, 1023, 4095, 65535}
"""The last numbers of counters, before they begin anew."""


def natural_key(path: Path) -> tuple[tuple[str | int, ...], ...]:
    """The sort key of a path: the text and the numbers of each of its parts. The suffix does not count."""
    return tuple(_parts(part) for part in path.with_suffix("").parts)


def _parts(name: str) -> tuple[str | int, ...]:
    split = _NUMBER.split(unicodedata.normalize("NFC", name).casefold())
    return tuple(int(part) if n % 2 else part for n, part in enumerate(split))


@dataclass(frozen=True, slots=True)
class Missing:
    """Pictures that are missing by their numbers. `after`: the name of the picture before the first gap."""

    pictures: int
    after: str


def missing(paths: Sequence[Path]) -> Missing | None:
    """The gaps in the numbers of pictures in natural order; None if there is none.

    The numbers of a series have a step. Where no step is common enough, they are no counter (times, positions), and nothing is missing. The
    commonest one is that of the counter, or a smaller one of which all others are multiples: pictures may be missing more often than not.
    """
    pictures, after = 0, ""
    for one in _series(paths):
        steps = [b - a for (a, _), (b, _) in pairwise(one)]
        step, times = Counter(steps).most_common(1)[0] if steps else (0, 0)
        if step < 1 or 2 * times < len(steps) + (step > 1):
            continue
        least = min(steps)
        if least > 0 and not any(s % least for s in steps):
            step = least
        for (_, path), found in zip(one, steps, strict=False):
            if found > step and found % step == 0:
                pictures, after = pictures + found // step - 1, after or path.name
    return Missing(pictures, after) if pictures else None


def began_anew(paths: Sequence[Path]) -> tuple[str, str] | None:
    """The names beside the gap of a counter that ran to its last number and began anew, so that natural order is wrong; else None."""
    for one in _series(paths):
        (first, _), (last, _) = one[0], one[-1]
        gap = next(((a[1].name, b[1].name) for a, b in pairwise(one) if b[0] - a[0] > 1), None)
        if gap and first <= 1 and last in _FULL:
            return gap
    return None


def _series(paths: Sequence[Path]) -> Iterator[list[tuple[int, Path]]]:
    """Neighbours whose names differ only in their last number, with that number."""
    for _, group in groupby(((*_split(p), p) for p in paths), key=lambda found: found[0]):
        yield [(number, path) for _, number, path in group]


def _split(path: Path) -> tuple[tuple[object, ...], int]:
    """A path without its last number, and the number. A path without a number has 0, and is alone."""
    *folders, name = natural_key(path)
    at = max((n for n, part in enumerate(name) if isinstance(part, int)), default=None)
    if at is None:
        return (path,), 0
    return (*folders, name[:at], name[at + 1 :]), int(name[at])
