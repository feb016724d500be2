"""The same client for asyncio. A test holds its calls to those of station.py."""

from __future__ import annotations

from collections.abc import Sequence

from skelp_client import board_calls, calls, decision_calls, lists
from skelp_client.aio_connection import AsyncConnection, AsyncEvents, AsyncItems
from skelp_client.board import ConnectionReport, ConnectionStatus, Reported
from skelp_client.codes import KeptCodes
from skelp_client.decisions import ExplainedRevision, KeptRecipe, Preview, Recipe
from skelp_client.lists import Kinds
from skelp_client.models import Drift, ListedShadow, ModelHistory, Models, Shadow
from skelp_client.pieces import Cut, MadeCut
from skelp_client.records import (
    Alarm,
    Coil,
    Coverage,
    Decision,
    Defect,
    ExplainedDefect,
    Override,
    Review,
    Revision,
    Sample,
    Side,
    StandingReview,
)
from skelp_client.results import Periodic, StateStretch, Stretch
from skelp_client.status import StationStatus


class AsyncStation(AsyncConnection):
    """A station, called over REST from asyncio. Its arguments and calls are those of `Station`.

    async with AsyncStation("https://line1.plant.example:8443", token=token, ca="ca.pem") as station:
        async for event in station.events(): ...
    """

    async def status(self) -> StationStatus:
        return await self._call(calls.status())

    async def announce(
        self,
        coil_id: str,
        *,
        name: str | None = None,
        heat: str | None = None,
        product: str | None = None,
        customer: str | None = None,
        strip_width_mm: float | None = None,
    ) -> Coil:
        """Start a coil: lines from now on belong to it. The running coil ends. Keep `retry_s` short: it counts when it arrives."""
        return await self._call(
            calls.announce(coil_id, name=name, heat=heat, product=product, customer=customer, strip_width_mm=strip_width_mm)
        )

    async def new_pass(
        self,
        coil_id: str,
        *,
        heat: str | None = None,
        product: str | None = None,
        customer: str | None = None,
        strip_width_mm: float | None = None,
    ) -> Coil:
        """Start the next pass of a coil. Use the `coil_id` of the answer. After Unreachable with `sent`, look first whether it runs."""
        return await self._call(calls.new_pass(coil_id, heat=heat, product=product, customer=customer, strip_width_mm=strip_width_mm))

    async def correct(
        self, coil_id: str, *, name: str | None = None, heat: str | None = None, product: str | None = None, customer: str | None = None
    ) -> Coil:
        """Correct a coil at any time. Name it by its id: a name may be what is corrected."""
        return await self._call(calls.correct(coil_id, name=name, heat=heat, product=product, customer=customer))

    async def finish(self, coil_id: str) -> Coil:
        """End a coil. It is final when its last results are stored: wait for the event `coil.final`."""
        return await self._call(calls.finish(coil_id))

    async def coil(self, coil_id: str) -> Coil:
        """One pass of a coil by its id, else the newest one with this name."""
        return await self._call(calls.coil(coil_id))

    def coils(self) -> AsyncItems[Coil]:
        """All coils, newest first."""
        return self._items(lists.Pages(lists.coils(), self._patience))

    async def coverage(self, coil_id: str) -> Coverage:
        return await self._call(calls.coverage(coil_id))

    async def aasx(self, coil_id: str, *, lang: str = "en") -> bytes:
        """A coil as a package of Asset Administration Shells, with its coil map and its defects."""
        return await self._call(calls.aasx(coil_id, lang))

    async def coil_map(self, coil_id: str, *, lang: str = "en") -> bytes:
        """The coil map as PNG, in English or Korean (`ko`)."""
        return await self._call(calls.coil_map(coil_id, lang))

    def defects(
        self,
        coil_id: str,
        *,
        marks: bool = False,
        class_name: str | None = None,
        severity_min: int | None = None,
        side: Side | None = None,
        from_m: float | None = None,
        to_m: float | None = None,
    ) -> AsyncItems[Defect]:
        """The defects of a coil in the order in which they were finished. `marks`: with marks that are no defects, such as chalk."""
        filters = lists.filters(marks, class_name, severity_min, side, from_m, to_m)
        return self._items(lists.Pages(lists.defects(coil_id, filters), self._patience))

    async def defect(self, defect_id: str) -> ExplainedDefect:
        return await self._call(calls.defect(defect_id))

    async def crop(self, defect_id: str) -> bytes:
        """The picture of a defect as JPEG. Raises NotFound after the disk quota was reached."""
        return await self._call(calls.crop(defect_id))

    async def mask(self, defect_id: str) -> bytes:
        """The mask of the crop as PNG: 255 where the defect is, else 0."""
        return await self._call(calls.mask(defect_id))

    def reviews(self, coil_id: str | None = None) -> AsyncItems[Review]:
        """Every review of a coil, or of the station, oldest first."""
        return self._items(lists.Pages(lists.reviews(coil_id), self._patience))

    async def reviews_of(self, defect_id: str) -> tuple[Review, ...]:
        """All reviews of one defect, oldest first."""
        return await self._call(calls.reviews_of(defect_id))

    def standing_reviews(self, coil_id: str) -> AsyncItems[StandingReview]:
        """The standing review of each defect of a coil that was ever reviewed."""
        return self._items(lists.Pages(lists.standing_reviews(coil_id), self._patience))

    async def samples(self) -> tuple[Sample, ...]:
        """A random sample of steel on which nothing was found."""
        return await self._call(calls.samples())

    async def sample_png(self, sample_id: str) -> bytes:
        return await self._call(calls.sample_png(sample_id))

    async def alarms(self) -> tuple[Alarm, ...]:
        """What needs a person now, the costliest first."""
        return await self._call(calls.alarms())

    def events(
        self, after: int = 0, feed_id: str | None = None, *, follow: bool = True, wait_s: float = 30.0, kinds: Kinds = ()
    ) -> AsyncEvents:
        """The events after number `after` of the feed `feed_id`; `kinds`: only these. `follow` False: it ends at the newest event.

        It waits while the station is away, as long as that takes, and logs that. Raises NotAllowed at a bad token, FeedChanged at another
        database, Deleted if events after `after` were deleted, FeedHole at a number that is missing.
        """
        return AsyncEvents(lists.Feed(after, feed_id, self._patience, follow=follow, wait_s=wait_s, kinds=kinds), self)

    async def event_page(self, after: int, feed_id: str | None, *, wait_s: float = 0.0, kinds: Kinds = ()) -> lists.EventPage:
        """The next events after a number, 500 at most, for a program that does something else too. It waits `wait_s` for the first."""
        return await self.run(lists.event_page(after, feed_id, wait_s, self._patience, kinds))

    async def override(self, coil_id: str, decision: Decision, note: str, *, operator: str | None = None) -> Coil:
        """A person decides on a final coil instead of skelp; `note` says why. Without tokens, `operator` is needed.

        After Unreachable with `sent`, look first whether `overrides` has it.
        """
        return await self._call(decision_calls.override(coil_id, decision, note, operator))

    async def overrides(self, coil_id: str) -> tuple[Override, ...]:
        """What persons decided for a coil, oldest first. The last one stands."""
        return await self._call(decision_calls.overrides(coil_id))

    async def decisions(self, coil_id: str) -> tuple[Revision, ...]:
        """All decisions of skelp on a final coil, the first one first."""
        return await self._call(decision_calls.decisions(coil_id))

    async def explain_decision(self, coil_id: str, number: int) -> ExplainedRevision:
        """One decision of skelp, 1 the first one, with the defects that caused it."""
        return await self._call(decision_calls.explain_decision(coil_id, number))

    async def decide_again(self, coil_id: str, recipe: str, *, note: str = "", operator: str | None = None) -> Revision:
        """Decide on a final coil by another recipe of the station. Without tokens, `operator` is needed.

        Returns the newest decision. It is the one before if that says the same already.
        """
        return await self._call(decision_calls.decide_again(coil_id, recipe, note, operator))

    async def recipes(self) -> tuple[Recipe, ...]:
        """The recipes of the station, the default one first."""
        return await self._call(decision_calls.recipes())

    async def kept_recipe(self, sha256: str) -> KeptRecipe:
        """A recipe as it was when it decided, by the hash that a coil or a decision names."""
        return await self._call(decision_calls.kept_recipe(sha256))

    async def kept_codes(self, sha256: str) -> KeptCodes:
        """Common codes as coils were recorded with them, by the hash in `codes` of a coil."""
        return await self._call(decision_calls.kept_codes(sha256))

    async def preview_recipe(self, toml: str, *, newest: int = 100, recipe: str | None = None, product: str | None = None) -> Preview:
        """What a recipe would decide on the newest final coils, or on those of a recipe or product. Nothing is stored."""
        return await self._call(decision_calls.preview_recipe(toml, newest, recipe, product))

    async def change_recipe(self, recipe: str, toml: str, *, instead_of: str, note: str = "", operator: str | None = None) -> Recipe:
        """Replace the text of a recipe's file. `instead_of`: the `text_sha256` of the text that was edited.

        After Unreachable with `sent`, look first whether `recipes` has it.
        """
        return await self._call(decision_calls.change_recipe(recipe, toml, instead_of, note, operator))

    async def periodic(self, coil_id: str) -> tuple[Periodic, ...]:
        """Series of defects that repeat along a coil, as roll marks do, from the head on."""
        return await self._call(calls.periodic(coil_id))

    async def stretches(self, coil_id: str) -> tuple[Stretch, ...]:
        """The heavy stretches of a coil, from the head on. Raises Deleted if its defects were deleted."""
        return await self._call(calls.stretches(coil_id))

    async def states(self, coil_id: str) -> tuple[StateStretch, ...]:
        """The states of the line in which a coil passed, from the head on."""
        return await self._call(calls.states(coil_id))

    async def tell_state(self, coil_id: str, state: str, from_m: float | None = None, to_m: float | None = None) -> StateStretch:
        """Tell in which state a stretch of a coil passed, such as `weld_seam`. Without `from_m` it is where the running coil is now."""
        return await self._call(calls.tell_state(coil_id, state, from_m, to_m))

    async def derive(
        self,
        coil_id: str,
        piece_id: str,
        cuts: Sequence[Cut],
        *,
        name: str | None = None,
        heat: str | None = None,
        product: str | None = None,
    ) -> Coil:
        """Record the coil `piece_id`, which was cut out of coil `coil_id`, or welded of it and others. `cuts`: from its head on."""
        return await self._call(calls.derive(coil_id, piece_id, cuts, name, heat, product))

    async def origin(self, coil_id: str) -> tuple[MadeCut, ...]:
        """The cuts of which a coil was derived, from its head on; none if cameras saw it."""
        return await self._call(calls.origin(coil_id))

    async def pieces(self, coil_id: str) -> tuple[MadeCut, ...]:
        """The cuts that were made of a coil, in the order in which their pieces were derived."""
        return await self._call(calls.pieces(coil_id))

    async def shadow(self, coil_id: str) -> Shadow:
        """What a second model would have said about a coil. Raises NotFound if none saw it, or the coil has not ended."""
        return await self._call(calls.shadow(coil_id))

    async def drift(self, product: str | None = None) -> Drift:
        """What the model finds on the newest coils of a product, and found before. None: the product of the newest coil."""
        return await self._call(calls.drift(product))

    async def shadows(self, limit: int = 100) -> tuple[ListedShadow, ...]:
        """What second models would have said about the newest coils that they saw, at most 500, newest first."""
        return await self._call(calls.shadows(limit))

    async def model(self) -> Models:
        """The model on the line, the one that was chosen for the next coils, and how the last request went."""
        return await self._call(calls.model())

    async def model_history(self) -> ModelHistory:
        """The newest 200 models that were chosen for the line, why, and how many coils each inspected."""
        return await self._call(calls.model_history())

    async def ask_for_model(self, file: str, *, watch: bool = True) -> Models:
        """Ask for a model, one of `files` of `model`. It is tried meanwhile: `model` says how it went.

        `watch`: the station goes back by itself if the model's rates leave their band. After Unreachable with `sent`, look first.
        """
        return await self._call(calls.ask_for_model(file, watch))

    async def roll_model_back(self) -> Models:
        """Go back to the model before, from the next coil on. After Unreachable with `sent`, look at `model` first."""
        return await self._call(calls.roll_model_back())

    async def report_connection(self, connection: str, report: ConnectionReport) -> Reported:
        """Tell the state of a connection to a system of the plant, every five seconds and at each change. Needs the role mes.

        The answer has the newest request to send again.
        """
        return await self._call(board_calls.report_connection(connection, report))

    async def connections(self) -> tuple[ConnectionStatus, ...]:
        """The connections to the plant's systems, by name."""
        return await self._call(board_calls.connections())

    async def send_again(self, connection: str, after_seq: int | None = None, *, operator: str | None = None) -> ConnectionStatus:
        """Have everything sent again after an event; None: after the last one that was acknowledged. Without tokens, `operator` is needed.

        After Unreachable with `sent`, look first whether `connections` has the request.
        """
        return await self._call(board_calls.send_again(connection, after_seq, operator))
