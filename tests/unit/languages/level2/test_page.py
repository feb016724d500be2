"""docs/plant/level2.md says what the code does: values, results, the printed table, the bytes of the recorded result."""

from __future__ import annotations

import re

from skelp_languages.level2.checking import checked_layout
from skelp_languages.level2.meanings import BODIES, DEFECT_VALUES, HEADER, RESULT, Telegram
from skelp_languages.level2.printing import table, title
from skelp_languages.level2.telegrams import unpack
from tests.conftest import ROOT
from tests.unit.languages.level2.layouts import EXAMPLE

PAGE = (ROOT / "docs" / "plant" / "level2.md").read_text(encoding="utf-8")


def test_every_telegram_and_value_is_on_the_page() -> None:
    shown = set(re.findall(r"`([^`\n]+)`", PAGE)) | {f"severity_{n}" for n in range(1, 6)}
    values = set(HEADER) | set(DEFECT_VALUES) | {value for body in BODIES.values() for value in body}
    assert sorted(values - shown) == []
    assert sorted({t.value for t in Telegram} - shown) == []


def test_results_have_the_numbers_of_the_page() -> None:
    found = {word: int(number) for word, number in re.findall(r"^\| `(\w+)` \| (\d+) \|", PAGE, re.MULTILINE)}
    assert found == RESULT.words


def test_the_table_on_the_page_is_what_check_prints() -> None:
    layout = checked_layout(EXAMPLE)
    assert "\n".join([title(layout, Telegram.COIL_END), *table(layout, Telegram.COIL_END)]) in PAGE


def test_the_bytes_on_the_page_are_the_result_that_it_shows() -> None:
    layout = checked_layout(EXAMPLE)
    dump = PAGE.split("The same result with its bytes:")[1].split("```")[1]
    raw = bytes.fromhex("".join(re.findall(r"^ +\d+  ([0-9a-f]{2}(?: [0-9a-f]{2}){0,15})", dump, re.MULTILINE)))
    read = unpack(layout, raw, to_level_2=True)
    shown = {name: read.body[name] for name in ("product", "decision", "feed_seq")}
    assert read.telegram is Telegram.COIL_RESULT
    assert shown == {"product": "냉연 DC04", "decision": "hold", "feed_seq": 412}
