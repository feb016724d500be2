"""Layouts for tests: the example of edge/, and any layout as hypothesis draws it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from skelp_languages.level2.checking import checked_layout
from skelp_languages.level2.layout import Layout
from skelp_languages.level2.meanings import RESULT_VALUES, Value
from tests.conftest import ROOT

EXAMPLE = ROOT / "edge" / "level2-layout.toml"
NOW = datetime(2026, 11, 27, 12, 30, 59, tzinfo=UTC)
ENCODINGS = {"ascii": "ABCxyz019-_/ ", "latin-1": "Aäöüß9 ", "euc-kr": "A9 강판코일흠", "gb18030": "A9 钢卷缺陷㐀"}
ANSWER = [
    {"name": "OF_ID", "value": "of_code", "width": 6, "kind": "text"},
    {"name": "OF_NUM", "value": "of_number", "width": 4, "kind": "integer"},
    {"name": "RESULT", "value": "result", "width": 2, "kind": "integer"},
]
DECISIONS = {"accept": "A", "downgrade": "D", "hold": "H", "scrap": "S"}
Change = Mapping[str, Any]


def example() -> dict[str, Any]:
    return tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))


def made(folder: Path, values: Mapping[str, Any]) -> Layout:
    """A checked layout of values as a TOML file would have them. JSON of strings, numbers and lists is nearly TOML."""
    file = folder / "layout.toml"
    file.write_text(_toml(values), encoding="utf-8")
    return checked_layout(file)


def _toml(values: Mapping[str, Any]) -> str:
    return "\n".join(f"{key} = {_inline(value)}" for key, value in values.items())


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(k)} = {_inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True)
class Drawn:
    """A layout file, and the body of its coil_result with values that fit."""

    file: dict[str, Any]
    body: dict[str, Value]


TEXTS = ["coil_id", "name", "heat", "product", "customer", "reason", "model", "recipe"]
NUMBERS = ["length_m", "defects", "severity_1", "severity_2", "revision", "marks", "strip_width_mm", "feed_seq"]
TIMES = ["started_at", "finished_at"]


@st.composite
def layouts(draw: st.DrawFn) -> Drawn:
    """Any layout of a coil result: encodings, byte orders, lengths, texts, numbers and times of every kind."""
    encoding = draw(st.sampled_from(sorted(ENCODINGS)))
    has_length = draw(st.booleans())
    fields, body = [], {}
    names = draw(st.lists(st.sampled_from(TEXTS + NUMBERS + TIMES), min_size=1, max_size=8, unique=True))
    for name in [*names, *(n for n in ("name", "feed_seq") if n not in names)]:
        drawn = (
            _text(encoding)
            if name in TEXTS
            else _number(unknown=name == "strip_width_mm", least=RESULT_VALUES[name].least)
            if name in NUMBERS
            else _time()
        )
        field, value = draw(drawn)
        fields.append({"name": name.upper(), "value": name, **field})
        body[name] = value
        if draw(st.booleans()):
            fields.append({"width": draw(st.integers(1, 5)), "kind": "filler", "pad": draw(st.sampled_from(["blank", "nul", "zero"]))})
    fields.append({"name": "GRADE", "value": "decision", "width": 1, "kind": "text", "codes": DECISIONS})
    body["decision"] = draw(st.sampled_from(sorted(DECISIONS)))
    binary = draw(st.booleans())
    number = {"width": 2, "kind": "unsigned"} if binary else {"width": 5, "kind": "integer"}
    header = [{"name": "code", "width": 6, "kind": "text"}, {"name": "number", **number}]
    if has_length:
        length = {"width": 4, "kind": "unsigned"} if binary else {"width": 6, "kind": "integer"}
        header.insert(draw(st.integers(0, 2)), {"name": "length", **length})
    file = {
        "encoding": encoding,
        "byte_order": draw(st.sampled_from(["big", "little"])),
        "zone": draw(st.sampled_from(["UTC", "Asia/Seoul"])),
        "length_counts": draw(st.sampled_from(["all", "body", "rest"])),
        "header": header,
        "end": draw(st.sampled_from([[], [{"width": 2, "kind": "filler", "hex": "0d 0a"}]])),
        "telegrams": {
            "ack": {"code": "ACK001", "fields": [{**f, "width": 5} if f["name"] == "OF_NUM" else f for f in ANSWER]},
            "coil_result": {"code": "RESULT", "fields": fields},
        },
    }
    return Drawn(file, body)


def _text(encoding: str) -> st.SearchStrategy[tuple[dict[str, Any], Value]]:
    def of(text: str, more: int, pad: str, align: str) -> tuple[dict[str, Any], Value]:
        text = text.strip()
        if pad == "zero":
            align, text = "right", text.lstrip("0")
        return {"width": max(1, len(text.encode(encoding)) + more), "kind": "text", "pad": pad, "align": align}, text

    pads = st.sampled_from(["blank", "nul", "zero"])
    return st.builds(of, st.text(ENCODINGS[encoding], max_size=12), st.integers(0, 4), pads, st.sampled_from(["left", "right"]))


def _time() -> st.SearchStrategy[tuple[dict[str, Any], Value]]:
    formats = st.sampled_from(["YYYYMMDDhhmmss", "YYYY-MM-DD hh:mm:ss", "DD.MM.YY hh:mm:ss", "YYYYMMDDhhmmssfff"])
    at = st.datetimes(datetime(2001, 1, 1), datetime(2068, 1, 1), timezones=st.just(UTC)).map(lambda d: d.replace(microsecond=0))  # noqa: DTZ001
    return st.builds(lambda f, d: ({"width": len(f), "kind": "time", "format": f}, d), formats, at)


@st.composite
def _number(draw: st.DrawFn, *, unknown: bool, least: int) -> tuple[dict[str, Any], Value]:
    kind = draw(st.sampled_from(["integer", "decimal", "implied", "signed", "unsigned", "float"]))
    if kind == "float":
        number = draw(st.floats(-1e9, 1e9, allow_nan=False).filter(lambda x: x != -1e10))
        return {"width": 8, "kind": kind, **({"absent": -1e10} if unknown else {})}, Decimal(repr(number))
    if kind in {"signed", "unsigned"}:
        decimals = draw(st.integers(0, 3))
        roomy = [n for n in (1, 2, 4, 8) if (2 ** (8 * n - (kind == "signed")) - 1) // 10**decimals >= least]
        width = draw(st.sampled_from(roomy))
        bits = 8 * width - (kind == "signed")
        whole = draw(st.integers(-(2**bits) + 1 if kind == "signed" else 1, 2**bits - 1).filter(bool))
        field = {"width": width, "kind": kind, "decimals": decimals, "byte_order": draw(st.sampled_from(["big", "little"]))}
        return {**field, **({"absent": 0} if unknown else {})}, Decimal(whole).scaleb(-decimals)
    decimals = 0 if kind == "integer" else draw(st.integers(1, 4))
    whole = draw(st.integers(-(10**9), 10**9))
    pad, align = draw(st.sampled_from([("zero", "right"), ("blank", "right"), ("blank", "left")]))
    width = len(f"{Decimal(whole).scaleb(-decimals):.{decimals}f}") + draw(st.integers(0, 4))
    width = max(width, decimals + (kind == "decimal") + len(str(least)))
    more = {"decimals": decimals} if decimals else {}
    value = None if unknown and draw(st.booleans()) else Decimal(whole).scaleb(-decimals)
    return {"width": width, "kind": kind, "pad": pad, "align": align, **more}, value
