"""Draws the states of the line as a ribbon under the coil map, on the same metres."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PIL import ImageDraw

from skelp.domain.line_state import LineState, StateOfCoil
from skelp.render.lettering import width, write
from skelp.render.palette import INK, PAPER, RGB
from skelp.render.words import Language, word

HEIGHT = 20
"""Height of the ribbon, px."""
_FILLS: dict[LineState, RGB] = {
    LineState.THREADING: (214, 204, 180),
    LineState.RUNNING: (190, 205, 220),
    LineState.SLOWING: (214, 204, 180),
    LineState.NO_STRIP: (236, 205, 205),
    LineState.HEAD_CROP: (150, 156, 162),
    LineState.TAIL_CROP: (150, 156, 162),
    LineState.WELD_SEAM: INK,
}
_STROKES: dict[LineState, RGB] = {LineState.STOPPED: (150, 40, 40), LineState.REVERSED: (150, 40, 40)}
_UPON = (LineState.NO_STRIP, LineState.HEAD_CROP, LineState.TAIL_CROP, LineState.WELD_SEAM)
"""States that lie upon what the strip did, on the upper half of the ribbon."""


def draw_ribbon(
    draw: ImageDraw.ImageDraw, x: Callable[[float], float], top: int, states: Sequence[StateOfCoil], mm_per_line: float, language: Language
) -> None:
    """Draw the ribbon from `top` down. `x` gives the column of a place in metres. A stop is a stroke, a reverse a double one."""
    for state in sorted(states, key=lambda s: (s.passage.state in _STROKES, s.passage.state in _UPON)):
        p = state.passage
        left, right = (x(line * mm_per_line / 1000) for line in (p.first_line, p.end_line))
        if p.state in _STROKES:
            for shift in (-2, 2) if p.state is LineState.REVERSED else (0,):
                draw.line((left + shift, top - 3, left + shift, top + HEIGHT + 3), _STROKES[p.state], 2)
            continue
        bottom = top + HEIGHT // 2 if p.state in _UPON else top + HEIGHT
        draw.rectangle((left, top, max(right, left + 2), bottom), _FILLS[p.state])
        name = word("line_state", p.state, language)
        if p.state not in _UPON and width(draw, name, 14) + 14 < right - left:
            write(draw, (left + 8, top + HEIGHT / 2), name, INK, 14, "lm")
            draw.line((right, top, right, top + HEIGHT), PAPER, 1)
