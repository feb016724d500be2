"""ResultManagement: results by id, part by part, and as a list."""

from __future__ import annotations

from typing import Any

from skelp_languages.opcua import machine_vision as mv
from skelp_languages.opcua.asked import AskedStation, Wanted
from skelp_languages.opcua.methods import READ, Methods
from skelp_languages.opcua.results import components, no_result, result
from skelp_languages.opcua.space import Space
from skelp_languages.opcua.upstream.methods import Outputs
from skelp_languages.opcua.values import Handles, Structure, asked_id, boxed, boxes, count, number, truth

MOST = 100
"""Results in one answer. A client that gets IsComplete false asks again with a higher StartIndex."""


class ResultMethods:
    """What ResultManagement's methods do."""

    def __init__(self, station: AskedStation, handles: Handles) -> None:
        self._station, self._handles = station, handles

    async def offer(self, methods: Methods, space: Space) -> None:
        for does in (self.get_result_by_id, self.get_result_components_by_id, self.get_result_list_filtered):
            await methods.offer(space.results, READ, does)

    async def get_result_by_id(self, result_id: Structure | None, _timeout: int) -> Outputs:
        found = await self._station.finished(asked_id(result_id))
        if found is None:
            return [count(0), boxed(no_result()), number(mv.Answer.UNKNOWN_RESULT)]
        return [self._handles.new(), boxed(result(found)), number(mv.Answer.OK)]

    async def get_result_components_by_id(self, result_id: Structure | None, _timeout: int) -> Outputs:
        found = await self._station.finished(asked_id(result_id))
        if found is None:
            return components(no_result(), count(0), mv.Answer.UNKNOWN_RESULT)
        return components(result(found), self._handles.new(), mv.Answer.OK)

    async def get_result_list_filtered(self, *asked: Any) -> Outputs:
        """Newest first. MaxResults 0 asks for all: then as many come as one answer has."""
        wanted, most, start = filters(*asked)
        if wanted is None:
            return self._listed([], complete=True)
        found, complete = await self._station.page(wanted, start, min(most or MOST, MOST))
        return self._listed([result(one) for one in found], complete=complete)

    def _listed(self, results: list[Structure], *, complete: bool) -> Outputs:
        return [truth(complete), count(len(results)), self._handles.new(), boxes(results), number(mv.Answer.OK)]


def filters(state: int | None, *asked: Any) -> tuple[Wanted | None, int, int]:
    """What GetResultListFiltered asks for, most results, and the first one's number. None: two recipes or models, which no result has."""
    meas, part, external_recipe, internal_recipe, external_configuration, internal_configuration, product, job, most, start, _ = asked
    recipe, model = _one_of(external_recipe, internal_recipe), _one_of(external_configuration, internal_configuration)
    if recipe is None or model is None:
        return None, 0, 0
    wanted = Wanted(
        state=state or 0,
        coil_id=asked_id(meas),
        job=asked_id(job),
        part=asked_id(part),
        recipe=recipe,
        recipe_sha256="" if internal_recipe is None else (internal_recipe.Hash or b"").hex(),
        model=model,
        product=asked_id(product),
    )
    return wanted, most or 0, start or 0


def _one_of(external: Structure | None, internal: Structure | None) -> str | None:
    """The one id that either of them gives, empty if neither does; None if they differ."""
    given = {asked_id(external), asked_id(internal)} - {""}
    return None if len(given) > 1 else next(iter(given), "")
