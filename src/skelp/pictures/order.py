"""The order of pictures by their names: frame_2 before frame_10."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Literal

from skelp.domain.errors import SkelpError

Order = Literal["natural", "name", "given"]
_NUMBER = re.compile(r"(\d+)")
_HEX = re.compile(r"(?<![0-9a-z])(?=[a-f]*[0-9])[0-9a-f]{1,4}(?![0-9a-z])", re.ASCII)
"""A counter in hexadecimal. Longer ones are identifiers, which say nothing about an order."""
_DECIMAL = re.compile(r"\d+\.\d+(?![\d.])")


def natural_key(path: Path) -> tuple[tuple[str | int, ...], ...]:
    """The sort key of a path: the text and the numbers of each of its parts. The suffix does not count."""
    return tuple(_parts(part) for part in path.with_suffix("").parts)


def natural(paths: Sequence[Path]) -> list[Path]:
    """The paths in natural order."""
    return sorted(paths, key=lambda p: (natural_key(p), p))


def undoubted(paths: Sequence[Path]) -> list[Path]:
    """The paths in natural order. Raises SkelpError if their numbers can be read in more than one way."""
    found = natural(paths)
    for a, b in pairwise(found):
        if natural_key(a) == natural_key(b):
            raise _asks(f"{a.name} and {b.name} have the same place in the order", "rename or remove one of them")
    for reading, other in (("as text", _padded), ("as decimal numbers", _decimal), ("as hexadecimal numbers", _hexadecimal)):
        differently = sorted(found, key=other)
        for a, b in zip(found, differently, strict=True):
            if a != b:
                raise _asks(f"read {reading}, the names put {b.name} before {a.name}", "rename the files with numbers of equal length")
    return found


def _asks(why: str, remedy: str) -> SkelpError:
    return SkelpError(
        f"the order of the pictures is not clear: {why}; {remedy}, or say --order natural (frame_2 before frame_10) or --order name"
    )


def _parts(name: str) -> tuple[str | int, ...]:
    split = _NUMBER.split(unicodedata.normalize("NFC", name).casefold())
    return tuple(int(part) if n % 2 else part for n, part in enumerate(split))


def _padded(path: Path) -> tuple[str, ...]:
    """The path's parts as text, with every number filled up with zeros."""
    return tuple("".join(f"{p:0255d}" if isinstance(p, int) else p for p in part) for part in natural_key(path))


def _hexadecimal(path: Path) -> tuple[str, ...]:
    """As _padded, but 0a and 10 are hexadecimal numbers."""
    return _padded(path.with_name(_HEX.sub(lambda found: str(int(found[0], 16)), path.stem.casefold()) + path.suffix))


def _decimal(path: Path) -> tuple[str, ...]:
    """As _padded, but 1.5 and 1.25 are decimal numbers."""

    def fraction(found: re.Match[str]) -> str:
        whole, digits = found[0].split(".")
        return f"{whole}.{digits.ljust(15, '0')}"

    return _padded(path.with_name(_DECIMAL.sub(fraction, path.stem) + path.suffix))
