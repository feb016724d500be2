"""A station with a recipe for each product: the product chooses it, it is changed while the line runs, another one decides again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from skelp.app import Station
from skelp.config import load_station
from skelp.domain.errors import SkelpError
from skelp.domain.reasons import RecipeSideUnseen
from tests.e2e.test_station import started, station_file

pytestmark = pytest.mark.alone

RECIPE = """name = "{name}"
products = {products}
hold_above_defects_per_100m = 1e9
hold_from_severity = 6

[[rules]]
name = "any defect"
then = "{then}"
"""


def test_a_station_does_not_start_with_a_rule_for_a_side_at_which_no_camera_looks(tmp_path: Path) -> None:
    file, recipe = station_file(tmp_path), tmp_path / "below.toml"
    recipe.write_text(RECIPE.format(name="below", products="[]", then="hold") + 'sides = ["bottom"]\n')
    file.write_text(f'recipe = "{recipe}"\n' + file.read_text())
    with pytest.raises(SkelpError) as refused, Station(load_station(file)):
        pass
    assert refused.value.reason == RecipeSideUnseen("any defect", "bottom")
    assert not (tmp_path / "data" / "skelp.db").exists(), "nothing was changed"


def test_the_product_chooses_the_rules_and_a_change_counts_from_the_next_coil(tmp_path: Path) -> None:
    file = station_file(tmp_path, limit=140)
    first, strict = tmp_path / "first.toml", tmp_path / "strict.toml"
    first.write_text(RECIPE.format(name="first", products="[]", then="downgrade"))
    strict.write_text(RECIPE.format(name="strict", products='["DC04"]', then="scrap"))
    file.write_text(f'recipe = "{first}"\nrecipes = ["{strict}"]\n' + file.read_text())
    with started(file) as station:

        def final(coil_id: str, product: str) -> Any:
            station.post("/api/v1/coils", {"coil_id": coil_id, "product": product})
            station.wait_for(f"/api/v1/coils/{coil_id}", lambda c: c["defects"] > 2)
            station.post(f"/api/v1/coils/{coil_id}/finish")
            return station.wait_for(f"/api/v1/coils/{coil_id}", lambda c: c["status"] == "final")

        for coil_id, product, name, decision in (("K-1", "S235", "first", "downgrade"), ("K-2", "DC04", "strict", "scrap")):
            coil = final(coil_id, product)
            assert (coil["recipe"]["name"], coil["decision"]) == (name, decision)
        found = station.get("/api/v1/coils/K-2/decisions/1")
        assert found["same"]
        assert found["findings"][0]["defects"] == station.get("/api/v1/coils/K-2")["defects"]
        again = station.post("/api/v1/coils/K-2/decide", {"recipe": "first", "operator": "lee"})
        assert (again["decision"], again["number"]) == ("downgrade", 2)
        (now,) = [r for r in station.get("/api/v1/recipes")["recipes"] if r["name"] == "strict"]
        text = now["toml"].replace('"scrap"', '"hold"')
        station.post("/api/v1/recipes/strict", {"toml": text, "instead_of": now["text_sha256"], "operator": "lee"}, method="PUT")
        assert final("K-3", "DC04")["decision"] == "hold"
        assert station.get("/api/v1/coils/K-2")["decision"] == "scrap"
        assert station.get("/api/v1/coils/K-2/decisions/1")["same"]  # by the recipe that decided, which is kept
