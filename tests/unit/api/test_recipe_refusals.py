"""A recipe that would judge less than its author thinks is refused over REST, with the code of the reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from skelp.domain.strip import Side
from skelp.ports import text_sha256
from skelp.recipe_shelf import RecipeShelf
from tests.station_server import V1, StationServer

RULE = 'name = "default"\nhold_from_severity = 6\n[[rules]]\nname = "r"\nthen = "hold"\n'


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        (RULE + "classes = []\n", {"code": "recipe.empty_key", "args": {"rule": "r", "key": "classes"}}),
        (RULE + 'sides = ["bottom"]\n', {"code": "recipe.side_unseen", "args": {"rule": "r", "side": "bottom"}}),
        (
            'name = "default"\nstrip_width_mm = 900.0\n[zones.all]\nmiddle_mm = 1200.0\n',
            {"code": "recipe.zone_whole", "args": {"zone": "all", "strip_width_mm": 900.0}},
        ),
    ],
)
def test_it_is_neither_tried_nor_saved(server: StationServer, tmp_path: Path, toml: str, reason: dict[str, Any]) -> None:
    shelf = RecipeShelf(tmp_path / "recipe.toml", fits=lambda recipe: recipe.check_sides({Side.TOP}))
    server.recipes.__dict__.update(shelf.__dict__)
    before = (tmp_path / "recipe.toml").read_text()
    body = {"toml": toml, "instead_of": text_sha256(before), "operator": "lee"}
    for answer in (
        server.client.post(f"{V1}/recipe-previews", json={"toml": toml}),
        server.client.put(f"{V1}/recipes/default", json=body),
    ):
        assert answer.status_code == 422
        told = answer.json()
        assert {name: told["reason"][name] for name in ("code", "args")} == reason
        assert told["reason"]["text"] in told["faults"][0]["fault"]
    assert (tmp_path / "recipe.toml").read_text() == before
