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
from skelp.domain.events import RecipeChanged
from skelp.domain.queries import CoilQuery
from skelp.ports import RecipeError
from skelp.render.decisions import recipe_record
from skelp.render.records import reason_record
from skelp.render.words import in_words

RecipeName = Annotated[str, Path(max_length=128, pattern=NO_CONTROLS)]


def router(s: Services) -> APIRouter:
    """The routes of recipes."""
    api = APIRouter(tags=["recipes"])

    @api.get("/recipes", response_model=RecipeList)
    def list_recipes() -> Any:
        """The recipes of the station, the default one first."""
        return {"recipes": [recipe_record(r) for r in s.recipes.all()]}

    @api.post("/recipe-previews", response_model=PreviewOut)
    def preview_recipe(body: PreviewIn) -> Any:
        """What a recipe would decide on the newest final coils, beside what was decided. Nothing is stored."""
        try:
            asked = s.recipes.parsed(body.toml)
        except RecipeError as error:
            return invalid([{"where": "body.toml", "fault": in_words(error)}], error.reason)
        found = s.records.rulings(asked, body.newest, CoilQuery(recipe=body.recipe, product=body.product, customer=body.customer))
        known = [(summary, ruling) for summary, ruling in found if ruling is not None]
        was = {s.coil.coil_id: s.by_skelp.decision for s, _ in known}
        return {
            "recipe": {"name": asked.name, "sha256": asked.sha256},
            "coils": len(known),
            "unknown": len(found) - len(known),
            "was": Counter(decision.value for decision in was.values()),
            "now": Counter(ruling.decision.value for _, ruling in known),
            "changed": [
                {
                    "coil_id": summary.coil.coil_id,
                    "name": summary.coil.name,
                    "was": was[summary.coil.coil_id].value,
                    "now": ruling.decision.value,
                    "reasons": [reason_record(r) for r in ruling.reasons],
                }
                for summary, ruling in known
                if was[summary.coil.coil_id] is not ruling.decision
            ],
        }

    @api.put("/recipes/{recipe}", response_model=RecipeOut)
    def change_recipe(recipe: RecipeName, body: RecipeIn, request: Request) -> Any:
        """Replace the text of a recipe's file. Coils that begin from now on have the new recipe; those that began keep theirs."""
        operator = signed(request, body.operator)
        before = s.recipes.named(recipe).sha256
        try:
            with s.writer.transaction() as change:  # a recipe that decides is stored first; if its file cannot be written, nothing is
                change.add_recipe(s.recipes.parsed(body.toml))
                saved = s.recipes.save(recipe, body.toml, body.instead_of)
                change.publish(RecipeChanged(recipe, saved.recipe.sha256, before, operator, body.note))
        except RecipeError as error:
            return invalid([{"where": "body.toml", "fault": in_words(error)}], error.reason)
        return recipe_record(saved)

    return api
