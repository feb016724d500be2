"""Gives each defect class a colour and a shape, the same on every picture.

The colours are those of Okabe and Ito (2008), which colour-blind people can distinguish.
"""

from __future__ import annotations

from zlib import crc32

RGB = tuple[int, int, int]

INK, PAPER = (40, 44, 48), (250, 250, 249)
_COLOURS: tuple[RGB, ...] = ((230, 159, 0), (0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (86, 180, 233), (240, 228, 66))
_SHAPES = ("square", "circle", "triangle", "diamond", "cross", "down", "plus")
_KNOWN = ("inclusion", "patch", "scratch", "roll_mark")
"""The classes of the shipped model. Other classes get colour and shape by a hash of their name."""


def _index(name: str) -> int:
    return _KNOWN.index(name) if name in _KNOWN else crc32(name.encode()) % len(_COLOURS)


def colour(name: str) -> RGB:
    """Colour of a class."""
    return _COLOURS[_index(name)]


def shape(name: str) -> str:
    """Marker of a class: square, circle, triangle, diamond, cross, down or plus."""
    return _SHAPES[_index(name)]
