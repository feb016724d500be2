"""The order of pictures by their names: frame_2 before frame_10."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Literal

from skelp.domain.errors import SkelpError
from skelp.pictures.numbering import began_anew, natural_key

Order = Literal["natural", "name", "given"]
_HEX = re.compile(r"(?<![0-9a-z])[0-9a-f]{1,4}(?![0-9a-z])", re.ASCII)
"""A counter in hexadecimal. Longer ones are identifiers, which say nothing about an order."""
_RENAME = "rename the files with numbers of equal length"
_DECIMAL = re.compile(r"\d+\.\d+(?![\d.])")


def natural(paths: Sequence[Path]) -> list[Path]:
    """The paths in natural order."""
    return sorted(paths, key=lambda p: (natural_key(p), p))


def undoubted(paths: Sequence[Path]) -> list[Path]:
    """The paths in natural order. Raises SkelpError if their numbers can be read in more than one way."""
    found = natural(paths)
    for a, b in pairwise(found):
        if natural_key(a) == natural_key(b):
            raise _asks(f"{a.name} and {b.name} have the same place in the order", "rename or remove one of them")
    if gap := began_anew(found):
        raise _asks(
            f"the numbers have a gap between {gap[0]} and {gap[1]}, and reach a counter's last number: it may have begun anew", _RENAME
        )
    counted = {place for p in found for place, number in _hex_places(p) if any(map(str.isdigit, number))}
    hexadecimal = partial(_hexadecimal, counted=counted)
    for reading, other in (("as text", _padded), ("as decimal numbers", _decimal), ("as hexadecimal numbers", hexadecimal)):
        differently = sorted(found, key=other)
        for a, b in zip(found, differently, strict=True):
            if a != b:
                raise _asks(f"read {reading}, the names put {b.name} before {a.name}", _RENAME)
    return found


def _asks(why: str, remedy: str) -> SkelpError:
    return SkelpError(
        f"the order of the pictures is not clear: {why}; {remedy}, or say --order natural (frame_2 before frame_10) or --order name"
    )


def _padded(path: Path) -> tuple[str, ...]:
    """The path's parts as text, with every number filled up with zeros."""
    return tuple("".join(f"{p:0255d}" if isinstance(p, int) else p for p in part) for part in natural_key(path))


def _hexadecimal(path: Path, counted: AbstractSet[str]) -> tuple[str, ...]:
    """As _padded, but 0a and 10 are hexadecimal numbers. So is a, where other names have a digit in its place (`counted`)."""
    places = iter(_hex_places(path))

    def decimal(found: re.Match[str]) -> str:
        place, number = next(places)
        return str(int(number, 16)) if place in counted else found[0]

    return _padded(path.with_name(_HEX.sub(decimal, path.stem.casefold()) + path.suffix))


def _hex_places(path: Path) -> list[tuple[str, str]]:
    """What may be a hexadecimal number in a path's name: the path with a mark in its place, and the number."""
    name = path.stem.casefold()
    return [(str(path.with_name(f"{name[: m.start()]}#{name[m.end() :]}")), m[0]) for m in _HEX.finditer(name)]


def _decimal(path: Path) -> tuple[str, ...]:
    """As _padded, but 1.5 and 1.25 are decimal numbers."""

    def fraction(found: re.Match[str]) -> str:
        whole, digits = found[0].split(".")
        return f"{whole}.{digits.ljust(15, '0')}"

    return _padded(path.with_name(_DECIMAL.sub(fraction, path.stem) + path.suffix))
