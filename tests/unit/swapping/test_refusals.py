"""A model that cannot take over is refused with its true cause, and the one on the line goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from skelp.domain.conflicts import Conflict, ConflictError
from skelp.domain.recipe import ClassRule, Recipe
from skelp.domain.strip import Side
from tests.models import CARD, bright_spots, with_distance, with_screen
from tests.unit.swapping.conftest import House

BRIGHT = CARD["classes"][0]
Write = Callable[[Path], object]


def card(**changes: object) -> Write:
    return lambda file: bright_spots(file, {**CARD, **changes})


@pytest.mark.parametrize(
    ("write", "code"),
    [
        (lambda file: file.write_bytes(b"\x08\x09 no model"), "model.not_a_model"),
        (lambda file: file.write_bytes(b""), "model.not_a_model"),
        (lambda file: file.write_bytes(bright_spots(file).read_bytes()[:-40]), "model.not_a_model"),
        (lambda file: bright_spots(file, None), "model.no_card"),
        (card(classes=[]), "model.bad_card"),
        (lambda file: bright_spots(file, {**CARD, "stride": 8}), "model.fails_its_card"),
        (lambda file: bright_spots(file, {**CARD, "stride": 8}, step=8), "model.other_stride"),
        (card(classes=[{**BRIGHT, "name": "dark"}]), "model.other_classes"),
        (card(classes=[BRIGHT, {"id": 2, "name": "dark"}]), "model.other_classes"),
        (card(classes=[{**BRIGHT, "pseudo": True}, {"id": 2, "name": "dark"}]), "model.other_classes"),
    ],
)
def test_what_cannot_take_over_is_refused_with_its_cause(house: House, write: Write, code: str) -> None:
    write(house.folder / "new.onnx")
    house.ask("new.onnx")
    status = house.exchange.status()
    assert status.refused is not None
    assert (status.refused.file, status.refused.reason.code.value) == ("new.onnx", code)
    assert house.line.begin("C1") == "1"
    assert [(kind, data["reason"]["code"]) for kind, data in house.events()] == [("model.refused", code)]
    assert house.database.reader.chosen_models(limit=9) == []


def test_what_differs_of_the_classes_is_named(house: House) -> None:
    house.write("new.onnx", classes=[{**BRIGHT, "name": "dark"}])
    house.ask("new.onnx")
    refused = house.exchange.status().refused
    assert refused is not None
    assert refused.reason.args == {"lacking": "bright", "more": "dark"}


def test_other_limits_ids_and_codes_of_the_same_classes_are_no_other_classes(house: House) -> None:
    bright_spots(
        house.folder / "new.onnx", {**CARD, "version": "2", "classes": [{**BRIGHT, "id": 7, "code": "X", "threshold": 0.9}]}, answer=7
    )
    house.ask("new.onnx")
    assert house.exchange.status().refused is None
    assert house.line.begin("C1") == "2"


def test_a_model_that_does_not_notice_unknown_steel_cannot_follow_one_that_does(tmp_path: Path) -> None:
    with_distance(tmp_path / "own.onnx", grey=250)
    house = House(tmp_path)
    house.write("new.onnx", version="2")
    house.ask("new.onnx")
    refused = house.exchange.status().refused
    house.close()
    assert refused is not None
    assert refused.reason.code == "model.no_distance"


@pytest.mark.parametrize(("screened", "chosen"), [(False, "1"), (True, "2")])
def test_a_recipe_that_screens_needs_a_model_with_a_screen(tmp_path: Path, screened: bool, chosen: str) -> None:
    with_screen(bright_spots(tmp_path / "own.onnx"))
    house = House(tmp_path, recipe=Recipe(screen=(Side.TOP,), edge_margin_mm=0))
    house.write("new.onnx", version="2")
    if screened:
        with_screen(house.folder / "new.onnx")
    house.ask("new.onnx")
    refused = house.exchange.status().refused
    house.close()
    assert house.line.begin("C1") == chosen
    assert (refused.reason.code if refused else None) == (None if screened else "model.no_screen")


def test_a_recipe_that_does_not_fit_the_model_refuses_it(tmp_path: Path) -> None:
    """The recipe makes marks defects; in the new model they are defects already. The classes differ before the recipe does."""
    marks = [BRIGHT, {"id": 2, "name": "chalk", "pseudo": True}]
    bright_spots(tmp_path / "own.onnx", {**CARD, "classes": marks})
    house = House(tmp_path, recipe=Recipe(classes={"chalk": ClassRule(as_defect=True)}, edge_margin_mm=0))
    house.write("new.onnx", version="2", classes=[BRIGHT, {"id": 2, "name": "chalk"}])
    house.ask("new.onnx")
    refused = house.exchange.status().refused
    house.close()
    assert refused is not None
    assert refused.reason.args == {"changed": "chalk"}


def test_a_slower_model_is_refused_with_both_times(tmp_path: Path) -> None:
    house = House(tmp_path, most_slower=1e-6)  # no model is a million times as fast
    house.write("new.onnx", version="2")
    house.ask("new.onnx")
    refused = house.exchange.status().refused
    house.close()
    assert refused is not None
    assert refused.reason.code == "model.slower"
    assert refused.reason.args["most"] == 1e-6


def test_a_model_is_not_tried_while_the_line_has_no_time(house: House) -> None:
    house.write("new.onnx", version="2")
    house.line.has_time = False
    house.ask("new.onnx")
    refused = house.exchange.status().refused
    assert refused is not None
    assert refused.reason.code == "model.line_busy"
    house.line.has_time = True
    house.ask("new.onnx")
    assert house.exchange.status().refused is None


@pytest.mark.parametrize("name", ["", "../own.onnx", "/etc/passwd", ".", "new.txt", "sub/new.onnx", "link.onnx", "a\x00b"])
def test_only_files_of_the_folder_may_be_asked_for(house: House, name: str) -> None:
    (house.folder / "sub").mkdir()
    (house.folder / "new.txt").write_bytes(b"1")
    bright_spots(house.folder / "sub" / "new.onnx")
    (house.folder / "link.onnx").symlink_to(house.own)
    with pytest.raises(LookupError):
        house.exchange.ask(name, watch=True)


def test_one_model_is_tried_at_a_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.write("new.onnx", version="2")
    go_on = threading.Event()
    monkeypatch.setattr("skelp.swapping.exchange.Exchange._wait", lambda _: go_on.wait(10))
    house.exchange.ask("new.onnx", watch=True)
    assert house.exchange.status().trying == "new.onnx"
    with pytest.raises(ConflictError) as refused:
        house.exchange.ask("new.onnx", watch=True)
    assert refused.value.conflict is Conflict.MODEL_BUSY
    go_on.set()
    house.wait()
    assert house.line.begin("C1") == "2"
