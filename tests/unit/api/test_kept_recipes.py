"""Recipes that decided on coils are read by their hash."""

from __future__ import annotations

from skelp.domain.decision import Decision
from skelp.domain.recipe import Recipe
from skelp.domain.rules import Rule
from tests.station_server import V1, StationServer


def test_a_recipe_that_decided_is_read_by_its_hash_also_when_its_file_has_changed(server: StationServer) -> None:
    strict = Recipe("strict", products=("DC04",), rules=(Rule("no scratch", classes=("scratch",), then=Decision.HOLD),))
    with server.writer.transaction() as change:
        change.add_recipe(strict)
    kept = server.client.get(f"{V1}/kept-recipes/{strict.sha256}").json()
    assert (kept["name"], kept["sha256"], kept["values"]["rules"][0]["name"]) == ("strict", strict.sha256, strict.rules[0].name)
    assert server.client.get(f"{V1}/kept-recipes/{'0' * 64}").status_code == 404
    assert server.client.get(f"{V1}/kept-recipes/strict").status_code == 422
