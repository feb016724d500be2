"""Draws the coil map: head on the left, operator side on top. Lines that were not inspected are hatched.

Each inspected side of the strip has its own lane, the top side above. Text is in the reader's language.
"""

from __future__ import annotations

import io
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from skelp.domain.coilmap import Status, Summary
from skelp.domain.coverage import Interval, State
from skelp.domain.defect import Defect
from skelp.domain.line_state import StateOfCoil
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.stretches import Stretch
from skelp.domain.strip import Side
from skelp.render.bands import crowded, draw_band, label_band
from skelp.render.lettering import shortened, width, write
from skelp.render.palette import INK, PAPER, RGB, colour, shape
from skelp.render.ribbon import draw_ribbon
from skelp.render.words import Language, phrase, sentences, word

QUIET, STEEL = (120, 126, 132), (222, 225, 228)
_HATCH: dict[State, tuple[RGB, RGB]] = {State.DEGRADED: ((246, 226, 178), (166, 118, 29)), State.LOST: ((236, 205, 205), (150, 40, 40))}
_WIDTH, _LEFT, _RIGHT, _TOP, _MAP, _STRIP = 1600, 124, 28, 96, 360, 54
_GAP = 24
"""Space between two lanes, px."""
_COMB, _TOOTH = 14, 7
"""How far above its defects the comb of a series lies, and the length of its teeth, px."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """Maps metres and millimetres to pixels of the picture."""

    length_m: float
    width_mm: float
    sides: tuple[Side, ...]

    def x(self, metres: float) -> float:
        return _LEFT + metres / max(self.length_m, 1e-9) * (_WIDTH - _LEFT - _RIGHT)

    @property
    def lane(self) -> float:
        return (_MAP - _GAP * (len(self.sides) - 1)) / len(self.sides)

    def top(self, side: Side) -> float:
        return _TOP + self.sides.index(side) * (self.lane + _GAP)

    def y(self, mm: float, side: Side) -> float:
        return self.top(side) + mm / max(self.width_mm, 1e-9) * self.lane

    def box(self, s: Stretch) -> tuple[int, int, int, int]:
        """The box of a stretch, px."""
        left, right = self.x(s.from_mm / 1000), self.x(s.to_mm / 1000)
        top, bottom = self.y(s.across_from_mm, s.side), self.y(s.across_to_mm, s.side)
        return int(left) - 2, int(top) - 2, math.ceil(right) + 2, math.ceil(bottom) + 2


def coil_map_png(
    summary: Summary,
    coverage: Sequence[Interval],
    defects: Sequence[Defect],
    *,
    width_mm: float,
    sides: Collection[Side] = (Side.TOP,),
    periodic: Sequence[PeriodicDefect] = (),
    stretches: Sequence[Stretch] = (),
    states: Sequence[StateOfCoil] = (),
    language: Language = "en",
) -> bytes:
    """Draw the map of a coil as PNG.

    `coverage` is that of the strip. `width_mm` is the strip's width; the map is wider if a defect lies beyond it. `sides` are those that
    cameras see; a side with a defect is always drawn. `periodic` are drawn as combs, with a tooth at each turn. `stretches` are drawn as
    bands with their number of defects; a slight defect in one has no marker. `states` of the line are a ribbon below,
    as far as the coil has been seen.
    """
    width_mm = max([width_mm, 1.0, *(d.across_mm + d.width_mm for d in defects)])
    seen = {*sides, *(d.side for d in defects), *(p.side for p in periodic)}
    frame = _Frame(summary.length_m, width_mm, tuple(s for s in Side if s in seen))
    order = sorted({d.class_name for d in defects} | set(summary.tally.by_class))
    image = Image.new("RGB", (_WIDTH, _TOP + _MAP + _STRIP + 176), PAPER)
    draw = ImageDraw.Draw(image)
    _title(draw, summary, language)
    _coverage(image, draw, frame, coverage, summary.coil.mm_per_line)
    for s in stretches:
        draw_band(image, frame.box(s), s)
    drawn = zip(defects, crowded(defects, stretches).tolist(), strict=True)
    for d, in_band in sorted(drawn, key=lambda pair: pair[0].severity):
        _defect(draw, frame, d, marked=not in_band)
    for s in stretches:
        label_band(draw, frame.box(s), (_LEFT, _TOP, _WIDTH - _RIGHT, _TOP + _MAP), s, language)
    for series in periodic:
        _comb(draw, frame, series)
    _axes(draw, frame, language)
    _density(draw, frame, defects, language)
    shown = [s for s in states if summary.metres(s.passage.first_line) <= frame.length_m]
    draw_ribbon(draw, lambda m: frame.x(min(m, frame.length_m)), _TOP + _MAP + _STRIP + 40, shown, summary.coil.mm_per_line, language)
    _legend(image, draw, summary, order, language)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _title(draw: ImageDraw.ImageDraw, summary: Summary, language: Language) -> None:
    """Write the coil's name, its length, the inspected share and what stands of it."""
    coil, totals = summary.coil, summary.totals
    right = _WIDTH - _RIGHT
    again = coil.pass_number > 1
    name = phrase("pass", language, coil=coil.name, number=coil.pass_number) if again else phrase("coil", language, coil=coil.name)
    write(draw, (_LEFT, 6), shortened(draw, name, 26, right - _LEFT), INK, 26)
    facts = (
        f"{summary.length_m:.1f} m",
        phrase("inspected_share", language, share=_down(totals.inspected / totals.exposed, 1000) if totals.exposed else 0),
        phrase("defects", language, defects=summary.tally.defects),
        word("coil_status", coil.status, language),
    )
    line = "   ".join(facts)
    write(draw, (_LEFT, 43), line, QUIET, 18)
    write(draw, (right, 43), shortened(draw, _stands(summary, language), 18, right - _LEFT - width(draw, line, 18) - 40), INK, 18, "ra")


