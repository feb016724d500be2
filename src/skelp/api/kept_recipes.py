"""The route of recipes that decided on coils, as they were then."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from skelp.api.schema.decisions import KeptRecipeOut
from skelp.ports import RecordReader
from skelp.render.decisions import kept_recipe_record

Sha256 = Annotated[str, Path(min_length=64, max_length=64, pattern=r"^[0-9a-f]{64}$")]


def router(records: RecordReader) -> APIRouter:
    """The route /kept-recipes/{sha256}."""
    api = APIRouter(tags=["recipes"])

    @api.get("/kept-recipes/{sha256}", response_model=KeptRecipeOut)
    def get_kept_recipe(sha256: Sha256) -> Any:
        """A recipe by its hash, as a coil or a decision names it, with all its values. It is kept when its file has changed or is gone."""
        return kept_recipe_record(records.kept_recipe(sha256))

    return api
