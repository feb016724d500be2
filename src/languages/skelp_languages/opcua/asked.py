"""What OPC UA clients ask of the station, in threads, so that the server goes on meanwhile. The station is the store of all results."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from skelp_client import Coil, ModelHistory, NotFound, Recipe, Station, StationStatus, calls, decision_calls
from skelp_client.call import V1, Call, decoded
from skelp_client.exchange import Patience, exchange
from skelp_languages.following import defects_of
from skelp_languages.opcua.defects_file import defects_csv
from skelp_languages.opcua.finished import Finished
from skelp_languages.opcua.machine_vision import ResultState
from skelp_languages.settings import StationAccess

T = TypeVar("T")
_PATIENCE = Patience(retry_s=0.0, timeout_s=5.0)
"""A client waits for its method, so the station is asked once."""
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which results a client asks for. Empty: any. `coil_id`: of the measurement, `job`: of the job; both are a coil's id."""

    state: int = 0
    coil_id: str = ""
    job: str = ""
    part: str = ""
    recipe: str = ""
    recipe_sha256: str = ""
    model: str = ""
    product: str = ""

    def has(self, one: Finished) -> bool:
        """Whether it is one of them."""
        coil, recipe = one.coil, (one.coil.revised or one.coil).recipe
        pairs = (
            (self.coil_id, coil.coil_id),
            (self.job, coil.coil_id),
            (self.part, coil.name),
            (self.recipe, recipe.name),
            (self.recipe_sha256, recipe.sha256),
            (self.model, coil.model.name),
            (self.product, coil.product),
        )
        fits_state = self.state in (ResultState.UNKNOWN, one.state)
        return one.has_result and fits_state and all(given in ("", found) for given, found in pairs)


class AskedStation:
    """The station, for the methods of an OPC UA server. Each call raises ClientError, as `Station` does. `access`: where it is."""

    def __init__(self, station: Station, access: StationAccess) -> None:
        self._station, self._access = station, access

    async def status(self) -> StationStatus:
        return await asyncio.to_thread(self._ask, calls.status())

    async def finished(self, coil_id: str) -> Finished | None:
        """A coil that has passed; None if there is none with this id."""
        return await asyncio.to_thread(self._finished, coil_id)

    async def page(self, wanted: Wanted, start: int, most: int) -> tuple[list[Finished], bool]:
        """The results from number `start` on, newest first, at most `most`, and whether there are no more of them."""
        return await asyncio.to_thread(self._page, wanted, start, most)

    async def defects_file(self, coil_id: str) -> bytes | None:
        """A coil's defects as CSV; None if they were deleted for their age."""
        return await asyncio.to_thread(self._defects_file, coil_id)

    async def recipes(self) -> tuple[Recipe, ...]:
        return await asyncio.to_thread(self._ask, decision_calls.recipes())

    async def model_history(self) -> ModelHistory:
        return await asyncio.to_thread(self._ask, calls.model_history())

    async def announce(self, secret: str, coil_id: str, product: str) -> Coil:
        """Start a coil in the name of whoever has this token."""
        return await self._as(secret, lambda station: station.announce(coil_id, product=product or None))

    async def finish(self, secret: str, coil_id: str) -> Coil:
        """End a coil in the name of whoever has this token."""
        return await self._as(secret, lambda station: station.finish(coil_id))

    def _ask(self, call: Call[T]) -> T:
        return self._station.run(exchange(call, _PATIENCE))

    async def _as(self, secret: str, call: Callable[[Station], T]) -> T:
        def called() -> T:
            with Station(self._access.url, token=secret, ca=self._access.ca, retry_s=0.0, timeout_s=_PATIENCE.timeout_s) as station:
                return call(station)

        return await asyncio.to_thread(called)

    def _finished(self, coil_id: str) -> Finished | None:
        if not coil_id or "/" in coil_id or coil_id in (".", ".."):
            return None
        call = Call("GET", f"{V1}/coils/{{coil_id}}", lambda body: Finished.of(decoded(body)), {"coil_id": coil_id})
        try:
            found = self._ask(call)
        except NotFound:
            return None
        return found if found.has_result and found.coil.coil_id == coil_id else None  # a name finds a coil too, but is no id

    def _page(self, wanted: Wanted, start: int, most: int) -> tuple[list[Finished], bool]:
        found: list[Finished] = []
        for number, one in enumerate(one for one in self._candidates(wanted) if wanted.has(one)):
            if number >= start + most:
                return found, False
            if number >= start:
                found.append(one)
        return found, True

    def _candidates(self, wanted: Wanted) -> Iterator[Finished]:
        """Coils of which the wanted ones are some. The station does what it can to find few."""
        if wanted.coil_id or wanted.job:
            one = self._finished(wanted.coil_id or wanted.job)
            return iter([] if one is None else [one])
        return self._coils(name=wanted.part or None, product=wanted.product or None)

    def _coils(self, **query: str | None) -> Iterator[Finished]:
        call: Call[Any] = Call("GET", f"{V1}/coils", decoded, query={"limit": _PAGE}).asking(**query)
        while True:
            page = self._ask(call)
            yield from map(Finished.of, page["coils"])
            if page["next"] is None:
                return
            call = call.asking(cursor=page["next"])

    def _defects_file(self, coil_id: str) -> bytes | None:
        defects = defects_of(self._station, coil_id)
        return None if defects is None else defects_csv(defects)