def _stands(summary: Summary, language: Language) -> str:
    """The decision that stands, if the coil is final: a person's, else the newest by a recipe. Why follows in any case."""
    decided = summary.override or summary.by_skelp
    given = summary.override
    why = f"{given.operator}, {given.note}" if given else sentences(summary.by_skelp.reasons, language)
    return f"{word('decision', decided.decision, language)}: {why}" if summary.coil.status is Status.FINAL else why


def _down(value: float, parts: int) -> float:
    """Round down to 1/`parts`, so that a coil that lost one line is never 100% inspected."""
    return math.floor(value * parts + 1e-6) / parts


def _up(value: float, parts: int) -> float:
    """Round up to 1/`parts`, so that a loss of one line is never 0 m."""
    return math.ceil(value * parts - 1e-6) / parts


def _coverage(image: Image.Image, draw: ImageDraw.ImageDraw, frame: _Frame, coverage: Sequence[Interval], mm_per_line: float) -> None:
    draw.rectangle((_LEFT, _TOP, _WIDTH - _RIGHT, _TOP + _MAP), STEEL)
    for i in coverage:
        if i.state is State.INSPECTED:
            continue
        x0, x1 = frame.x(i.first_line * mm_per_line / 1000), frame.x(i.end_line * mm_per_line / 1000)
        _hatch(image, (int(x0), _TOP, max(int(x0) + 2, int(np.ceil(x1))), _TOP + _MAP), i.state)
    for side in frame.sides[1:]:
        draw.rectangle((_LEFT, frame.top(side) - _GAP, _WIDTH - _RIGHT, frame.top(side) - 1), PAPER)


