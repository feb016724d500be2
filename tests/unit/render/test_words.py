"""The words files are complete in every language. Only this file and the pages' tests read the real sentences."""

from __future__ import annotations

import json
import re
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from skelp.domain.coilmap import Status
from skelp.domain.coverage import State
from skelp.domain.decision import Decision
from skelp.domain.errors import SkelpError
from skelp.domain.events import Kind
from skelp.domain.reasons import (
    CameraProcessEnded,
    Code,
    CoilEdgeMargin,
    CoilSound,
    Counted,
    FileNotAnImage,
    Reason,
    SeverityArea,
    SeverityAtMost,
    SeverityContrast,
    SeverityEdge,
)
from skelp.domain.strip import Side
from skelp.render import words
from skelp.render.words import LANGUAGES, Language, advice, in_words, load, sentence, sentences, word
from tests.unit.domain.test_coded import REASONS

FOLDER = Path(words.__file__).parent
KNOWN_TO_THE_CONSOLE = re.compile(r"|g|\.\d+f|\.\d+%")


@pytest.fixture(autouse=True)
def real_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the real templates. All other tests run with reworded ones (tests/conftest.py)."""
    monkeypatch.setattr(words, "load", words_on_disk)


def words_on_disk(language: Language) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((FOLDER / f"words.{language}.json").read_text(encoding="utf-8"))
    return body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", REASONS, ids=lambda r: r.code.value)
def test_every_reason_has_a_sentence_with_its_arguments_and_advice(reason: Reason, language: Language) -> None:
    text = sentence(reason, language)
    assert text
    assert "{" not in text
    assert load(language)["reasons"][reason.code]["do"]
    shown = {name for name, value in reason.args.items() if not isinstance(value, str) or value == "x"}
    template = words_on_disk(language)
    used = {name for part in (template["reasons"][reason.code]["text"], *template["with"].values()) for _, name, _, _ in parsed(part)}
    assert shown - used <= {"lines_hz", "by_camera"}  # the templates of `counted` use these


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_code_kind_and_count_has_a_template_and_no_other(language: Language) -> None:
    body = words_on_disk(language)
    assert set(body["reasons"]) == {c.value for c in Code}
    assert set(body["counted"]) == {c.value for c in Counted}
    assert set(body["events"]) == {k.value for k in Kind}


@pytest.mark.parametrize("language", LANGUAGES)
def test_states_statuses_decisions_and_sides_have_their_words(language: Language) -> None:
    for kind, names in (("state", State), ("coil_status", Status), ("decision", Decision), ("side", Side)):
        assert set(words_on_disk(language)[kind]) == set(names)
        assert all(word(kind, name, language) for name in names)
    assert word("class", "roll_mark", "ko") == "롤 마크"
    assert word("class", "edge_crack", language) == "edge crack"


def test_both_languages_have_the_same_keys_and_the_same_arguments() -> None:
    english, korean = (flat(words_on_disk(language)) for language in LANGUAGES)
    assert set(english) == set(korean)
    for key, template in english.items():
        assert fields_of(template) == fields_of(korean[key]), key


def flat(body: dict[str, Any], before: str = "") -> dict[str, str]:
    """All templates of a file by their path, such as "reasons/line.overrun/text"."""
    parts = [flat(v, f"{before}{k}/") if isinstance(v, dict) else {f"{before}{k}": v} for k, v in body.items()]
    return {key: template for part in parts for key, template in part.items()}


def fields_of(template: str) -> list[tuple[str, str | None]]:
    return sorted((name, spec) for _, name, spec, _ in parsed(template))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_console_can_fill_in_every_template(language: Language) -> None:
    body = words_on_disk(language)
    templates = [r["text"] for r in body["reasons"].values()] + list(body["counted"].values()) + list(body["with"].values())
    for template in templates:
        for _, name, spec, conversion in parsed(template):
            assert conversion is None, template
            assert KNOWN_TO_THE_CONSOLE.fullmatch(spec or ""), f"{template}: {name}:{spec}"


def test_korean_sentences_have_no_english_words() -> None:
    for reason in REASONS:
        assert re.search("[가-힣]", sentence(reason, "ko")) or reason.code is Code.OTHER
        assert not re.search(r"[a-z]{3,} [a-z]{3,}", sentence(reason, "ko"))


def parsed(template: str) -> list[tuple[str, str, str | None, str | None]]:
    """The fields of a template."""
    return [(text, name, spec, conversion) for text, name, spec, conversion in Formatter().parse(template) if name is not None]


def test_a_sentence_ends_with_how_lines_were_counted_or_assumed() -> None:
    assert sentence(CameraProcessEnded(Counted.SPEED, 6400.4, ended_by="signal 9")) == (
        "the camera's process ended (signal 9); lines estimated from the last speed seen, 6400 lines/s"
    )
    assert sentence(FileNotAnImage("a.png", 512)) == "file a.png is not an image; its 512 lines are assumed from the other files"
    assert sentences([CoilSound(30.04, 2, 3), CoilEdgeMargin(2.0)]) == (
        "30.0 m inspected; defects: 2, none of severity 3 or more; 2 mm at each edge are not inspected"
    )


def test_the_steps_of_a_severity_are_sentences() -> None:
    steps: list[Reason] = [SeverityArea(301.75, 50.0, 2), SeverityContrast(-0.4512, 0.4), SeverityEdge(12.5, 15.0, -1), SeverityAtMost(4)]
    assert sentences(steps) == (
        "area 301.8 mm², which is 50 mm² or more: grade 2; contrast -0.45, which is 0.4 or more, darker or brighter: one grade higher; "
        "12.5 mm from the strip's edge, which is within 15 mm: -1 added to the grade; the highest grade for this class is 4"
    )


def test_an_error_shows_its_reason_and_advice() -> None:
    reason = FileNotAnImage("a.png")
    expected = f"no file can be read: file a.png is not an image. {advice(reason)}"
    assert in_words(SkelpError("no file can be read", reason)) == expected
    assert in_words(SkelpError("the disk is full")) == "the disk is full"
