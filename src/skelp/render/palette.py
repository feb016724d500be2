"""Colours of defect classes: Okabe and Ito's set (2008), told apart by colour-blind eyes, each with a shape of its own."""

from __future__ import annotations

RGB = tuple[int, int, int]

_COLOURS: tuple[RGB, ...] = ((230, 159, 0), (0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (86, 180, 233), (240, 228, 66))
SHAPES = ("square", "circle", "triangle", "diamond", "cross", "down", "plus")


def colour(position: int) -> RGB:
    """Colour of the class at a position in the model's list; repeats after seven."""
    return _COLOURS[position % len(_COLOURS)]


def shape(position: int) -> str:
    """Marker of the class at a position in the model's list."""
    return SHAPES[position % len(SHAPES)]