def _hatch(image: Image.Image, box: tuple[int, int, int, int], state: State) -> None:
    """Fill a box with the pattern of a state: narrow hatching that leans left for lost, wide hatching that leans right for degraded."""
    paper, ink = _HATCH[state]
    x, y = np.meshgrid(np.arange(box[0], box[2]), np.arange(box[1], box[3]))
    line = (x + y) % 7 < 2 if state is State.LOST else (x - y) % 13 < 2
    pixels = np.where(line[..., None], np.array(ink, np.uint8), np.array(paper, np.uint8)).astype(np.uint8)
    image.paste(Image.fromarray(pixels), (box[0], box[1]))


def _defect(draw: ImageDraw.ImageDraw, frame: _Frame, d: Defect, *, marked: bool) -> None:
    """Draw a defect's box to scale. If it is too small to see and `marked`, also draw the shape of its class."""
    x0, x1 = frame.x(d.along_mm / 1000), frame.x((d.along_mm + d.length_mm) / 1000)
    y0, y1 = frame.y(d.across_mm, d.side), frame.y(d.across_mm + d.width_mm, d.side)
    tint = colour(d.class_name)
    if not marked and max(x1 - x0, y1 - y0) < 2:
        draw.point(((x0 + x1) / 2, (y0 + y1) / 2), tint)
        return
    draw.rectangle((x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)), fill=tint, outline=tint)
    if marked and x1 - x0 < 12:
        _marker(draw, (x0 + x1) / 2, (y0 + y1) / 2, 4 + d.severity, d.class_name)


def _comb(draw: ImageDraw.ImageDraw, frame: _Frame, series: PeriodicDefect) -> None:
    """Draw a line from the first to the last defect of a series, with a tooth at each turn, and the distance at its end.

    Where teeth would lie closer than 3 px, only every second, fourth and so on is drawn.
    """
    at = frame.y(series.across_mm, series.side)
    down = -1 if at < frame.top(series.side) + 2 * _COMB else 1  # near the operator side there is no room above
    y = at - down * _COMB
    x0, x1 = frame.x(series.first_mm / 1000), frame.x(series.last_mm / 1000)
    turns = max(1, round((series.last_mm - series.first_mm) / series.period_mm))
    every = 1
    while every < turns and (x1 - x0) / turns * every < 3:
        every *= 2
    draw.line((x0, y, x1, y), INK, 2)
    for n in range(0, turns + 1, every):
        x = x0 + (x1 - x0) * n / turns
        draw.line((x, y, x, y + down * _TOOTH), INK, 1)
    text = f"{series.period_mm:.0f} mm"
    write(draw, (max(x1, _LEFT + width(draw, text, 15)), y - 3 * down), text, INK, 15, "rd" if down > 0 else "ra")


def _marker(draw: ImageDraw.ImageDraw, x: float, y: float, r: float, name: str) -> None:
    tint, kind = colour(name), shape(name)
    corners = {
        "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
        "triangle": ((0, -1), (1, 1), (-1, 1)),
        "diamond": ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
        "down": ((-1, -1), (1, -1), (0, 1)),
    }
    if kind in corners:
        draw.polygon([(x + a * r, y + b * r) for a, b in corners[kind]], fill=tint, outline=INK)
    elif kind == "circle":
        draw.ellipse((x - r, y - r, x + r, y + r), fill=tint, outline=INK)
    else:
        lean = 0 if kind == "plus" else r
        draw.line((x - r, y - lean, x + r, y + lean), tint, 3)
        draw.line((x - lean if lean else x, y + r, x + lean if lean else x, y - r), tint, 3)


def _axes(draw: ImageDraw.ImageDraw, frame: _Frame, language: Language) -> None:
    for metres in _ticks(frame.length_m, 12):
        x = frame.x(metres)
        draw.line((x, _TOP + _MAP, x, _TOP + _MAP + 5), INK)
        write(draw, (x, _TOP + _MAP + 8), f"{metres:g}", QUIET, 15, "ma")
    for side in frame.sides:
        _across(draw, frame, side, language)
    write(draw, (_LEFT, _TOP - 6), phrase("head", language), QUIET, 15, "ld")
    write(draw, (_WIDTH - _RIGHT, _TOP - 6), phrase("tail", language), QUIET, 15, "rd")
    write(draw, (14, _TOP + _MAP + 8), "m", QUIET, 15)


