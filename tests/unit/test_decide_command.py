"""`skelp decide`: another recipe on coils that are recorded."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer

from skelp.domain.coverage import Interval, State
from skelp.domain.errors import SkelpError
from skelp.domain.events import Kind
from skelp.domain.models import KnownModel
from skelp.domain.recipe import Recipe
from skelp.sinks.sql import Database
from skelp.sinks.storage import open_storage
from tests.fakes import coil, defect
from tests.unit.conftest import skelp

STRICT = 'name = "strict"\nhold_from_severity = 6\n[[rules]]\nname = "scratches"\nthen = "scrap"\nclasses = ["scratch"]\nmore_than = 1\n'


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    file = tmp_path / "strict.toml"
    file.write_text(STRICT)
    return file


def fill(database: Database, count: int = 3) -> None:
    """Coils K0, K1, K2 with so many scratches; K0 is of October, the others are of November."""
    first = Recipe()
    for n in range(count):
        order: dict[str, Any] = {"product": "DC04" if n else "DC01", "customer": "Hanbit" if n else ""}
        made = coil(f"K{n}", recipe_name=first.name, recipe_sha256=first.sha256, model_sha256="5" * 64, **order)
        started = replace(made, started_at=datetime(2026, 11 if n else 10, 5, tzinfo=UTC))
        with database.writer.transaction() as change:
            change.add_model(KnownModel("5" * 64, ("scratch",)))
            change.add_coil(started)
            change.record_interval(f"K{n}", "cam", Interval(0, 50_000, State.INSPECTED))
            change.add_defects([defect(d, coil_id=f"K{n}", defect_id=f"K{n}-{d:06d}") for d in range(1, n + 1)])
            change.complete_coil(f"K{n}")


def asked(capsys: pytest.CaptureFixture[str], *more: object) -> dict[str, Any]:
    skelp("decide", *more, "--json")
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_it_says_what_would_change_while_the_station_runs_and_changes_nothing(
    station: Path, recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_storage(tmp_path / "data", None, Recipe(), "hot mill") as database:
        fill(database)
        events = database.reader.newest_event()
        skelp("decide", "--station", station, "--recipe", recipe)
        said = capsys.readouterr().out
        assert "K2: accept -> scrap" in said
        assert "3 coils; was accept 3; by strict accept 2, scrap 1" in said
        assert "nothing was changed" in said
        assert database.reader.newest_event() == events
        some = ("--station", station, "--recipe", recipe)
        assert asked(capsys, *some, "--from", "2026-11-01")["coils"] == 2
        assert asked(capsys, *some, "--to", "2026-10-05")["coils"] == 1
        assert asked(capsys, *some, "--product", "DC01")["coils"] == 1
        assert asked(capsys, *some, "--customer", "Hanbit")["coils"] == 2
        assert asked(capsys, *some, "--coil", "K2")["now"] == {"scrap": 1}


def test_it_records_new_revisions_once(station: Path, recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_storage(tmp_path / "data", None, Recipe(), "hot mill") as database:
        fill(database, 60)
        some = ("--station", station, "--recipe", recipe, "--record-as", "lee", "--note", "order 7")
        assert asked(capsys, *some)["added"] == 60  # those that are accepted too, by another recipe
        assert asked(capsys, *some)["added"] == 0
        (first, second) = database.reader.decisions("K2")
        assert (first.decision, second.decision, second.operator, second.note) == ("accept", "scrap", "lee", "order 7")
        assert database.reader.summary(database.reader.coil("K2")).revised == second
        told = [e for e in database.reader.events(after=0, limit=10_000) if e.payload.kind is Kind.COIL_REVISED]
        assert [e.coil_id for e in told] == [f"K{n}" for n in range(60)]
        assert database.reader.ruling(second).findings[0].defect_ids == ("K2-000001", "K2-000002")


def test_coils_that_are_not_there_and_classes_that_no_model_knows_are_named(station: Path, recipe: Path, tmp_path: Path) -> None:
    with open_storage(tmp_path / "data", None, Recipe(), "hot mill") as database:
        fill(database)
    with pytest.raises(SkelpError, match="K9: there is no final coil of this id"):
        skelp("decide", "--station", station, "--recipe", recipe, "--coil", "K2", "--coil", "K9")
    recipe.write_text(STRICT.replace('["scratch"]', '["scratsch"]'))
    with pytest.raises(SkelpError, match="scratsch is no class of the model; did you mean scratch"):
        skelp("decide", "--station", station, "--recipe", recipe)
    recipe.write_text(STRICT)
    with pytest.raises(typer.BadParameter, match="needs a name"):
        skelp("decide", "--station", station, "--recipe", recipe, "--record-as", " ")


def test_a_coil_whose_defects_were_deleted_is_named_and_not_decided(
    station: Path, recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_storage(tmp_path / "data", None, Recipe(), "hot mill") as database:
        fill(database)
        with database.writer.transaction() as change:
            change.delete_defects("K2", 10, "2026-01-01T00:00:00Z")
    found = asked(capsys, "--station", station, "--recipe", recipe, "--record-as", "lee")
    assert found["now"] == {"accept": 2, "unknown": 1}
    assert [(c["coil_id"], c["now"]) for c in found["changed"]] == [("K2", "unknown")]
