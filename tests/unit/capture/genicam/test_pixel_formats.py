"""Every pixel format is unpacked correctly. The tests pack it bit by bit, and the code unpacks it byte by byte."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from skelp.capture.genicam.pixel_formats import FORMATS, to_grey
from skelp.domain.errors import SkelpError

BITS = {"Mono8": 8, "Mono10": 10, "Mono12": 12, "Mono14": 14, "Mono16": 16, "Mono10p": 10, "Mono12p": 12}


def packed(values: NDArray[np.uint16], bits: int) -> NDArray[np.uint8]:
    """Packs pixels one after the other, least significant bit first."""
    stream = ((values[:, None] >> np.arange(bits)) & 1).astype(np.uint8).ravel()
    return np.packbits(stream, bitorder="little")


def gige_packed(values: NDArray[np.uint16], bits: int) -> NDArray[np.uint8]:
    """Packs two pixels into three bytes as GigE Vision 1.x does: upper bits of the first, lower bits of both, upper bits of the second."""
    low = bits - 8
    mask = (1 << low) - 1
    pairs = values.reshape(-1, 2)
    middle = (pairs[:, 0] & mask) | ((pairs[:, 1] & mask) << 4)
    return np.stack([pairs[:, 0] >> low, middle, pairs[:, 1] >> low], axis=1).astype(np.uint8).ravel()


def as_sent(values: NDArray[np.uint16], name: str) -> NDArray[np.uint8]:
    if name == "Mono8":
        return values.astype(np.uint8)
    if name.endswith("p"):
        return packed(values, BITS[name])
    if name.endswith("Packed"):
        return gige_packed(values, 10 if "10" in name else 12)
    return values.astype("<u2").view(np.uint8)


@pytest.mark.parametrize("name", FORMATS)
@given(seed=st.integers(0, 2**32 - 1), lines=st.integers(1, 5), quads=st.integers(1, 9))
def test_the_upper_eight_bits_are_returned(name: str, seed: int, lines: int, quads: int) -> None:
    bits = BITS.get(name) or (10 if "10" in name else 12)
    values = np.random.default_rng(seed).integers(0, 1 << bits, lines * 4 * quads, np.uint16)
    grey = to_grey(as_sent(values, name), name, lines, 4 * quads)
    assert grey.dtype == np.uint8
    assert np.array_equal(grey.ravel(), values >> (bits - 8))


def test_padding_at_the_end_of_lines_is_removed() -> None:
    raw = np.arange(2 * 10, dtype=np.uint8)
    assert to_grey(raw, "Mono8", 2, 8, padding=2).tolist() == [[*range(8)], [*range(10, 18)]]


def test_the_grey_values_are_a_copy() -> None:
    raw = np.zeros(64, np.uint8)
    grey = to_grey(raw, "Mono8", 8, 8)
    raw[:] = 9
    assert not grey.any()


def test_a_colour_format_and_too_few_bytes_are_refused() -> None:
    with pytest.raises(SkelpError, match="RGB8 is not known; set PixelFormat to one of Mono8"):
        to_grey(np.zeros(64, np.uint8), "RGB8", 1, 8)
    with pytest.raises(SkelpError, match="has 10 bytes, but its lines need 64"):
        to_grey(np.zeros(10, np.uint8), "Mono8", 8, 8)