def _across(draw: ImageDraw.ImageDraw, frame: _Frame, side: Side, language: Language) -> None:
    """Draw a lane's border and its scale in mm."""
    top, bottom = frame.top(side), frame.top(side) + frame.lane
    draw.rectangle((_LEFT, top, _WIDTH - _RIGHT, bottom), outline=INK)
    for mm in _ticks(frame.width_mm, 5 if len(frame.sides) == 1 else 3):
        y = frame.y(mm, side)
        draw.line((_LEFT - 5, y, _LEFT, y), INK)
        write(draw, (_LEFT - 9, y), f"{mm:g}", QUIET, 15, "rm")
    write(draw, (14, top - 2), phrase("operator_side", language), QUIET, 15)
    write(draw, (14, bottom), phrase("drive_side", language), QUIET, 15, "ld")
    write(draw, (14, (top + bottom) / 2), "mm", QUIET, 15, "lm")
    if frame.sides != (Side.TOP,):
        write(draw, ((_LEFT + _WIDTH - _RIGHT) / 2, top - 3), word("side", side, language), QUIET, 16, "md")


def _ticks(limit: float, most: int) -> list[float]:
    """Round numbers from 0 to `limit`, with at most `most` steps."""
    if limit <= 0:
        return [0.0]
    raw = limit / most
    power = 10 ** np.floor(np.log10(raw))
    step = next(float(power * m) for m in (1, 2, 5, 10) if power * m >= raw)
    return [round(step * n, 6) for n in range(int(limit / step) + 1)]


def _density(draw: ImageDraw.ImageDraw, frame: _Frame, defects: Sequence[Defect], language: Language) -> None:
    """Draw the number of defects along the coil, as 200 bars under the map."""
    top, bars = _TOP + _MAP + 34, 200
    counts = np.zeros(bars, int)
    for d in defects:
        counts[min(bars - 1, max(0, int(d.along_mm / 1000 / max(frame.length_m, 1e-9) * bars)))] += 1
    span = (_WIDTH - _LEFT - _RIGHT) / bars
    for n, count in enumerate(counts.tolist()):
        if count:
            height = count / counts.max() * (_STRIP - 8)
            draw.rectangle((_LEFT + n * span, top + _STRIP - height, _LEFT + (n + 1) * span - 1, top + _STRIP), QUIET)
    draw.line((_LEFT, top + _STRIP, _WIDTH - _RIGHT, top + _STRIP), QUIET)
    write(draw, (_LEFT - 9, top + _STRIP), phrase("most_defects", language, defects=counts.max(initial=0)), QUIET, 15, "rd")


def _legend(image: Image.Image, draw: ImageDraw.ImageDraw, summary: Summary, order: Sequence[str], language: Language) -> None:
    x, y = float(_LEFT), _TOP + _MAP + _STRIP + 84
    for name in order:
        _marker(draw, x + 8, y + 9, 7, name)
        text = f"{word('class', name, language)} {summary.tally.by_class.get(name, 0)}"
        write(draw, (x + 22, y + 9), text, INK, 17, "lm")
        x += 44 + width(draw, text, 17)
    x, y = float(_LEFT), y + 34
    metres = {s: summary.metres(getattr(summary.totals, s.value)) for s in State}
    for state in State:
        if state is State.INSPECTED:
            draw.rectangle((x, y + 1, x + 26, y + 17), STEEL, QUIET)
        else:
            _hatch(image, (int(x), y + 1, int(x) + 26, y + 17), state)
        shown = _down(metres[state], 100) if state is State.INSPECTED else _up(metres[state], 100)
        text = f"{word('state', state, language)} {shown:.2f} m"
        write(draw, (x + 34, y + 9), text, INK, 17, "lm")
        x += 64 + width(draw, text, 17)
