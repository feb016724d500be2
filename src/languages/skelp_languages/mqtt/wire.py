"""The wire format of protobuf, as far as one message needs it: variable-length integers, fixed numbers, and fields with a length."""

from __future__ import annotations

from collections.abc import Iterator

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
_FIXED = {FIXED64: 8, FIXED32: 4}
_MOST_BITS = 64


def varint(number: int) -> bytes:
    """A number of 0 to 2^64 - 1, seven bits a byte, the lowest first."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def key(field: int, kind: int) -> bytes:
    """What comes before a value: the number of its field, and how it is written."""
    return varint(field << 3 | kind)


def number(field: int, value: int) -> bytes:
    """A whole number, or a Boolean as 0 or 1."""
    return key(field, VARINT) + varint(value)


def fixed(field: int, value: bytes) -> bytes:
    """A number of 4 or 8 bytes."""
    return key(field, FIXED64 if len(value) == _FIXED[FIXED64] else FIXED32) + value


def block(field: int, value: bytes) -> bytes:
    """Text, bytes or a message inside the message."""
    return key(field, LENGTH) + varint(len(value)) + value


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The number and the value of each field of a message: an int for VARINT, bytes for the others.

    It takes time in proportion to the length of `data`, whatever is in it. Raises ValueError if it is no message.
    """
    at = 0
    while at < len(data):
        tag, at = _varint_at(data, at)
        field, kind = tag >> 3, tag & 7
        if field == 0:
            raise ValueError(f"field 0 before byte {at}")
        if kind == VARINT:
            value, at = _varint_at(data, at)
            yield field, value
            continue
        if kind == LENGTH:
            size, at = _varint_at(data, at)
        elif kind in _FIXED:
            size = _FIXED[kind]
        else:
            raise ValueError(f"wire type {kind} before byte {at}")
        if size > len(data) - at:
            raise ValueError(f"a field of {size} bytes where {len(data) - at} are left")
        yield field, data[at : at + size]
        at += size


def _varint_at(data: bytes, at: int) -> tuple[int, int]:
    """The number that begins at byte `at`, and where the next byte is."""
    found = 0
    for shift in range(0, _MOST_BITS, 7):
        if at >= len(data):
            raise ValueError("the data ends inside a number")
        byte = data[at]
        at += 1
        found |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return found & (1 << _MOST_BITS) - 1, at
    raise ValueError(f"a number is longer than {_MOST_BITS} bits before byte {at}")
