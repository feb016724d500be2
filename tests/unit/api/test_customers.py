"""The customer of a coil: given, corrected, passed on, asked for, and what chooses the recipe together with the product."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from skelp.domain.coverage import Interval, State
from skelp.model import coil_maker
from skelp.recipe_shelf import RecipeShelf
from tests.fakes import coil
from tests.station_server import V1, StationServer

MODEL: Any = SimpleNamespace(card=SimpleNamespace(name="net", version="1"), sha256="5" * 64)
PANEL = 'name = "panel"\nproducts = ["DC04"]\ncustomers = ["Hanbit*"]\nhold_from_severity = 2\n'


@pytest.fixture
def shelf(server: StationServer, tmp_path: Path) -> None:
    (tmp_path / "panel.toml").write_text(PANEL)
    server.recipes.__dict__.update(RecipeShelf(tmp_path / "recipe.toml", [tmp_path / "panel.toml"]).__dict__)


def start(server: StationServer, status: int = 201, **body: Any) -> Any:
    answer = server.client.post(f"{V1}/coils", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_coil_has_the_customer_that_was_given_and_corrected(each_server: StationServer) -> None:
    client = each_server.client
    assert start(each_server, coil_id="K1", customer="한빛 Motors")["customer"] == "한빛 Motors"
    start(each_server, 200, coil_id="K1", customer="한빛 Motors")
    refused = client.post(f"{V1}/coils", json={"coil_id": "K1", "customer": "Seohae"})
    assert (refused.status_code, refused.json()["conflict"]) == (409, "coil_differs")
    assert client.patch(f"{V1}/coils/K1", json={"customer": "Seohae"}).json()["customer"] == "Seohae"
    changed = [e["data"] for e in client.get(f"{V1}/events").json()["events"] if e["kind"] == "coil.changed"]
    assert changed == [{"customer": "Seohae"}]
    assert start(each_server, coil_id="K2")["customer"] == ""


def test_a_further_pass_is_for_the_same_customer(each_server: StationServer) -> None:
    start(each_server, coil_id="K1", product="DC04", customer="Hanbit")
    each_server.expose(0, 100)
    each_server.client.post(f"{V1}/coils/K1/finish")
    again = start(each_server, coil_id="K1", new_pass=True)
    assert (again["coil_id"], again["product"], again["customer"]) == ("K1~2", "DC04", "Hanbit")


def test_coils_are_found_by_their_customer(each_server: StationServer) -> None:
    for n, customer in enumerate(("Hanbit", "Seohae", "Hanbit")):
        start(each_server, coil_id=f"K{n}", customer=customer)
    found = each_server.client.get(f"{V1}/coils", params={"customer": "Hanbit"}).json()["coils"]
    assert [c["coil_id"] for c in found] == ["K2", "K0"]


def test_a_recipe_is_tried_on_the_coils_of_a_customer(each_server: StationServer) -> None:
    for coil_id, customer in (("K1", "Hanbit"), ("K2", "Seohae")):
        with each_server.writer.transaction() as change:
            change.add_coil(coil(coil_id, customer=customer))
            change.complete_coil(coil_id)
    tried = {"toml": 'name = "other"', "customer": "Hanbit"}
    assert each_server.client.post(f"{V1}/recipe-previews", json=tried).json()["coils"] == 1
    piece = {"coil_id": "P1", "cuts": [{"from_m": 0, "to_m": 1}]}
    with each_server.writer.transaction() as change:
        change.add_coil(coil("K3", customer="Hanbit"))
        change.record_interval("K3", "cam", Interval(0, 10_000, State.INSPECTED))
        change.complete_coil("K3")
    assert each_server.client.post(f"{V1}/coils/K3/derive", json=piece).json()["customer"] == "Hanbit"


def test_the_customer_chooses_the_recipe_with_the_product(server: StationServer, shelf: None) -> None:
    make = coil_maker(MODEL, server.recipes.of, 0.25)
    assert make("K1", product="DC04", customer="Hanbit 2").recipe_name == "panel"
    assert make("K1", product="DC04").recipe_name == make("K1", customer="Hanbit 2").recipe_name == "default"
    start(server, coil_id="K1", product="DC04")
    patched = server.client.patch(f"{V1}/coils/K1", json={"customer": "Hanbit"}).json()
    assert patched["recipe"]["name"] == "panel"
    patched = server.client.patch(f"{V1}/coils/K1", json={"product": "DC01"}).json()
    assert patched["recipe"]["name"] == "default"
    named = server.client.get(f"{V1}/recipes").json()["recipes"]
    assert [(r["products"], r["customers"]) for r in named] == [([], []), (["DC04"], ["Hanbit*"])]
