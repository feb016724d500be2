"""A defect says why it has its severity, by the recipe that inspected its coil."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from skelp.domain.reasons import SeverityArea, SeverityContrast
from skelp.domain.recipe import ClassRule, Recipe
from skelp.domain.severity import ClassSeverity, explained
from skelp.sinks.sql import Database, rows
from skelp.sinks.sql.tables import recipes
from tests.fakes import coil, defect
from tests.station_server import V1, StationServer
from tests.unit.sinks.conftest import ME

STRICT = Recipe("strict", {"scratch": ClassRule(severity=ClassSeverity((10.0, 100.0, 1000.0, 9000.0), contrast=0.15))})


def because(server: StationServer, n: int, sha256: str, **changes: object) -> list[dict[str, Any]]:
    """What the server says of a defect of a coil that the recipe with this hash inspected."""
    with server.writer.transaction() as change:
        change.add_coil(replace(coil(f"K{n}"), recipe_sha256=sha256))
        change.add_defects([defect(n, coil_id=f"K{n}", defect_id=f"K{n}-1", **changes)])
    answer = server.client.get(f"{V1}/defects/K{n}-1").json()
    found: list[dict[str, Any]] = answer["severity_because"]
    return found


def test_a_defect_says_why_it_has_its_severity(server: StationServer) -> None:
    own = Recipe().sha256
    (reason,) = because(server, 1, own, area_mm2=301.75)
    assert (reason["code"], reason["args"]) == ("severity.area", {"area_mm2": 301.75, "from_mm2": 50.0, "grade": 2})
    assert [r["code"] for r in because(server, 2, own, area_mm2=301.75, severity=0)] == ["severity.mark"]
    assert [r["args"] for r in because(server, 3, own, area_mm2=301.75, severity=4)] == [{"grade": 2}]
    assert [r["code"] for r in because(server, 4, "f" * 64)] == ["severity.no_recipe"]
    listed = server.client.get(f"{V1}/coils/K1/defects").json()["defects"][0]
    assert "severity_because" not in listed


def test_grade_5_may_be_asked_for(server: StationServer) -> None:
    because(server, 1, Recipe().sha256, severity=5)
    assert [d["severity"] for d in server.client.get(f"{V1}/coils/K1/defects?severity_min=5").json()["defects"]] == [5]
    assert server.client.get(f"{V1}/coils/K1/defects?severity_min=6").status_code == 422


def test_the_recipe_of_the_coil_counts_and_not_the_one_in_use(url: str) -> None:
    found = defect(1, severity=3)
    with Database(url, STRICT, ME) as before, before.writer.transaction() as change:
        change.add_coil(replace(coil(), recipe_sha256=STRICT.sha256))
        change.add_defects([found])
    with Database(url, Recipe(), ME) as now:
        recipe = now.reader.stored_recipe(now.reader.coil("C1"))
        assert recipe == STRICT
        reasons = explained(now.reader.defect(found.defect_id), recipe.severity_of("scratch"), None)
    assert reasons == [SeverityArea(40, 10, 2), SeverityContrast(-0.2, 0.15)]


@pytest.mark.parametrize(
    "wrong", [{"severity": {"area_mm2": [1, 2, 3], "long_mm": 1, "by_moon": 1}}, {"colour": "red"}, {"classes": {"scratch": {"hue": 1}}}]
)
def test_a_recipe_of_another_version_is_not_guessed(
    wrong: dict[str, Any], server: StationServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skelp.sinks.sql.recipes._read", {})
    assert [r["code"] for r in because(server, 1, STRICT.sha256)] == ["severity.no_recipe"]
    engine = sa.create_engine(f"sqlite:///{tmp_path / 's.db'}")
    columns = rows.of_recipe(STRICT)
    with engine.begin() as connection:
        connection.execute(recipes.insert().values(**columns | {"body": columns["body"] | wrong}))
    engine.dispose()
    assert server.client.get(f"{V1}/defects/K1-1").json()["severity_because"][0]["code"] == "severity.no_recipe"
