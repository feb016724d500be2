"""Colours and shapes of defect classes: one class looks the same on every picture, whatever else is on it.

The colours are Okabe and Ito's (2008), which colour-blind eyes tell apart; each has a shape of its own besides.
"""

from __future__ import annotations

from zlib import crc32

RGB = tuple[int, int, int]

_COLOURS: tuple[RGB, ...] = ((230, 159, 0), (0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (86, 180, 233), (240, 228, 66))
_SHAPES = ("square", "circle", "triangle", "diamond", "cross", "down", "plus")
_KNOWN = ("inclusion", "patch", "scratch", "roll_mark")
"""Classes of the house; others take their place by a hash of their name."""


def _place(name: str) -> int:
    return _KNOWN.index(name) if name in _KNOWN else crc32(name.encode()) % len(_COLOURS)


def colour(name: str) -> RGB:
    """Colour of a class."""
    return _COLOURS[_place(name)]


def shape(name: str) -> str:
    """Marker of a class: square, circle, triangle, diamond, cross, down or plus."""
    return _SHAPES[_place(name)]
