"""Draws heavy stretches on the coil map: one band with a number for a person, instead of thousands of markers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from skelp.domain.defect import Defect
from skelp.domain.stretches import Places, Stretch, inside
from skelp.render.lettering import width, write
from skelp.render.palette import INK, PAPER, colour
from skelp.render.words import Language, phrase, word

_TINT = 0.25
"""Share of the colour of a stretch's class on its steel."""
_SEVERE = 3
"""From this severity on, a defect keeps its marker."""
_SIZE, _HEIGHT, _PAD = 15, 20, 4

Box = tuple[int, int, int, int]


def crowded(defects: Sequence[Defect], stretches: Sequence[Stretch]) -> NDArray[np.bool_]:
    """Which defects have no marker of their own, because a band stands for them: bool [n]. A severe one has its marker always."""
    places = Places.of_defects(defects)
    found = np.zeros(len(defects), bool)
    for stretch in stretches:
        found |= inside(stretch, places)
    return found & (places.severity < _SEVERE)


def draw_band(image: Image.Image, box: Box, stretch: Stretch) -> None:
    """Tint the box of a stretch in the colour of its class, and draw its border."""
    steel = image.crop(box)
    image.paste(Image.blend(steel, Image.new("RGB", steel.size, colour(stretch.class_name)), _TINT), box[:2])
    ImageDraw.Draw(image).rectangle(box, outline=INK, width=2)


def label_band(draw: ImageDraw.ImageDraw, box: Box, within: Box, stretch: Stretch, language: Language) -> None:
    """Write a stretch's number of defects above its box; where there is no room `within` the map, below its upper edge."""
    text = phrase("stretch", language, defects=stretch.defects, defect_class=word("class", stretch.class_name, language))
    wide = width(draw, text, _SIZE) + 2 * _PAD
    x = max(within[0], min(box[0], within[2] - wide))
    y = box[1] - _HEIGHT if box[1] - _HEIGHT > within[1] else box[1]
    draw.rectangle((x, y, x + wide, y + _HEIGHT), PAPER, INK)
    write(draw, (x + _PAD, y + _HEIGHT / 2), text, INK, _SIZE, "lm")
