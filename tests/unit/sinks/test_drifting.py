"""A station publishes that what its model finds has drifted."""

from __future__ import annotations

from dataclasses import replace

from skelp.domain.coverage import Interval, State
from skelp.domain.drifting import LEAST_BEFORE, NOW
from skelp.domain.events import ModelDrift
from skelp.domain.recipe import ClassRule, Recipe
from skelp.domain.review import Verdict
from skelp.sinks.sql import Database
from tests.fakes import coil, defect
from tests.unit.sinks.conftest import ME


def pass_by(database: Database, n: int, defects: int, *, model: str = "1" * 64, recipe: Recipe | None = None) -> list[ModelDrift]:
    """Let a coil pass. Returns what was published of drift with it."""
    coil_id = f"K{n}"
    with database.writer.transaction() as change:
        passing = replace(coil(coil_id), model_sha256=model, product="DC04")
        change.add_coil(passing if recipe is None else replace(passing, recipe_name=recipe.name, recipe_sha256=recipe.sha256))
        change.record_interval(coil_id, "cam", Interval(0, 100_000, State.INSPECTED))
        change.add_defects([defect(d, coil_id=coil_id, defect_id=f"{coil_id}-{d:06d}", severity=1) for d in range(1, defects + 1)])
        change.complete_coil(coil_id)
    last = database.reader.newest_event()
    found = [e.payload for e in database.reader.events(after=max(0, last - 3), limit=3) if e.coil_id == coil_id]
    return [p for p in found if isinstance(p, ModelDrift)]


def test_what_operators_reject_drifts_too(url: str) -> None:
    coils = NOW + LEAST_BEFORE
    with Database(url, Recipe(), ME) as database:
        for n in range(coils):
            told = pass_by(database, n, 4)
            with database.writer.transaction() as change:
                for d in range(1, 4 if n < LEAST_BEFORE else 5):
                    bad = (d == 1 + n % 3) if n < LEAST_BEFORE else d > 1  # a third, then three quarters
                    change.add_review(f"K{n}-{d:06d}", Verdict.REJECTED if bad else Verdict.CONFIRMED, "kim", None, "")
                if n == coils - 2:
                    change.add_review(f"K{n}-000001", Verdict.REJECTED, "lee", None, "")  # disputed, so it says nothing
        assert not told
        (told_now,) = pass_by(database, coils, 4)  # what was reviewed is of the coils before
        assert told_now.reason.code == "model.class_rejected"
        assert 0.7 < told_now.reason.args["now"] < 0.8
        assert told_now.reason.args["before"] == 0.333


def test_drift_is_published_with_the_coils_that_show_it_and_a_new_model_begins_anew(url: str) -> None:
    with Database(url, Recipe(), ME) as database:
        quiet = [pass_by(database, n, 1 + n % 3) for n in range(LEAST_BEFORE)]
        many = [pass_by(database, LEAST_BEFORE + n, 12) for n in range(NOW)]
        assert not any(quiet)
        (told,) = many[-1]
        assert (told.product, told.reason.code, told.reason.args["class"]) == ("DC04", "model.class_rate", "scratch")
        assert (told.reason.args["now"], told.reason.args["before"]) == (12.0, 2.0)
        assert not any(pass_by(database, 1000 + n, 40, model="2" * 64) for n in range(3))


def test_another_threshold_is_no_drift_and_another_decision_begins_nothing_anew(url: str) -> None:
    same, finer = Recipe("a", hold_from_severity=5), Recipe("a", classes={"scratch": ClassRule(threshold=0.2)})
    with Database(url, Recipe(), ME) as database:
        with database.writer.transaction() as change:
            for recipe in (Recipe(), same, finer):
                change.add_recipe(recipe)
        for n in range(LEAST_BEFORE):
            pass_by(database, n, 1 + n % 3, recipe=Recipe())
        assert not any(pass_by(database, 100 + n, 12, recipe=finer) for n in range(NOW)), "the recipe finds more, not the model"
        many = [pass_by(database, 200 + n, 12, recipe=same) for n in range(NOW)]
        assert [told.reason.code for told in many[-1]] == ["model.class_rate"]
