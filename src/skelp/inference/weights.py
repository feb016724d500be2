"""Looks into an ONNX file for weights that lie elsewhere and for weights without a value. The runtime has no onnx package.

An ONNX file is a message of Protocol Buffers. Only the fields on the way to tensors are followed; their numbers are those of onnx.proto
(https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TENSOR = "tensor"
_INNER: dict[str, dict[int, str]] = {
    "model": {7: "graph", 25: "function"},
    "graph": {1: "node", 5: _TENSOR, 15: "sparse"},
    "function": {7: "node"},
    "node": {5: "attribute"},
    "attribute": {5: _TENSOR, 6: "graph", 10: _TENSOR, 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: _TENSOR, 2: _TENSOR},
}
"""Message types inside a message type, by field number."""
_TYPE, _NAME, _RAW, _EXTERNAL, _LOCATION = 2, 8, 9, 13, 14
_FLOATS: dict[int, np.dtype[Any]] = {1: np.dtype("<f4"), 10: np.dtype("<f2"), 11: np.dtype("<f8")}
"""TensorProto.DataType of floating-point numbers."""
_BFLOAT16 = 16
_LISTED = (4, 10)
"""Fields with packed numbers: float and double."""
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Weight:
    """A tensor of the file. `outside`: the file that has its values, if it is another one.

    `unknown`: how many values are NaN, or infinite among several. A single infinite value is a limit, as in Clip, and does no harm.
    """

    name: str
    outside: str | None
    unknown: int


def weights(data: bytes) -> Iterator[Weight]:
    """The tensors of an ONNX file. Raises ValueError if it is no message of Protocol Buffers."""
    yield from _inside(memoryview(data), "model", 0)


def _inside(message: memoryview, kind: str, depth: int) -> Iterator[Weight]:
    if depth > _DEEPEST:
        raise ValueError("messages are nested too deeply")
    if kind == _TENSOR:
        yield _weight(message)
        return
    for number, value in _fields(message):
        inner = _INNER[kind].get(number)
        if inner and isinstance(value, memoryview):
            yield from _inside(value, inner, depth + 1)


def _weight(message: memoryview) -> Weight:
    name, kind, unknown, outside = "", 0, 0, None
    raw, listed = memoryview(b""), b""
    for number, value in _fields(message):
        if number == _NAME and isinstance(value, memoryview):
            name = bytes(value).decode("utf-8", "replace")
        elif number == _TYPE and isinstance(value, int):
            kind = value
        elif number == _RAW and isinstance(value, memoryview):
            raw = value
        elif number in _LISTED and isinstance(value, memoryview):
            listed += value
        elif number == _LOCATION and value == 1:
            outside = outside or "another file"
        elif number == _EXTERNAL and isinstance(value, memoryview):
            entry = {n: bytes(v).decode("utf-8", "replace") for n, v in _fields(value) if isinstance(v, memoryview)}
            if entry.get(1) == "location":
                outside = entry.get(2, "")
    values = _values(kind, raw, listed)
    if values is not None:
        unknown = int((np.isnan(values) if values.size == 1 else ~np.isfinite(values)).sum())
    return Weight(name, outside, unknown)


def _values(kind: int, raw: memoryview, listed: bytes) -> NDArray[np.floating[Any]] | None:
    """The floating-point values of a tensor, from its bytes or from its list of numbers; None if it has others, or too few bytes."""
    if kind == _BFLOAT16 and len(raw) % 2 == 0:
        return (np.frombuffer(raw, "<u2").astype(np.uint32) << 16).view(np.float32)
    dtype, stored = _FLOATS.get(kind), listed or raw
    return np.frombuffer(stored, dtype) if dtype is not None and len(stored) % dtype.itemsize == 0 else None


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Number and value of each field: an integer, or the bytes of a text, a message or packed numbers."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        wire = key & 7
        if wire == _VARINT:
            value, at = _varint(message, at)
            yield key >> 3, value
            continue
        if wire == _BYTES:
            size, at = _varint(message, at)
        elif wire in (_FIXED64, _FIXED32):
            size = 8 if wire == _FIXED64 else 4
        else:
            raise ValueError(f"wire type {wire} at byte {at}")
        if at + size > len(message):
            raise ValueError(f"a field ends {at + size - len(message)} bytes behind the message")
        yield key >> 3, message[at : at + size]
        at += size


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(message) or shift > 63:
            raise ValueError(f"a number at byte {at} has no end")
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, at
        shift += 7
