"""RecipeManagement: the station's recipes by their hash. They are read; a station chooses one by product and customer."""

from __future__ import annotations

from skelp_client import Hashed
from skelp_languages.opcua.asked import AskedStation
from skelp_languages.opcua.machine_vision import Answer
from skelp_languages.opcua.methods import READ, Methods
from skelp_languages.opcua.results import hashed_id
from skelp_languages.opcua.space import Space
from skelp_languages.opcua.upstream.methods import Outputs
from skelp_languages.opcua.values import Handles, Structure, asked_id, boxes, count, number, truth

_NOT_PREPARED = 0
"""TriState FALSE: every recipe of a station is prepared at any time."""


class RecipeMethods:
    """What RecipeManagement's methods do."""

    def __init__(self, station: AskedStation, handles: Handles) -> None:
        self._station, self._handles = station, handles

    async def offer(self, methods: Methods, space: Space) -> None:
        await methods.offer(space.recipes, READ, self.get_recipe_list_filtered)
        await methods.close_all(space.recipes, "PrepareRecipe", "UnprepareRecipe")

    async def get_recipe_list_filtered(
        self,
        external: Structure | None,
        product: Structure | None,
        prepared: int | None,
        most: int | None,
        start: int | None,
        _timeout: int | None,
    ) -> Outputs:
        """The recipes in the station's order. `product`: those whose file names exactly this text among its products."""
        name, wanted = asked_id(external), asked_id(product)
        fit = [
            recipe
            for recipe in await self._station.recipes()
            if name in ("", recipe.name) and (not wanted or wanted in recipe.products) and prepared != _NOT_PREPARED
        ]
        page = fit[start or 0 :][: most or None]
        ids = [hashed_id("RecipeIdInternalDataType", Hashed(recipe.name, recipe.sha256)) for recipe in page]
        complete = (start or 0) + len(page) >= len(fit)
        return [truth(complete), count(len(page)), self._handles.new(), boxes(ids), number(Answer.OK)]
