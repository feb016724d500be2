"""English reasons as stations wrote them before reasons had codes, and their codes. Migration 0005 alone uses it; it never changes."""

from __future__ import annotations

import re
from typing import Any

_N = r"(-?\d+(?:\.\d+)?)"
_COUNTED = {
    r"lines counted by the encoder": ("encoder", ()),
    rf"lines counted by its rate of {_N} Hz": ("line_rate", ("lines_hz",)),
    rf"lines counted by the last speed seen, {_N} lines/s(?:: .*)?": ("speed", ("lines_hz",)),
    r"lines counted by camera (\S+)": ("other_camera", ("by_camera",)),
    r"how many lines passed is not known": ("not_known", ()),
    r"what passes meanwhile is counted when it is back": ("later", ()),
}
_GAPS = {
    r"camera lost, its process ended \((?:killed by )?(.*?)\)": ("camera.process_ended", ("ended_by",)),
    rf"camera lost, its process said nothing for {_N} s": ("camera.process_silent", ("silent_s",)),
    r"camera lost": ("camera.no_answer", ()),
    r"camera silent": ("camera.silent", ()),
    r"the camera began to count anew": ("camera.count_restarted", ()),
}
_ASSUMED = r"(?: \(its (?P<assumed_lines>\d+) lines are assumed from the other files\))?"
_WHOLE: dict[str, tuple[str, tuple[str, ...]]] = {
    r"overrun: the line was faster than the inspection": ("line.overrun", ()),
    r"overrun: no free place in the ring.*": ("line.ring_full", ()),
    r"frame dropped by the camera": ("line.frame_dropped", ()),
    r"frame ids are missing: .*": ("line.frames_missing", ()),
    r"incomplete frame: .*": ("line.frame_incomplete", ()),
    rf"short frame: the last lines of {_N} did not come": ("line.frame_short", ("frame_lines",)),
    r"buffer underrun: .*": ("line.buffer_underrun", ()),
    r"before this camera's first line: .*": ("line.before_first", ()),
    r"the camera does not answer": ("camera.no_answer", ()),
    rf"the camera answers, but sent no frame for {_N} s": ("camera.no_frames", ("silent_s",)),
    r"its process ended \((?:killed by )?(.*?)\)": ("camera.process_ended", ("ended_by",)),
    rf"its process said nothing for {_N} s": ("camera.process_silent", ("silent_s",)),
    r"a camera delivered no more lines": ("camera.ended_early", ()),
    rf"its encoder count differs by {_N} lines.*": ("camera.out_of_step", ("lines_apart",)),
    r"no strip in the picture: .*": ("picture.no_strip", ()),
    r"over-exposed: .*": ("picture.overexposed", ()),
    r"the strip looks narrower than before: .*": ("strip.narrower", ()),
    r"less steel seen than the strip is wide: .*": ("strip.less_than_given", ()),
    r"more steel seen than the strip is wide: .*": ("strip.more_than_given", ()),
    r"the strip is wider than the picture: .*": ("strip.beyond_picture", ()),
    r"file (?P<file>.+?): it is not an image, whatever its name says" + _ASSUMED: ("file.not_an_image", ()),
    r"file (?P<file>.+?): its header cannot be read: (?P<error>.*?)" + _ASSUMED: ("file.bad_header", ()),
    r"file (?P<file>.+?): it has (?P<pages>\d+) pages; .*": ("file.pages", ()),
    r"file (?P<file>.+?): (?P<width_px>\d+) x (?P<lines>\d+) px is too large; .*": ("file.too_large", ()),
    r"file (?P<file>.+?): (?P<width_px>\d+) px wide, the strip has (?P<strip_px>\d+)": ("file.width", ()),
    r"file (?P<file>.+?): broken or truncated: (?P<error>.*)": ("file.broken", ()),
    r"band (\d+) of (\d+) from the operator side has (\d+)% of its light.*": ("optics.light", ("band", "bands", "share")),
    r"the picture is (\d+)% as sharp as it was.*": ("optics.focus", ("share",)),
    rf"station interrupted: (\d+) lines estimated from {_N} s at {_N} Hz": ("station.interrupted", ("lines", "away_s", "lines_hz")),
    r"no line of this coil was inspected": ("coil.no_line", ()),
    rf"{_N} m not fully inspected \(limit {_N} m\)": ("coil.not_inspected", ("uninspected_m", "limit_m")),
    r"(\d+) defects? of severity (\d) or more": ("coil.severe_defects", ("defects", "severity")),
    rf"{_N} defects per 100 m \(limit {_N}\)": ("coil.many_defects", ("per_100m", "limit_per_100m")),
    r"the coil is running": ("coil.running", ()),
    r"the coil is provisional": ("coil.provisional", ()),
    r"the station was stopped or interrupted while this coil ran": ("coil.interrupted", ()),
    rf"{_N} m inspected, (\d+) defects?, none of severity (\d) or more": ("coil.sound", ("length_m", "defects", "severity")),
    rf"{_N} mm at each edge not judged": ("coil.edge_margin", ("margin_mm",)),
    r"the strip's width was not given, .*": ("coil.width_not_given", ()),
}
_WORDS = frozenset({"file", "error", "ended_by", "by_camera"})
_WHOLE_NUMBERS = frozenset(
    {"frame_lines", "lines_apart", "assumed_lines", "pages", "width_px", "lines", "strip_px", "band", "bands", "defects", "severity"}
)


def coded(sentence: str) -> dict[str, Any]:
    """Code and arguments of a stored reason; code `other` with the sentence itself where it was never one of ours."""
    for pattern, (code, names) in _WHOLE.items():
        if found := re.fullmatch(pattern, sentence, re.DOTALL):
            return {"code": code, "args": _args(found, names)}
    for pattern, (code, names) in _GAPS.items():
        if found := re.fullmatch(rf"(?P<gap>{pattern}): (?P<how>.*)", sentence):
            gap, how = re.fullmatch(pattern, found["gap"]), _how(found["how"])
            if gap and how is not None:
                return {"code": code, "args": _args(gap, names) | how}
    return {"code": "other", "args": {"text": sentence}}


def parts(joined: str) -> list[dict[str, Any]]:
    """An accepted coil's reasons, which were one sentence joined by semicolons."""
    return [coded(part) for part in joined.split("; ")]


def _how(text: str) -> dict[str, Any] | None:
    for pattern, (counted, names) in _COUNTED.items():
        if found := re.fullmatch(pattern, text):
            return {"counted": counted, **_args(found, names)}
    return None


def _args(found: re.Match[str], names: tuple[str, ...]) -> dict[str, Any]:
    texts = dict(zip(names, found.groups(), strict=True)) if names else {k: v for k, v in found.groupdict().items() if v is not None}
    return {name: _value(name, text) for name, text in texts.items()}


def _value(name: str, text: str) -> str | int | float:
    if name in _WORDS:
        return text
    if name == "share":
        return int(text) / 100
    return int(text) if name in _WHOLE_NUMBERS else float(text)
