"""Writes text on pictures, in the font that the wheel contains, because a station may have no fonts."""

from __future__ import annotations

import functools
import unicodedata
from pathlib import Path

from PIL import ImageDraw, ImageFont

from skelp.render.palette import RGB

_FONT = Path(__file__).parent / "fonts" / "skelp-sans.otf"
"""Made by tools/coil_map_font.py. Its licence is in the same folder."""
_FILLER = b"\xa4\xd4"


@functools.cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The font at a size in px. The basic layout engine gives the same picture on every machine."""
    return ImageFont.truetype(_FONT, size, layout_engine=ImageFont.Layout.BASIC)


def drawable(text: str) -> str:
    """Replace characters that the font lacks: a Hangul syllable outside KS X 1001 is written in its letters (뷁 becomes ㅂㅞㄺ)."""
    return "".join(map(_spelled, unicodedata.normalize("NFC", text)))


def _spelled(char: str) -> str:
    if not "가" <= char <= "힣":
        return char
    # EUC-KR encodes a syllable of KS X 1001 in two bytes, any other as a filler and three jamo; the last may be a filler too
    code = char.encode("euc_kr")
    return char if len(code) == 2 else code.removeprefix(_FILLER).removesuffix(_FILLER).decode("euc_kr")


def width(draw: ImageDraw.ImageDraw, text: str, size: int) -> float:
    """The width of a text in px."""
    return draw.textlength(drawable(text), font(size))


def write(draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, ink: RGB, size: int, anchor: str = "la") -> None:
    """Write a text at `at`, px. `size` is in px, `anchor` a text anchor of Pillow."""
    draw.text(at, drawable(text), ink, font(size), anchor=anchor)


def shortened(draw: ImageDraw.ImageDraw, text: str, size: int, room_px: float) -> str:
    """Shorten a text to `room_px` with an ellipsis, if it is longer."""
    if width(draw, text, size) <= room_px:
        return text
    while text and width(draw, f"{text}…", size) > room_px:
        text = text[:-1]
    return f"{text.rstrip()}…"
