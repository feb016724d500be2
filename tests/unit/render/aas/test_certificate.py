"""The sentence for field D01 never calls steel clean that nobody inspected, in any language and however long it gets."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given

from skelp.domain.coilmap import Status, Tally
from skelp.domain.coverage import Totals
from skelp.domain.decision import Decision
from skelp.domain.override import Override
from skelp.domain.reasons import CoilEdgeMargin, CoilNotInspected
from skelp.domain.strip import Side
from skelp.render import words
from skelp.render.aas.certificate import field_d01
from skelp.render.aas.coil import CoilFacts
from tests.conftest import ROOT
from tests.unit.render.aas.shells import facts
from tests.unit.render.aas.test_environment import SUMMARY
from tests.unit.render.test_words import words_on_disk

BOTH = {Side.TOP, Side.BOTTOM}
WHOLE = replace(SUMMARY, totals=Totals(10_000, 0, 0), tally=Tally(), decision=Decision.ACCEPT, reasons=[CoilEdgeMargin(2.0)])


@pytest.fixture(autouse=True)
def real_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "load", words_on_disk)


def test_a_coil_that_was_inspected_over_its_whole_length() -> None:
    said = field_d01(WHOLE, BOTH)
    assert said["en"] == (
        "Surface: inspected automatically over the whole length of 10.00 m. No defect was found on what was inspected. "
        "Decision by the recipe: accept. 2 mm at each edge are not inspected."
    )
    assert "전장 10.00 m 자동 검사됨" in said["ko"]


def test_what_was_not_inspected_comes_first_and_a_loss_of_one_line_is_no_0_m() -> None:
    said = field_d01(replace(SUMMARY, totals=Totals(99_999, 0, 1)), {Side.TOP})["en"]
    assert said.startswith("Surface: of 100.00 m, 99.99 m were inspected automatically; NOT fully inspected: 0.01 m without pictures")
    assert "NOT inspected: bottom side." in said
    assert "Decision by the recipe: HOLD. 1.000 m are not fully inspected" in said


def test_a_persons_decision_is_signed_and_what_was_not_inspected_stays() -> None:
    accepted = replace(SUMMARY, override=Override(1, "K1", Decision.ACCEPT, "kim", "cut off", "2026-11-27T10:00:00.000Z"))
    said = field_d01(accepted, BOTH)["en"]
    assert "NOT fully inspected: 0.60 m without pictures, 0.40 m with unfit pictures." in said
    assert "Decision by kim: accept." in said


def test_nothing_is_stated_of_a_coil_that_is_not_final_or_that_nobody_saw() -> None:
    running = replace(WHOLE, coil=replace(WHOLE.coil, status=Status.RUNNING))
    assert field_d01(running, BOTH)["en"] == "Surface: the inspection of this coil is not finished, so nothing can be stated yet."
    unseen = field_d01(replace(WHOLE, totals=Totals()), BOTH)
    assert unseen["en"].startswith("Surface: no line of this coil was inspected.")
    assert "No defect" not in unseen["en"]
    assert "결함 없음" not in unseen["ko"]


@given(facts())
def test_no_sentence_hides_steel_that_was_not_inspected(told: CoilFacts) -> None:
    totals, final = told.summary.totals, told.summary.coil.status is Status.FINAL
    for language, text in field_d01(told.summary, told.sides).items():
        assert 0 < len(text) <= 1023
        whole = {"en": "over the whole length", "ko": "전장"}[language] in text[:60]
        assert whole <= (final and totals.inspected == totals.exposed > 0)
        if final and totals.exposed > totals.inspected:
            assert re.search({"en": "NOT fully inspected", "ko": "검사 불완전"}[language], text[:300])


def test_the_page_shows_what_is_said() -> None:
    page = (ROOT / "docs" / "plant" / "aas.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^> (Surface: .*?)\n\n", page, re.MULTILINE | re.DOTALL)
    scratched = replace(
        WHOLE, coil=replace(WHOLE.coil, mm_per_line=0.25), totals=Totals(3_244_880, 0, 5120), tally=Tally({"scratch": 1}, {2: 1})
    )
    held = replace(scratched, decision=Decision.HOLD, reasons=[CoilNotInspected(1.28, 0.0)])
    assert field_d01(held, {Side.TOP})["en"] == shown.replace("\n> ", " ")
