"""A layout that cannot work is refused when it is loaded, and the message names what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from skelp.domain.errors import SkelpError
from skelp_languages.level2.checking import checked_layout
from skelp_languages.level2.layout import Fixed
from skelp_languages.level2.meanings import Telegram
from skelp_languages.level2.promises import warnings
from tests.unit.languages.level2.layouts import EXAMPLE, example, made


def test_the_fields_of_the_example_lie_where_its_page_says() -> None:
    layout = checked_layout(EXAMPLE)
    at = {p.field.name: p.at for p in layout.places(Telegram.COIL_RESULT) if not isinstance(p, Fixed)}
    assert (at["COIL_NO"], at["GRADE"], at["LOST_M"], at["REPEAT_YN"]) == (44, 146, 230, 285)
    assert layout.size(Telegram.DEFECT_LIST) == 112 + 10 * 53


def result_field(**changes: Any) -> Callable[[dict[str, Any]], None]:
    """Change the first field of the result, or add one with a name of its own."""

    def change(file: dict[str, Any]) -> None:
        file["telegrams"]["coil_result"]["fields"].append({"name": "NEW", "width": 4, "kind": "text", **changes})

    return change


def at(*path: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
    """Set a value in the file."""

    def change(file: dict[str, Any]) -> None:
        inner: Any = file
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value

    return change


def without(*path: str | int) -> Callable[[dict[str, Any]], None]:
    def change(file: dict[str, Any]) -> None:
        inner: Any = file
        for step in path[:-1]:
            inner = inner[step]
        del inner[path[-1]]

    return change


def without_values(telegram: str, *values: str) -> Callable[[dict[str, Any]], None]:
    """Leave out the fields of some values."""

    def change(file: dict[str, Any]) -> None:
        one = file["telegrams"][telegram]
        one["fields"] = [field for field in one["fields"] if field["value"] not in values]

    return change


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (result_field(value="lengt_m"), r"NEW stands for 'lengt_m', which is no value of it; did you mean length_m\?"),
        (result_field(value="class:"), "class:"),
        (result_field(value="severity"), "severity"),
        (result_field(kind="integer", value="event_time"), "is a time"),
        (result_field(kind="text", value="length_m"), "is a number"),
        (result_field(kind="integer", value="heat"), "needs `codes`"),
        (result_field(kind="text", value="decision"), "'downgrade' has 9 bytes"),
        (result_field(kind="text", value="decision", codes={"accept": "A"}), "'downgrade' has no code"),
        (result_field(kind="unsigned", value="strip_width_mm"), "absent"),
        (result_field(kind="unsigned", width=2, value="strip_width_mm", absent=-1), "absent"),
        (result_field(kind="unsigned", width=3), "width"),
        (result_field(kind="time", value="event_time", width=4), "has 14 characters"),
        (result_field(kind="time", value="event_time", format="hhhh", width=4), "twice or none"),
        (result_field(kind="decimal", decimals=3, value="length_m"), "no room for a digit"),
        (result_field(kind="integer", decimals=1, value="length_m"), "has no decimals"),
        (result_field(kind="text", pad="zero"), "zeros on the right"),
        (result_field(kind="integer", align="left", value="defects"), "another number"),
        (result_field(kind="filler", constant="TOO LONG"), "8 bytes"),
        (result_field(kind="filler", value="heat"), "stands for no value"),
        (result_field(kind="text", value="coil_id", cut=True), "names something"),
        (result_field(kind="text", value="heat", replace="?"), "names something"),
        (at("telegrams", "defect_list", "each", 1, "cut", value=True), "'class_code' names something"),
        (result_field(kinds="text"), "kind"),
        (at("header", 0, "width", value=2), r"TC_LEN: .640. needs 3 bytes"),
        (at("header", 5, "width", value=1), "99 is the least"),
        (at("header", 5, "kind", value="text"), "must be an integer"),
        (without("header", 5), "'number'"),
        (without("header", 1), "'code'"),
        (at("skelp", value=""), "say its name"),
        (at("skelp", value="SKELP"), "SKELP"),
        (without("telegrams", "ack"), "there is no ack"),
        (without("telegrams", "ack", "fields", 2), "'result'"),
        (at("telegrams", "ack", "fields", 1, "width", value=3), "OF_NUM"),
        (at("telegrams", "ack", "fields", 0, "width", value=5), "OF_ID"),
        (at("telegrams", "ack", "fields", 2, "codes", value={"done": 0, "*": 0}), "'done' and 'unknown_telegram' have the same code"),
        (
            result_field(kind="text", width=1, value="decision", codes={"accept": "A", "*": "A"}),
            "'accept' and 'downgrade' have the same code",
        ),
        (
            result_field(kind="integer", value="decision_of_skelp", codes={"accept": 1, "scrap": 9, "hold": 1, "*": 2}),
            "'accept' and 'hold'",
        ),
        (result_field(kind="text", width=1, value="repeat", codes={"no": "N", "yes": "N"}), "'no' and 'yes' have the same code"),
        (result_field(kind="unsigned", width=1, value="interrupted", codes={"*": 0}), "'no' and 'yes' have the same code"),
        (result_field(kind="text", width=1, value="decided_by_person", codes={"no": " ", "yes": ""}), "'no' and 'yes' have the same code"),
        (result_field(kind="text", width=1, value="event", codes={"final": "F", "*": "C"}), "'changed' and 'decided' have the same code"),
        (
            result_field(kind="text", value="event", codes={"final": "F", "chnged": "X", "*": "C"}),
            "'chnged' is no word of 'event'; did you mean",
        ),
        (at("telegrams", "defect_list", "each", 3, "codes", value={"*": "T"}), "'top' and 'bottom' have the same code"),
        (at("telegrams", "coil_start", "fields", 5, "codes", value={"*": "N"}), "'no' and 'yes' have the same code"),
        (at("telegrams", "coil_end", "code", value="L2SI01"), "have the same code"),
        (at("telegrams", "coil_end", "code", value="L2SI002"), "7 bytes"),
        (at("telegrams", "coil_end", "code", value=7), "a number in quotes is text"),
        (at("telegrams", "coil_end", "code_in", value="L2SI09"), "both ways"),
        (without("telegrams", "coil_start", "fields", 0), "'coil_id'"),
        (without_values("coil_result", "decision"), "coil_result: no field stands for 'decision'"),
        (without_values("coil_result", "name"), "coil_result: no field stands for 'coil_id' or 'name'"),
        (without_values("coil_result", "feed_seq", "repeat"), "coil_result: no field stands for 'feed_seq' or 'repeat'"),
        (without_values("defect_list", "name"), "defect_list: no field stands for 'coil_id' or 'name'"),
        (without("telegrams", "defect_list", "defects"), "how many `defects`"),
        (at("telegrams", "defect_list", "fields", 2, "width", value=2), "PART.*200"),
        (
            result_field(kind="integer", width=8, value="feed_seq"),
            "NEW holds numbers up to 99999999; 999999999 is the least for 'feed_seq'",
        ),
        (result_field(kind="unsigned", width=2, value="feed_seq"), "up to 65535; 999999999"),
        (result_field(kind="float", width=4, value="feed_seq"), "up to 16777216; 999999999"),
        (result_field(kind="integer", width=1, value="defects"), "NEW holds numbers up to 9; 9999 is the least for 'defects'"),
        (result_field(kind="integer", width=3, value="class:scratch"), "9999 is the least"),
        (result_field(kind="unsigned", width=1, value="severity_5"), "up to 255; 9999"),
        (result_field(kind="integer", width=4, value="length_m"), "up to 9999; 32767"),
        (result_field(kind="implied", width=5, decimals=1, value="lost_m"), "up to 9999; 32767"),
        (result_field(kind="unsigned", width=2, decimals=1, value="inspected_m"), "up to 6553; 32767"),
        (result_field(kind="integer", width=1, value="pass_number"), "up to 9; 99"),
        (at("telegrams", "defect_list", "fields", 1, "width", value=3), "FEED_SEQ holds numbers up to 999"),
        (at("telegrams", "defect_list", "fields", 5, "width", value=1), "IN_PART: '10'"),
        (at("telegrams", "defect_list", "each", 0, "width", value=3), "RANK: '2000'"),
        (at("telegrams", "defect_list", "each", 4, "width", value=7), "ALONG_MM holds numbers up to 9999999; 32767000"),
        (at("telegrams", "defect_list", "most", value=100_000), "PARTS: '10000'"),
        (result_field(kind="integer", width=3, value="listed"), "NEW: '2000'"),
        (at("telegrams", "coil_result", "defects", value=3), "and no other telegram"),
        (without("zone"), "say of which zone"),
        (at("zone", value="Korea/Pohang"), "no zone of this machine"),
        (at("encoding", value="utf-8"), "encoding"),
        (at("telegrams", "coil_stop", value={"code": "X"}), "coil_stop"),
    ],
)
def test_what_cannot_work_is_refused_by_name(tmp_path: Path, change: Callable[[dict[str, Any]], None], named: str) -> None:
    file = example()
    change(file)
    with pytest.raises(SkelpError, match=named):
        made(tmp_path, file)


def test_decisions_but_accept_may_have_one_code_and_either_of_feed_seq_and_repeat_is_enough(tmp_path: Path) -> None:
    for left_out in ("feed_seq", "repeat"):
        file = example()
        without_values("coil_result", left_out)(file)
        file["telegrams"]["coil_result"]["fields"][5]["codes"] = {"accept": "A", "*": "N"}
        made(tmp_path, file)


@pytest.mark.parametrize(
    ("left_out", "warned"),
    [
        ((), None),
        (("lost_m",), None),
        (("length_m",), None),
        (("lost_m", "length_m"), "how much steel was not inspected"),
        (("degraded_m", "inspected_m"), "how much steel was not inspected"),
    ],
)
def test_a_layout_that_hides_uninspected_steel_is_warned_of(tmp_path: Path, left_out: tuple[str, ...], warned: str | None) -> None:
    file = example()
    without_values("coil_result", *left_out)(file)
    assert [warned is not None and warned in text for text in warnings(made(tmp_path, file))] == [True] * (warned is not None)


def test_a_layout_without_results_is_warned_of_where_level_2_gets_defects(tmp_path: Path) -> None:
    file = example()
    del file["telegrams"]["coil_result"]
    assert "hears of no decision" in " ".join(warnings(made(tmp_path, file)))
    del file["telegrams"]["defect_list"]
    assert list(warnings(made(tmp_path, file))) == []


def test_sixteen_bits_are_enough_for_metres_and_thirty_two_for_the_feed(tmp_path: Path) -> None:
    file = example()
    for kind in ("signed", "unsigned"):
        for value in ("length_m", "inspected_m", "degraded_m", "lost_m", "defects"):
            result_field(name=f"{kind} {value}", kind=kind, width=2, value=value)(file)
        result_field(name=f"{kind} seq", kind=kind, width=4, value="feed_seq")(file)
    result_field(name="float", kind="float", width=4, value="length_m")(file)
    file["telegrams"]["defect_list"]["each"][4] |= {"kind": "float", "width": 4}
    made(tmp_path, file)


def test_codes_may_be_binary_numbers(tmp_path: Path) -> None:
    file = example()
    file["header"][1] = {"name": "ID", "value": "code", "width": 2, "kind": "unsigned"}
    for number, telegram in enumerate(file["telegrams"].values(), 100):
        telegram["code"] = number
        if "code_in" in telegram:
            telegram["code_in"] = number + 50
    file["telegrams"]["ack"]["fields"][0] = {"name": "OF", "value": "of_code", "width": 2, "kind": "unsigned"}
    layout = made(tmp_path, file)
    assert layout.telegram_of(102, to_level_2=False) is Telegram.COIL_CORRECTION
    assert layout.telegram_of(102, to_level_2=True) is None
