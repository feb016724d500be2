"""The numbers of pictures say which of them are missing, and a strip without them is not accepted."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.reasons import CoilPicturesMissing
from skelp.pictures.listing import list_pictures
from skelp.pictures.numbering import Missing, missing
from skelp.pictures.order import natural


def of(*names: str) -> Missing | None:
    return missing(natural([Path(n) for n in names]))


@given(st.integers(0, 9000), st.integers(1, 50), st.integers(6, 40), st.data())
def test_what_is_taken_out_of_a_series_is_missed(first: int, step: int, files: int, data: st.DataObject) -> None:
    numbers = [first + step * n for n in range(files)]
    assert missing([Path(f"strip_{n}_top.png") for n in numbers]) is None
    gap = data.draw(st.integers(1, files - 5))
    at = data.draw(st.integers(1, files - gap - 1))
    left = [Path(f"strip_{n}_top.png") for n in numbers[:at] + numbers[at + gap :]]
    assert missing(left) == Missing(gap, left[at - 1].name)


@pytest.mark.parametrize(
    "names",
    [
        ["a.png", "b.png", "d.png"],
        ["1.png"],
        ["100.png", "103.png", "150.png", "900.png"],
        ["20261125-101502.png", "20261125-101507.png", "20261125-101513.png", "20261125-101622.png"],
        ["inclusion_1.jpg", "inclusion_2.jpg", "scratches_7.jpg", "scratches_8.jpg"],
        ["day 1/f_1.png", "day 1/f_2.png", "day 2/f_7.png", "day 2/f_8.png"],
    ],
)
def test_numbers_that_are_no_counter_miss_nothing(names: list[str]) -> None:
    assert of(*names) is None


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["f_1.png", "f_2.png", "f_4.png"], Missing(1, "f_2.png")),
        (["f_001.png", "f_002.jpg", "f_003.png", "f_007.png", "f_008.png", "f_010.png"], Missing(4, "f_003.png")),
        (["f_001.png", "f_004.png", "f_005.png", "f_008.png", "f_009.png", "f_012.png"], Missing(6, "f_001.png")),
        (["f_1.png", "f_3.png", "f_5.png", "f_7.png", "f_9.png", "f_10.png", "f_11.png"], Missing(4, "f_1.png")),
        (
            ["t_1000.png", "t_1100.png", "t_1199.png", "t_1300.png", "t_1400.png", "t_1500.png", "t_1600.png", "t_1800.png"],
            Missing(1, "t_1600.png"),
        ),
        (["a_1_of_9.png", "a_2_of_9.png", "b_1.png", "b_2.png", "b_5.png", "b_6.png"], Missing(2, "b_2.png")),
    ],
)
def test_gaps_are_counted(names: list[str], expected: Missing) -> None:
    assert of(*random.sample(names, len(names))) == expected


def test_a_strip_with_missing_pictures_has_a_reason_not_to_be_accepted_unless_its_numbers_mean_nothing(tmp_path: Path) -> None:
    for n in (1, 2, 3, 5, 6):
        (tmp_path / f"f_{n}.png").write_bytes(b"")
    assert list_pictures([tmp_path]).reasons == [CoilPicturesMissing(1, "f_3.png")]
    assert list_pictures([tmp_path], order="natural").reasons == [CoilPicturesMissing(1, "f_3.png")]
    assert list_pictures([tmp_path], order="name").reasons == []
