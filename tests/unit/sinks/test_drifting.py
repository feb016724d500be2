"""A station publishes that what its model finds has drifted."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from skelp.domain.coverage import Interval, State
from skelp.domain.drifting import LEAST_BEFORE, NOW, ClassLearned
from skelp.domain.events import ModelDrift
from skelp.domain.models import KnownModel
from skelp.domain.recipe import ClassRule, Recipe
from skelp.domain.review import Verdict
from skelp.sinks.sql import Database
from tests.fakes import coil, defect
from tests.unit.sinks.conftest import ME


def pass_by(
    database: Database, n: int, defects: int, *, model: str = "1" * 64, score: float = 0.8, recipe: Recipe | None = None
) -> list[ModelDrift]:
    """Let a coil pass. Returns what was published of drift with it. `score`: the mean score of its defects."""
    coil_id = f"K{n}"
    with database.writer.transaction() as change:
        passing = replace(coil(coil_id), model_sha256=model, product="DC04")
        change.add_coil(passing if recipe is None else replace(passing, recipe_name=recipe.name, recipe_sha256=recipe.sha256))
        change.record_interval(coil_id, "cam", Interval(0, 100_000, State.INSPECTED))
        named = [(d, f"{coil_id}-{d:06d}") for d in range(1, defects + 1)]
        change.add_defects([defect(d, coil_id=coil_id, defect_id=i, severity=1, mean_score=score) for d, i in named])
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


def test_scores_are_compared_with_the_card_of_the_model_and_shown_beside_it(url: str) -> None:
    learned = {"scratch": ClassLearned(90, 0.9), "patch": ClassLearned(10, 0.8)}
    with Database(url, Recipe(), ME) as database:
        with database.writer.transaction() as change:
            change.add_model(KnownModel("1" * 64, ("scratch", "patch"), learned))
            change.add_model(KnownModel("2" * 64, ("scratch",)))
        told = [pass_by(database, n, 2, score=0.7) for n in range(NOW)]
        assert not any(told[:16])
        (last,) = told[-1]
        assert (last.reason.code, last.reason.args) == (
            "model.class_card_score",
            {"class": "scratch", "now": 0.7, "card": 0.9, "coils": NOW, "defects": 90},
        )
        found = database.reader.drift("DC04")
        assert [r.code for r in found.reasons] == ["model.class_card_score"]
        patch, scratch = found.classes
        assert (scratch.now.defects, scratch.learned, patch.now.defects) == (2 * NOW, learned["scratch"], 0)
        assert scratch.now.mean_score == pytest.approx(0.7)
        assert patch.share_learned == pytest.approx(0.1)
        assert database.reader.drift(None) == found
        with pytest.raises(LookupError, match="S235"):
            database.reader.drift("S235")
        assert not any(pass_by(database, 100 + n, 2, model="2" * 64, score=0.7) for n in range(NOW)), "a card that says nothing"
        assert database.reader.drift("DC04").model_sha256 == "2" * 64


def test_no_coil_no_figures(url: str) -> None:
    with Database(url, Recipe(), ME) as database, pytest.raises(LookupError, match="no coil"):
        database.reader.drift(None)


def test_scores_that_an_older_version_stored_otherwise_are_not_compared(url: str) -> None:
    """Until 0018 the mean of the highest scores was stored, under another key."""
    with Database(url, Recipe(), ME) as database:
        for n in range(LEAST_BEFORE):
            pass_by(database, n, 4, score=0.9)
        with database.writer.transaction() as change:
            old = {"lines": {"inspected": 100_000, "degraded": 0, "lost": 0}, "by_class": {"scratch": 4}, "by_severity": {}, "marks": {}}
            stored = json.dumps(old | {"scores": {"scratch": 0.99}})
            change._session.connection.execute(sa.text("UPDATE coils SET counted = :old"), {"old": stored})
        assert not any(pass_by(database, LEAST_BEFORE + n, 4, score=0.6) for n in range(NOW))
        found = database.reader.drift("DC04").classes[0]
        assert found.before is not None
        assert (found.before.defects, found.before.mean_score) == (4 * LEAST_BEFORE, None)


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


def test_a_class_with_a_threshold_of_the_recipes_own_is_not_compared_with_the_card(url: str) -> None:
    finer = Recipe("a", classes={"scratch": ClassRule(threshold=0.2)})
    with Database(url, Recipe(), ME) as database:
        with database.writer.transaction() as change:
            change.add_model(KnownModel("1" * 64, ("scratch",), {"scratch": ClassLearned(90, 0.9)}))
            change.add_recipe(finer)
        assert not any(pass_by(database, n, 2, score=0.7, recipe=finer) for n in range(NOW))
        assert database.reader.drift("DC04").classes[0].learned is None
