"""The recipes that coils were inspected and decided by, each stored once under its hash."""

from __future__ import annotations

import sqlalchemy as sa

from skelp.domain.coilmap import Coil
from skelp.domain.errors import RecordsError
from skelp.domain.recipe import Recipe
from skelp.sinks.sql import rows
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import recipes

_read: dict[str, Recipe] = {}
"""Recipes that were read from some database. A recipe with a hash is the same in all of them."""


def store(session: Session, recipe: Recipe) -> None:
    """Store a recipe, unless it is stored already."""
    if session.scalar(sa.select(recipes.c.sha256).where(recipes.c.sha256 == recipe.sha256)) is None:
        session.execute(recipes.insert().values(**rows.of_recipe(recipe)))


def stored(session: Session, sha256: str) -> Recipe | None:
    """The recipe with this hash; None if it is not stored. Raises SkelpError if a newer skelp stored it, with keys that this one lacks."""
    if sha256 not in _read:
        body = session.scalar(sa.select(recipes.c.body).where(recipes.c.sha256 == sha256))
        if body is None:
            return None
        _read[sha256] = rows.recipe(body)
    return _read[sha256]


def of_coil(session: Session, coil: Coil, default: Recipe | None) -> Recipe:
    """The recipe that a coil is decided by: the one that it names, else `default`.

    Raises RecordsError if there is neither. A coil that names none, as those of old versions, has the default recipe.
    """
    found = stored(session, coil.recipe_sha256) if coil.recipe_sha256 else default or Recipe()
    if found is None and default is None:
        raise RecordsError(f"the recipe {coil.recipe_sha256} of coil {coil.coil_id} is not stored, so nobody can say how it is judged")
    return found or default or Recipe()
