"""The recipes that coils were inspected and decided by, and the classes that their models knew, each stored once under its hash."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict

import sqlalchemy as sa

from skelp.domain.coilmap import Coil
from skelp.domain.drifting import ClassLearned, Learned
from skelp.domain.models import KnownModel
from skelp.domain.recipe import Recipe
from skelp.sinks.sql import rows
from skelp.sinks.sql.kept import keep
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import model_classes, recipes

_read: dict[str, Recipe] = {}
"""Recipes that were read from some database. A recipe with a hash is the same in all of them."""


def store(session: Session, recipe: Recipe) -> None:
    """Store a recipe, unless it is stored already."""
    keep(session, recipes, rows.of_recipe(recipe))


def store_model(session: Session, model: KnownModel) -> None:
    """Store what is known of a model, unless it is stored already."""
    learned = {name: asdict(found) for name, found in model.learned.items()}
    keep(session, model_classes, {"sha256": model.sha256, "classes": sorted(model.classes), "learned": learned})


def classes_of(session: Session, sha256: Collection[str]) -> dict[str, frozenset[str]]:
    """The classes of models, by hash. Those that are not stored are left out."""
    found = session.connection.execute(sa.select(model_classes).where(model_classes.c.sha256.in_(sha256))).mappings()
    return {row["sha256"]: frozenset(row["classes"]) for row in found}


def learned_by(session: Session, sha256: str) -> Learned:
    """What the card of a model says that it found of each class; empty if nobody stored it, or if the card does not say."""
    found = session.scalar(sa.select(model_classes.c.learned).where(model_classes.c.sha256 == sha256))
    return {name: ClassLearned(**of_class) for name, of_class in (found or {}).items()}


def stored(session: Session, sha256: str) -> Recipe | None:
    """The recipe with this hash; None if it is not stored. Raises SkelpError if a newer skelp stored it, with keys that this one lacks."""
    if sha256 not in _read:
        body = session.scalar(sa.select(recipes.c.body).where(recipes.c.sha256 == sha256))
        if body is None:
            return None
        _read[sha256] = rows.recipe(body)
    return _read[sha256]


def are_the_same(session: Session, sha256: str, recipe: Recipe) -> bool:
    """Whether a stored recipe has the values of another one. Its hash may be that of an older skelp, which had fewer keys."""
    return sha256 == recipe.sha256 or stored(session, sha256) == recipe


def of_coil(session: Session, coil: Coil, default: Recipe | None) -> Recipe | None:
    """The recipe that a coil is decided by: the one that it names. None if that is not stored, so that nobody can say.

    A coil that names none, as those of old versions, has the default recipe.
    """
    return stored(session, coil.recipe_sha256) if coil.recipe_sha256 else default or Recipe()
