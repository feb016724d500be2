"""Common codes: what a code may be, that every class has one, and that the hash tells two files apart."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.common_codes import LONGEST, ClassCodes, CommonCodes
from skelp.domain.errors import SkelpError
from tests.fakes import defect

SCRATCH, OTHER = ClassCodes("210", "SURF-SCR", {"en": "scratch", "ko": "스크래치"}), ClassCodes("9", "OTH", {"en": "other", "ko": "기타"})
CODES = CommonCodes("mill", "1", {"scratch": SCRATCH})


@given(st.text(max_size=20) | st.from_regex(r"[ -~]{0,18}", fullmatch=True))
def test_a_code_is_taken_only_if_a_telegram_gives_it_back(code: str) -> None:
    """Written into a field of ASCII that is filled with blanks, and cut again."""
    try:
        carried = code.encode("ascii").ljust(LONGEST).decode().strip(" ")
        fits = code.isascii() and code.isprintable() and carried == code != "" and len(code) <= LONGEST
    except UnicodeEncodeError:
        fits = False
    if fits:
        assert ClassCodes(code, code).plant == code
    else:
        with pytest.raises(ValueError, match="1 to 16 printable ASCII"):
            ClassCodes("1", code)


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: ClassCodes("1", "2", {"english": "scratch"}), "language 'english'"),
        (lambda: ClassCodes("1", "2", {"ko": ""}), "text.ko must have 1 to 128 characters"),
        (lambda: ClassCodes("1", "2", {"ko": "a\nb"}), "text.ko must have"),
        (lambda: CommonCodes("", "1", {"a": SCRATCH}), "name must have"),
        (lambda: CommonCodes("mill", "1 2", {"a": SCRATCH}), "version must be"),
        (lambda: CommonCodes("mill", "1"), "there is no code"),
        (lambda: replace(CODES, default=ClassCodes("9", "OTH", {"en": "other"})), "default.text has no ko"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(made: object, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        made()  # type: ignore[operator]


def test_a_class_of_the_model_without_a_code_is_refused() -> None:
    CODES.check(["scratch"])
    with pytest.raises(SkelpError, match=r"codes mill 1: class patch of the model has no code; write \[classes.patch\]"):
        CODES.check(["scratch", "patch"])
    with_default = replace(CODES, default=OTHER)
    with_default.check(["scratch", "patch"])
    assert (with_default.of("patch"), with_default.of("scratch"), CODES.of("patch")) == (OTHER, SCRATCH, None)


def test_a_misspelt_class_does_not_get_the_default_in_silence() -> None:
    wrong = CommonCodes("mill", "1", {"scrach": SCRATCH, "dross": OTHER}, OTHER)
    with pytest.raises(SkelpError, match=r"\[classes.scrach\] is no class of the model; did you mean scratch"):
        wrong.check(["scratch", "patch"])
    replace(wrong, classes={"scratch": SCRATCH, "dross": OTHER}).check(["scratch", "patch"])  # of another model of the plant


def test_the_hash_has_every_value() -> None:
    changed = [
        replace(CODES, name="mill 2"),
        replace(CODES, version="2"),
        replace(CODES, classes={"scratch": OTHER}),
        replace(CODES, classes={"scratch": replace(SCRATCH, text={"en": "scratch", "ko": "긁힘"})}),
        replace(CODES, default=OTHER),
    ]
    assert len({codes.sha256 for codes in (CODES, *changed)}) == len(changed) + 1


def test_a_defect_gets_the_codes_of_its_class_and_none_without() -> None:
    assert (CODES.on(defect(1)).plant_code, CODES.on(defect(1)).cluster_code) == ("210", "SURF-SCR")
    assert CODES.on(defect(1, class_name="patch")).plant_code is None
