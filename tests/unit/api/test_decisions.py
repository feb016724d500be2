"""Decisions of skelp on a coil, deciding again, and recipes, over REST."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from skelp.domain.coverage import Interval, State
from skelp.domain.errors import RecordsError
from skelp.domain.models import KnownModel
from skelp.domain.reasons import RecordsLocked
from skelp.domain.recipe import Recipe
from skelp.ports import text_sha256
from skelp.recipe_shelf import RecipeShelf
from tests.fakes import coil, defect
from tests.station_server import V1, StationServer

MODEL = "5" * 64
STRICT = """name = "strict"
products = ["DC04", "DX5*"]
hold_from_severity = 6

[zones.usable]
middle_mm = 900

[[rules]]
name = "scratches"
then = "downgrade"
classes = ["scratch"]
zone = "usable"

[[rules]]
name = "too many scratches"
then = "scrap"
classes = ["scratch"]
more_than = 2
in_any_m = 10
"""


def final_coil(server: StationServer, coil_id: str = "C1", defects: int = 1, recipe: Recipe = Recipe()) -> None:  # noqa: B008 - frozen
    made = coil(coil_id, recipe_name=recipe.name, recipe_sha256=recipe.sha256, model_sha256=MODEL)
    with server.writer.transaction() as change:
        change.add_model(KnownModel(MODEL, ("scratch", "patch")))
        change.add_recipe(recipe)
        change.add_coil(made)
        change.record_interval(coil_id, "cam", Interval(0, 100_000, State.INSPECTED))
        change.add_defects([defect(n, coil_id=coil_id, defect_id=f"{coil_id}-{n:06d}") for n in range(1, defects + 1)])
        change.complete_coil(coil_id)


@pytest.fixture
def strict(server: StationServer, tmp_path: Path) -> Recipe:
    """The recipe `strict`, beside the default one."""
    file = tmp_path / "strict.toml"
    file.write_text(STRICT)
    shelf = RecipeShelf(tmp_path / "recipe.toml", [file])
    server.recipes._held, server.recipes._book, server.recipes._known = shelf._held, shelf._book, shelf._known
    return shelf.named("strict")


def ask(server: StationServer, coil_id: str = "C1", **more: Any) -> Any:
    return server.client.post(f"{V1}/coils/{coil_id}/decide", json={"recipe": "strict", "operator": "lee", "note": "order 7"} | more)


def test_a_coil_is_decided_again_as_a_new_revision_and_never_over_the_old_one(each_server: StationServer, tmp_path: Path) -> None:
    server = each_server
    (tmp_path / "strict.toml").write_text(STRICT)
    shelf = RecipeShelf(tmp_path / "recipe.toml", [tmp_path / "strict.toml"])
    server.recipes._held, server.recipes._book = shelf._held, shelf._book
    final_coil(server)
    before = server.client.get(f"{V1}/coils/C1").json()
    answer = ask(server)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["number"], made["decision"], made["operator"], made["note"]) == (2, "downgrade", "lee", "order 7")
    assert made["recipe"] == {"name": "strict", "sha256": shelf.named("strict").sha256}
    assert [r["code"] for r in made["reasons"]] == ["coil.rule_count", "coil.edge_margin", "coil.width_not_given"]
    after = server.client.get(f"{V1}/coils/C1").json()
    assert (after["decision"], after["reasons"], after["revised"]) == ("accept", before["reasons"], made)
    assert after["revision"] > before["revision"]
    assert ask(server).status_code == 200  # deciding twice is deciding once
    listed = server.client.get(f"{V1}/coils/C1/decisions").json()["decisions"]
    assert [d["number"] for d in listed] == [1, 2]
    assert (listed[0]["decision"], listed[0]["reasons"]) == ("accept", before["reasons"])
    assert server.client.get(f"{V1}/coils").json()["coils"][0]["revised"] == made
    told = [e for e in server.client.get(f"{V1}/events").json()["events"] if e["kind"] == "coil.revised"]
    assert [(e["coil_id"], e["data"]["decision"], e["data"]["instead_of"]) for e in told] == [("C1", "downgrade", "accept")]


def test_a_decision_is_explained_by_the_defects_that_caused_it(server: StationServer, strict: Recipe) -> None:
    final_coil(server, defects=4)
    assert ask(server).json()["decision"] == "scrap"
    first, second = (server.client.get(f"{V1}/coils/C1/decisions/{n}").json() for n in (1, 2))
    assert (first["same"], first["decision"]) == (True, "accept")
    assert second["same"] is True
    assert [(f["reason"]["args"]["rule"], f["then"], f["defects"], len(f["defect_ids"])) for f in second["findings"]] == [
        ("too many scratches", "scrap", 4, 4),
        ("scratches", "downgrade", 4, 4),
    ]
    assert server.client.get(f"{V1}/coils/C1/decisions/3").status_code == 404


def test_what_cannot_be_decided_again_is_refused_with_its_cause(server: StationServer, strict: Recipe) -> None:
    server.client.post(f"{V1}/coils", json={"coil_id": "R1"})
    server.expose(0, 10)
    running = ask(server, "R1")
    assert (running.status_code, running.json()["conflict"]) == (409, "not_final")
    assert server.client.get(f"{V1}/coils/R1/decisions").json()["conflict"] == "not_final"
    assert ask(server, "none").status_code == 404
    final_coil(server)
    unknown = ask(server, recipe="stric")
    assert unknown.status_code == 422
    assert "there are default, strict" in unknown.json()["detail"]
    with server.writer.transaction() as change:
        change.delete_defects("C1", 10, "2026-01-01T00:00:00Z")
    assert ask(server).status_code == 410
    assert server.client.get(f"{V1}/coils/C1/decisions/1").status_code == 410
    assert server.client.get(f"{V1}/coils/C1/decisions").json()["decisions"][0]["decision"] == "accept"


def test_the_product_chooses_the_recipe_also_when_it_is_corrected(server: StationServer, strict: Recipe) -> None:
    book = server.recipes
    assert [book.of(p).name for p in ("DC04", "DX51D", "DC01", "")] == ["strict", "strict", "default", "default"]
    server.client.post(f"{V1}/coils", json={"coil_id": "P1"})
    server.expose(0, 10)
    corrected = server.client.patch(f"{V1}/coils/P1", json={"product": "DX51D"}).json()
    assert corrected["recipe"] == {"name": "strict", "sha256": strict.sha256}
    final_coil(server)
    assert server.client.patch(f"{V1}/coils/C1", json={"product": "DX51D"}).json()["recipe"]["name"] == "default"  # it is decided


def test_a_recipe_is_tried_on_coils_that_are_recorded_and_nothing_is_stored(server: StationServer, strict: Recipe) -> None:
    for n in range(1, 5):
        final_coil(server, f"C{n}", defects=n - 1)
    events = server.reader.newest_event()
    tried = server.client.post(f"{V1}/recipe-previews", json={"toml": STRICT}).json()
    assert (tried["coils"], tried["unknown"], tried["was"]) == (4, 0, {"accept": 4})
    assert tried["now"] == {"accept": 1, "downgrade": 2, "scrap": 1}
    assert [(c["coil_id"], c["now"]) for c in tried["changed"]] == [("C4", "scrap"), ("C3", "downgrade"), ("C2", "downgrade")]
    two = server.client.post(f"{V1}/recipe-previews", json={"toml": STRICT, "newest": 2, "recipe": "default"}).json()
    assert two["coils"] == 2
    assert server.client.post(f"{V1}/recipe-previews", json={"toml": STRICT, "product": "X"}).json()["coils"] == 0
    assert server.reader.newest_event() == events


@pytest.mark.parametrize(
    ("toml", "fault"),
    [
        ("name = ", "not TOML"),
        ("a = " + "[" * 5000, "not TOML"),
        ("a = " + "9" * 5000, "not TOML"),
        ('name = "a/b"', "no slash"),
        ('name = "strict"\nhold_from = 3', "hold_from: unknown key"),
        (STRICT.replace('zone = "usable"', 'zone = "useable"'), "there is no .zones.useable."),
        (STRICT.replace('"downgrade"', '"scrap"').replace('zone = "usable"', ""), "too many scratches can never decide"),
    ],
)
def test_a_text_that_is_no_recipe_is_refused_with_its_fault(server: StationServer, strict: Recipe, toml: str, fault: str) -> None:
    for answer in (
        server.client.post(f"{V1}/recipe-previews", json={"toml": toml}),
        server.client.put(f"{V1}/recipes/strict", json={"toml": toml, "instead_of": text_sha256(STRICT), "operator": "lee"}),
    ):
        assert answer.status_code == 422
        assert re.search(fault, answer.json()["detail"])
    assert server.recipes.named("strict") == strict


def test_a_recipe_is_changed_for_the_coils_that_begin_from_now_on(server: StationServer, strict: Recipe, tmp_path: Path) -> None:
    listed = server.client.get(f"{V1}/recipes").json()["recipes"]
    assert [(r["name"], r["default"], r["products"]) for r in listed] == [("default", True, []), ("strict", False, ["DC04", "DX5*"])]
    assert listed[1]["toml"] == STRICT
    text = STRICT.replace("more_than = 2", "more_than = 3  # agreed on Friday")
    body = {"toml": text, "instead_of": text_sha256(STRICT), "operator": "lee", "note": "agreed"}
    saved = server.client.put(f"{V1}/recipes/strict", json=body)
    assert saved.status_code == 200
    assert saved.json()["sha256"] != strict.sha256
    assert (tmp_path / "strict.toml").read_text() == text
    assert server.recipes.of("DC04").sha256 == saved.json()["sha256"]
    again = server.client.put(f"{V1}/recipes/strict", json=body)
    assert (again.status_code, again.json()["conflict"]) == (409, "recipe_changed")
    told = server.client.get(f"{V1}/events").json()["events"][-1]
    assert (told["kind"], told["data"]["instead_of"], told["data"]["operator"]) == ("recipe.changed", strict.sha256, "lee")


def test_a_comment_that_somebody_else_added_is_not_lost(server: StationServer, strict: Recipe, tmp_path: Path) -> None:
    def save(text: str) -> int:
        body = {"toml": text, "instead_of": text_sha256(STRICT), "operator": "lee"}
        return int(server.client.put(f"{V1}/recipes/strict", json=body).status_code)

    assert save(STRICT + "# agreed with customer X\n") == 200
    assert save(STRICT + "# another thought\n") == 409  # the same recipe by its values, and another text
    assert (tmp_path / "strict.toml").read_text() == STRICT + "# agreed with customer X\n"


def test_a_file_that_was_changed_by_hand_is_not_written_over(server: StationServer, strict: Recipe, tmp_path: Path) -> None:
    (tmp_path / "strict.toml").write_text(STRICT + "# by hand\n")
    answer = server.client.put(
        f"{V1}/recipes/strict", json={"toml": STRICT + "# by REST\n", "instead_of": text_sha256(STRICT), "operator": "lee"}
    )
    assert (answer.status_code, answer.json()["conflict"]) == (409, "recipe_changed")
    assert (tmp_path / "strict.toml").read_text() == STRICT + "# by hand\n"


def test_a_link_stays_a_link_and_keeps_its_mode(server: StationServer, strict: Recipe, tmp_path: Path) -> None:
    kept = tmp_path / "git" / "strict.toml"
    kept.parent.mkdir()
    (tmp_path / "strict.toml").rename(kept)
    (tmp_path / "strict.toml").symlink_to(kept)
    kept.chmod(0o664)
    body = {"toml": STRICT + "# more\n", "instead_of": text_sha256(STRICT), "operator": "lee"}
    assert server.client.put(f"{V1}/recipes/strict", json=body).status_code == 200
    assert (tmp_path / "strict.toml").is_symlink()
    assert kept.read_text() == STRICT + "# more\n"
    assert kept.stat().st_mode & 0o777 == 0o664 & ~current_umask()


def current_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_recipe_whose_record_cannot_be_written_decides_nothing(
    server: StationServer, strict: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RecordsError("results cannot be stored", RecordsLocked(30.0))

    body = {"toml": STRICT + "# more\n", "instead_of": text_sha256(STRICT), "operator": "lee"}
    with monkeypatch.context() as broken:
        broken.setattr("skelp.sinks.sql.recipes.store", refuse)
        assert server.client.put(f"{V1}/recipes/strict", json=body).status_code == 503
    assert (tmp_path / "strict.toml").read_text() == STRICT
    assert server.client.put(f"{V1}/recipes/strict", json=body).status_code == 200


def test_a_coil_whose_recipe_is_not_stored_is_held(server: StationServer) -> None:
    with server.writer.transaction() as change:
        change.add_coil(coil("U1", recipe_name="lost", recipe_sha256="7" * 64))
        change.record_interval("U1", "cam", Interval(0, 100_000, State.INSPECTED))
        change.complete_coil("U1")
    found = server.client.get(f"{V1}/coils/U1").json()
    assert (found["decision"], [r["code"] for r in found["reasons"]]) == ("hold", ["coil.recipe_unknown"])
    explained = server.client.get(f"{V1}/coils/U1/decisions/1").json()
    assert [f["reason"]["code"] for f in explained["findings"]] == ["coil.recipe_unknown"]


def test_an_interrupted_coil_is_decided_again_as_it_was(server: StationServer) -> None:
    recipe = Recipe("first", hold_above_uninspected_m=1000.0)
    made = coil("I1", recipe_name="first", recipe_sha256=recipe.sha256)
    with server.writer.transaction() as change:
        change.add_recipe(recipe)
        change.add_coil(made)
        change.record_interval("I1", "cam", Interval(0, 100_000, State.INSPECTED))
        change.complete_coil("I1", interrupted=True)
        assert change.decide_again("I1", recipe, "lee", "")[1] is False
    explained = server.client.get(f"{V1}/coils/I1/decisions/1").json()
    assert (explained["same"], [r["code"] for r in explained["reasons"]]) == (True, ["coil.interrupted"])


def test_a_recipe_with_other_limits_is_saved_while_the_line_runs_and_the_coil_on_it_keeps_its_own(
    server: StationServer, strict: Recipe
) -> None:
    text = STRICT + "\n[classes.scratch]\nthreshold = 0.9\n"
    began = coil("S1", recipe_sha256=strict.sha256)
    answer = server.client.put(f"{V1}/recipes/strict", json={"toml": text, "instead_of": text_sha256(STRICT), "operator": "lee"})
    assert answer.status_code == 200
    now = server.recipes.named("strict")
    assert now.classes["scratch"].threshold == 0.9
    assert server.recipes.inspecting(began) == strict
    assert server.recipes.inspecting(replace(began, recipe_sha256=now.sha256)) == now


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("bridge_mm = 9.5\n" + STRICT, "started for screen = [] and a bridge_mm of at most 8"),
        (STRICT.replace('name = "strict"', 'name = "other"', 1), "keep its name"),
        (STRICT.replace('products = ["DC04", "DX5*"]', ""), "names no product"),
    ],
)
def test_a_change_that_the_running_line_cannot_take_is_refused(server: StationServer, strict: Recipe, text: str, fault: str) -> None:
    answer = server.client.put(f"{V1}/recipes/strict", json={"toml": text, "instead_of": text_sha256(STRICT), "operator": "lee"})
    assert answer.status_code == 422
    assert fault in answer.json()["detail"]
    assert (
        server.client.put(f"{V1}/recipes/none", json={"toml": text, "instead_of": text_sha256(STRICT), "operator": "lee"}).status_code
        == 404
    )
