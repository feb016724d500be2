"""The routes of recipes that decided on coils, and of codes that these were recorded with, as they were then."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from skelp.api.schema.codes import KeptCodesOut
from skelp.api.schema.decisions import KeptRecipeOut
from skelp.ports import RecordReader
from skelp.render.decisions import kept_codes_record, kept_recipe_record

Sha256 = Annotated[str, Path(min_length=64, max_length=64, pattern=r"^[0-9a-f]{64}$")]


def router(records: RecordReader) -> APIRouter:
    """The routes /kept-recipes/{sha256} and /kept-codes/{sha256}."""
    api = APIRouter(tags=["recipes"])

    @api.get("/kept-recipes/{sha256}", response_model=KeptRecipeOut)
    def get_kept_recipe(sha256: Sha256) -> Any:
        """A recipe by its hash, as a coil or a decision names it, with all its values. It is kept when its file has changed or is gone."""
        return kept_recipe_record(records.kept_recipe(sha256))

    @api.get("/kept-codes/{sha256}", response_model=KeptCodesOut)
    def get_kept_codes(sha256: Sha256) -> Any:
        """Common codes by their hash, as a coil names them. They are kept when their file has changed or is gone."""
        return kept_codes_record(records.kept_codes(sha256))

    return api
