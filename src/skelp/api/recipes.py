"""Routes of the station's recipes: read, try on coils that are recorded, change."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from skelp.api.problem import invalid
from skelp.api.schema.base import NO_CONTROLS
from skelp.api.schema.decisions import PreviewIn, PreviewOut, RecipeIn, RecipeList, RecipeOut
from skelp.api.services import Services
from skelp.api.signature import signed
from skelp.domain.conflicts import ConflictError
from skelp.domain.errors import RecordsError, SkelpError
from skelp.domain.events import RecipeChanged
from skelp.domain.queries import CoilQuery
from skelp.render.decisions import recipe_record
from skelp.render.records import reason_record

RecipeName = Annotated[str, Path(max_length=128, pattern=NO_CONTROLS)]


def router(s: Services) -> APIRouter:
    """The routes under /recipes."""
    api = APIRouter(prefix="/recipes", tags=["recipes"])

    @api.get("", response_model=RecipeList)
    def list_recipes() -> Any:
        """The recipes of the station, the default one first."""
        return {"recipes": [recipe_record(r) for r in s.recipes.all()]}

    @api.post("/preview", response_model=PreviewOut)
    def preview_recipe(body: PreviewIn) -> Any:
        """What a recipe would decide on the newest final coils, beside what was decided. Nothing is stored."""
        try:
            asked = s.recipes.parsed(body.toml)
        except SkelpError as error:
            return invalid([{"where": "body.toml", "fault": str(error)}])
        found = s.records.rulings(asked, body.newest, CoilQuery(recipe=body.recipe, product=body.product))
        known = [(summary, ruling) for summary, ruling in found if ruling is not None]
        return {
            "recipe": {"name": asked.name, "sha256": asked.sha256},
            "coils": len(known),
            "unknown": len(found) - len(known),
            "was": Counter(summary.decision.value for summary, _ in known),
            "now": Counter(ruling.decision.value for _, ruling in known),
            "changed": [
                {
                    "coil_id": summary.coil.coil_id,
                    "name": summary.coil.name,
                    "was": summary.decision.value,
                    "now": ruling.decision.value,
                    "reasons": [reason_record(r) for r in ruling.reasons],
                }
                for summary, ruling in known
                if summary.decision is not ruling.decision
            ],
        }

    @api.put("/{recipe}", response_model=RecipeOut)
    def change_recipe(recipe: RecipeName, body: RecipeIn, request: Request) -> Any:
        """Replace the text of a recipe's file. Coils that begin from now on have the new recipe; those that began keep theirs."""
        operator = signed(request, body.operator)
        s.recipes.named(recipe)
        try:
            saved = s.recipes.save(recipe, body.toml, body.instead_of)
        except (ConflictError, RecordsError):
            raise
        except SkelpError as error:
            return invalid([{"where": "body.toml", "fault": str(error)}])
        with s.writer.transaction() as change:
            change.add_recipe(saved.recipe)
            change.publish(RecipeChanged(recipe, saved.recipe.sha256, body.instead_of, operator, body.note))
        return recipe_record(saved)

    return api
