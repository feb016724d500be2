"""Makes the records of skelp's decisions, of the recipes that make them, and of common codes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from skelp.domain.common_codes import CommonCodes
from skelp.domain.recipe import Recipe
from skelp.domain.revision import Revision
from skelp.domain.ruling import Ruling
from skelp.ports import RecipeFile, text_sha256
from skelp.render.records import reason_record, revision_record

_MOST_IDS = 100


def explained_record(revision: Revision, ruling: Ruling) -> dict[str, Any]:
    """The record of a decision with what caused it."""
    findings = [
        {
            "reason": reason_record(f.reason),
            "then": f.then.value,
            "defects": len(f.defect_ids),
            "defect_ids": list(f.defect_ids[:_MOST_IDS]),
        }
        for f in ruling.findings
    ]
    return revision_record(revision) | {"same": revision.follows_from(ruling), "findings": findings}


def recipe_record(file: RecipeFile) -> dict[str, Any]:
    """The record of a recipe."""
    recipe = file.recipe
    named = {"name": recipe.name, "sha256": recipe.sha256, "products": list(recipe.products), "customers": list(recipe.customers)}
    return named | {"default": file.is_default, "toml": file.toml, "text_sha256": text_sha256(file.toml)}


def kept_recipe_record(recipe: Recipe) -> dict[str, Any]:
    """The record of a recipe that is in the records."""
    return {"name": recipe.name, "sha256": recipe.sha256, "values": asdict(recipe)}


def kept_codes_record(codes: CommonCodes) -> dict[str, Any]:
    """The record of common codes that are in the records."""
    return {"sha256": codes.sha256, **asdict(codes)}
