"""Text on the coil map: the font has all letters, and the text is in the reader's language."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFont

from skelp.domain.coilmap import Facts, Status, Tally, summarise
from skelp.domain.coverage import Interval, State
from skelp.domain.decision import Decision
from skelp.domain.reasons import CameraEndedEarly, Overrun
from skelp.domain.recipe import Recipe
from skelp.domain.strip import Side
from skelp.render import words
from skelp.render.coilmap import coil_map_png
from skelp.render.lettering import drawable, font, write
from skelp.render.words import LANGUAGES, Language, word
from tests.fakes import coil, defect

FOLDER = Path(words.__file__).parent
SYLLABLES = [bytes((row, cell)).decode("euc_kr") for row in range(0xB0, 0xC9) for cell in range(0xA1, 0xFF)]
"""The Hangul syllables of KS X 1001."""


def glyph(of: ImageFont.FreeTypeFont, char: str) -> tuple[object, bytes]:
    mask = of.getmask(char)
    return mask.size, bytes(mask)


def is_drawn(text: str) -> bool:
    """Whether the font has every character of a text. It draws a box for a character that it lacks."""
    missing = glyph(font(24), "\uffff")
    return all(glyph(font(24), c) != missing for c in text)


def test_missing_characters_are_recognised() -> None:
    assert not is_drawn("\ue000")
    assert not is_drawn("漢")


def test_the_font_has_all_characters_of_the_words_files_and_of_ks_x_1001() -> None:
    assert len(SYLLABLES) == 2350
    assert is_drawn("".join(SYLLABLES))
    for language in LANGUAGES:
        assert is_drawn(re.sub(r"\s", "", (FOLDER / f"words.{language}.json").read_text(encoding="utf-8")))


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3) | st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_any_hangul_can_be_drawn_in_nfc_and_nfd(text: str) -> None:
    assert is_drawn(drawable(text))
    assert drawable(unicodedata.normalize("NFD", text)) == drawable(text)
    assert [c for c in drawable(text) if c in SYLLABLES or c.isascii()] == [c for c in text if c in SYLLABLES or c.isascii()]


def test_rare_syllables_are_spelled_out() -> None:
    assert drawable("뷁 똠 K-가1") == "ㅂㅞㄺ ㄸㅗㅁ K-가1"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the coil map writes, in the real words of the files."""
    monkeypatch.setattr(words, "load", lambda language: json.loads((FOLDER / f"words.{language}.json").read_text(encoding="utf-8")))
    texts: list[str] = []

    def record(draw: object, at: object, text: str, *more: object) -> None:
        texts.append(text)
        write(draw, at, text, *more)  # type: ignore[arg-type]

    monkeypatch.setattr("skelp.render.coilmap.write", record)
    return texts


def drawn(status: Status, language: Language, *, lost: bool = True) -> None:
    last = Interval(60_000, 20_000, State.LOST, Overrun()) if lost else Interval(60_000, 20_000, State.INSPECTED)
    coverage = [Interval(0, 60_000, State.INSPECTED), last, Interval(80_000, 9000, State.DEGRADED, CameraEndedEarly())]
    found = [defect(n, class_name=name, severity=n) for n, name in enumerate(("scratch", "patch", "inclusion", "roll_mark"), 1)]
    summary = summarise(replace(coil("K1"), status=status), Facts(coverage, Tally.of(found)), Recipe())
    coil_map_png(summary, coverage, found, width_mm=1000, sides=list(Side), language=language)


@pytest.mark.parametrize("status", Status)
def test_the_korean_map_has_no_english(written: list[str], status: Status) -> None:
    drawn(status, "ko")
    assert [t for t in written if re.search("[A-Za-z]{3}", t)] == []
    assert {"선단", "후단", "조작측", "구동측", "상면", "하면"} <= set(written)


def test_a_loss_of_one_line_is_visible_after_rounding(written: list[str]) -> None:
    coverage = [Interval(0, 99_999, State.INSPECTED), Interval(99_999, 1, State.LOST, Overrun())]
    summary = summarise(replace(coil("K1", mm_per_line=0.1), status=Status.FINAL), Facts(coverage, Tally()), Recipe())
    coil_map_png(summary, coverage, [], width_mm=1000)
    assert any("99.9%" in t for t in written)
    assert {"inspected 9.99 m", "degraded 0.00 m", "lost 0.01 m"} <= set(written)


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_no_decision_on_the_map_before_the_coil_is_final(written: list[str], language: Language) -> None:
    marks = [word("decision", d, language) for d in Decision]
    for status in Status:
        written.clear()
        drawn(status, language)
        decided = [t for t in written if t.startswith(tuple(f"{m}:" for m in marks))]
        assert len(decided) == (1 if status is Status.FINAL else 0)
