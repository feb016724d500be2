"""File names of ids and names: any script, any length, and never one name for two texts."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from skelp.sinks.names import MAX_BYTES, file_name, is_safe, readable, safe_name

LONGEST_ENDING = "-mask.png.part"
ANY = st.text(st.characters(codec=None), max_size=400)  # lone surrogates too: Python's names of files that are no UTF-8


@given(ANY)
def test_a_safe_name_is_a_name_that_linux_allows_and_encoding_it_changes_nothing_more(text: str) -> None:
    name = safe_name(text)
    assert len((name + LONGEST_ENDING).encode()) <= 255
    assert not set(name) & set("/\0.")
    assert is_safe(name)


@given(ANY, st.integers(1, 999_999))
@example("/" * 78, 1)  # a safe name that fits, but not with the number behind it
def test_an_id_that_was_made_from_a_safe_name_is_not_encoded_again(text: str, number: int) -> None:
    made = f"{safe_name(text)}-{number:06d}"
    assert len((file_name(made) + LONGEST_ENDING).encode()) <= 255
    assert "%25" not in file_name(made) or "%" in text
    assert file_name(made) == made or len(made.encode()) > MAX_BYTES


@given(ANY, ANY)
def test_different_texts_have_different_names(one: str, other: str) -> None:
    same = unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
    assert (safe_name(one) == safe_name(other)) is same


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("냉연코일-1호기_A", "냉연코일-1호기_A"),
        ("스크래치-긴-것", unicodedata.normalize("NFD", "스크래치-긴-것")),
        ("Wärmeband Ω", "Wärmeband%20Ω"),
        ("K1.5~2", "K1%2E5%7E2"),
        ("a/b", "a%2Fb"),
    ],
)
def test_letters_of_every_script_stay_and_other_characters_are_encoded(text: str, name: str) -> None:
    assert safe_name(text) == unicodedata.normalize("NFC", name)
    assert safe_name(unicodedata.normalize("NFD", text)) == safe_name(text)


@pytest.mark.parametrize("text", ["K4711-000001", "auto-20261125T081203114Z", "K1.5_a-000007", "a.b.c" * 12])
def test_names_of_older_stations_are_still_the_same(text: str) -> None:
    assert safe_name(text) == "".join(c if c.isalnum() or c in "-_" else f"%{ord(c):02X}" for c in text)


def test_long_names_that_differ_only_at_their_end_stay_apart() -> None:
    names = {safe_name("가" * 300 + end) for end in ("", "1", "2")}
    assert len(names) == 3
    assert all(MAX_BYTES - 3 <= len(n.encode()) <= MAX_BYTES and n.startswith("가" * 60) for n in names)


@pytest.mark.parametrize("name", ["", "../x", "a.png", "a/b", "x\0y", "가" * 100, "\ud800"])
def test_other_texts_are_no_safe_names(name: str) -> None:
    assert not is_safe(name)


def test_a_file_name_in_cp949_is_shown_as_it_was_written(tmp_path: Path) -> None:
    written = os.fsdecode("열연코일".encode("cp949"))
    assert readable(written) == "열연코일"
    assert readable("냉연") == "냉연"
    assert readable(os.fsdecode(b"\xff\xff")).isprintable()
    (tmp_path / safe_name(written)).touch()
