"""Text on the pictures that skelp draws, in the font that the wheel carries: a station may have no fonts at all."""

from __future__ import annotations

import functools
import unicodedata
from pathlib import Path

from PIL import ImageDraw, ImageFont

from skelp.render.palette import RGB

_FONT = Path(__file__).parent / "fonts" / "skelp-sans.otf"
"""Made by tools/coil_map_font.py; its licence stands beside it."""
_FILLER = b"\xa4\xd4"


@functools.cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The font at a size in px. Letters are placed the same way whatever libraries a machine has."""
    return ImageFont.truetype(_FONT, size, layout_engine=ImageFont.Layout.BASIC)


def drawable(text: str) -> str:
    """The text in characters that the font has: Hangul outside KS X 1001 is spelled out (뷁 becomes ㅂㅞㄺ)."""
    return "".join(map(_spelled, unicodedata.normalize("NFC", text)))


def _spelled(char: str) -> str:
    if not "가" <= char <= "힣":
        return char
    # EUC-KR has two bytes for a syllable of KS X 1001; any other is a filler and three jamo, of which the last may be a filler too
    code = char.encode("euc_kr")
    return char if len(code) == 2 else code.removeprefix(_FILLER).removesuffix(_FILLER).decode("euc_kr")


def width(draw: ImageDraw.ImageDraw, text: str, size: int) -> float:
    """How wide a text is, in px."""
    return draw.textlength(drawable(text), font(size))


def write(draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, ink: RGB, size: int, anchor: str = "la") -> None:
    """Write a text; `anchor` is Pillow's."""
    draw.text(at, drawable(text), ink, font(size), anchor=anchor)


def shortened(draw: ImageDraw.ImageDraw, text: str, size: int, room_px: float) -> str:
    """The text, or as much of its beginning as fits into the room, with an ellipsis."""
    if width(draw, text, size) <= room_px:
        return text
    while text and width(draw, f"{text}…", size) > room_px:
        text = text[:-1]
    return f"{text.rstrip()}…"
