"""What the station and a coil are as metrics."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp_client.records import Hashed, Override, Reason, Revision
from skelp_languages.mqtt.codec import Payload, Value, encode
from skelp_languages.mqtt.coil_metrics import coil_rows, tags_of
from skelp_languages.mqtt.station_metrics import NO_ANSWER, Row, line_rows, metrics, node_rows, readiness_rows
from tests.unit.languages.mqtt.records import status, told


def values(rows: list[Row]) -> dict[str, Value]:
    assert len({name for name, *_ in rows}) == len(rows)
    encode(Payload(1, 0, tuple(metrics(rows, 1))))  # every value fits its type
    return {name: value for name, _, _, value in rows}


def test_a_coil() -> None:
    found = values(coil_rows(told(7), 5, ["scratch", "dent"], ["marking"]))
    assert found["Coil/Decision"] == found["Coil/Own Decision"] == "hold"
    assert found["Coil/Reasons"] == "coil.not_inspected,coil.severe_defects"
    assert [found[f"Coil/{n}"] for n in ("Length", "Inspected", "Degraded", "Lost")] == [100.0, 90.0, 7.0, 3.0]
    assert found["Coil/Finished"] == 1795773660500
    assert [found[f"Coil/Severity/{n}"] for n in range(1, 6)] == [0, 3, 0, 0, 0]
    assert [found[f"Coil/Class/{n}"] for n in ("scratch", "dent", "scale")] == [2, 0, 1]
    assert found["Coil/Mark/marking"] == 4
    assert list(found)[-4:] == ["Feed/Kind", "Feed/Repeat", "Feed/Previous", "Feed/Seq"]
    assert (found["Feed/Previous"], found["Feed/Seq"]) == (5, 7)


def test_names_and_types_are_the_same_without_a_coil() -> None:
    known = ["scratch", "scale"]
    without, with_one = coil_rows(None, None, known, ["marking"]), coil_rows(told(7), None, known, ["marking"])
    assert [row[:3] for row in without] == [row[:3] for row in with_one]
    assert {row[3] for row in without} == {None}


def test_a_person_decided_on_what_another_recipe_had_decided() -> None:
    reason, recipe = Reason("coil.rule_count", {}, ""), Hashed("strict", "2" * 64)
    revised = Revision("K7", 1, "downgrade", (reason,), recipe, "kim", "", "2026-11-27T11:00:00Z")
    person = Override(1, "K7", "scrap", "kim", "", "2026-11-27T12:00:00Z")
    found = values(coil_rows(told(7, revised=revised, override=person), None, [], []))
    assert (found["Coil/Decision"], found["Coil/Decided By"], found["Coil/Own Decision"]) == ("scrap", "person", "downgrade")
    assert (found["Coil/Reasons"], found["Coil/Recipe"]) == ("coil.rule_count", "strict")


def test_the_station_and_its_line() -> None:
    found = values([*node_rows(status()), *line_rows(status())])
    assert (found["Station/Ready"], found["Station/Reason"], found["Node Control/Rebirth"]) == (True, "", False)
    assert (found["Line/State"], found["Line/Speed"], found["Line/Coil"]) == ("running", 1.23, "K2")
    refused = status(ready=False, reason={"code": "station.quiet", "args": {}, "text": ""}, line_now=None, coil=None)
    found = values([*node_rows(refused), *line_rows(refused)])
    assert (found["Station/Ready"], found["Station/Reason"]) == (False, "station.quiet")
    assert (found["Line/State"], found["Line/Speed"], found["Line/Coil"]) == (None, None, "")
    assert values(readiness_rows(None)) == {"Station/Ready": False, "Station/Reason": NO_ANSWER}
    assert [row[:3] for row in node_rows(None)] == [row[:3] for row in node_rows(status())]


@given(st.lists(st.text(min_size=1, max_size=12), max_size=8))
def test_no_two_classes_are_one_tag(names: list[str]) -> None:
    tags = tags_of(names)
    assert list(tags) == list(dict.fromkeys(names))
    assert len({t.lower() for t in tags.values()}) == len(tags)
    assert not any(set("/.+#[]") & set(tag) for tag in tags.values())


@pytest.mark.parametrize(("name", "tag"), [("edge crack", "edge crack"), ("scale/rolled", "scale-rolled"), ("산화철", "산화철")])
def test_a_class_keeps_its_name_where_a_host_can_have_it(name: str, tag: str) -> None:
    assert tags_of([name]) == {name: tag}
