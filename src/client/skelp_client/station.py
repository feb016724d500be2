"""The client. aio.py has the same calls for asyncio."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, Self, TypeVar

import httpx2

from skelp_client import calls, lists
from skelp_client.address import Address, answer
from skelp_client.calls import Call
from skelp_client.errors import Unreachable
from skelp_client.exchange import Answer, Patience, Send, Steps, Wait, exchange
from skelp_client.records import Alarm, Coil, Coverage, Defect, Event, ExplainedDefect, Review, Sample, Side, StandingReview
from skelp_client.status import StationStatus

T = TypeVar("T")


class Station:
    """A station, called over REST. Any thread may call it. Every call raises ClientError; errors.py has the kinds.

    `url`: such as https://line1.plant.example:8443. `token`: as `skelp token new` printed it. `ca`: file of the plant's certificate
    authority. `retry_s`: how long a call is tried again while the station is away or busy. `timeout_s`: how long an answer may take.

        with Station("https://line1.plant.example:8443", token=token, ca="ca.pem") as station:
            station.announce("K4711", heat="H290")
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        ca: Path | str | None = None,
        retry_s: float = 30.0,
        timeout_s: float = 10.0,
        http: httpx2.Client | None = None,
    ) -> None:
        """`http`: a client with settings of your own, such as a proxy; it then has to trust the station's certificate instead of `ca`."""
        if http is not None and ca is not None:
            raise ValueError("give ca to your own client: ssl.create_default_context(cafile=...) as its verify")
        self._address, self._patience = Address(url, token, ca), Patience(retry_s, timeout_s)
        self._http = http or httpx2.Client(**self._address.settings())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._address.url!r})"

    def close(self) -> None:
        self._http.close()

    def status(self) -> StationStatus:
        return self._call(calls.status())

    def announce(
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
        return self._call(calls.announce(coil_id, name=name, heat=heat, product=product, customer=customer, strip_width_mm=strip_width_mm))

    def new_pass(
        self,
        coil_id: str,
        *,
        heat: str | None = None,
        product: str | None = None,
        customer: str | None = None,
        strip_width_mm: float | None = None,
    ) -> Coil:
        """Start the next pass of a coil. Use the `coil_id` of the answer. After Unreachable with `sent`, look first whether it runs."""
        return self._call(calls.new_pass(coil_id, heat=heat, product=product, customer=customer, strip_width_mm=strip_width_mm))

    def correct(
        self, coil_id: str, *, name: str | None = None, heat: str | None = None, product: str | None = None, customer: str | None = None
    ) -> Coil:
        """Correct a coil at any time. Name it by its id: a name may be what is corrected."""
        return self._call(calls.correct(coil_id, name=name, heat=heat, product=product, customer=customer))

    def finish(self, coil_id: str) -> Coil:
        """End a coil. It is final when its last results are stored: wait for the event `coil.final`."""
        return self._call(calls.finish(coil_id))

    def coil(self, coil_id: str) -> Coil:
        """One pass of a coil by its id, else the newest one with this name."""
        return self._call(calls.coil(coil_id))

    def coils(self) -> Items[Coil]:
        """All coils, newest first."""
        return self._items(lists.Pages(lists.coils(), self._patience))

    def coverage(self, coil_id: str) -> Coverage:
        return self._call(calls.coverage(coil_id))

    def coil_map(self, coil_id: str, *, lang: str = "en") -> bytes:
        """The coil map as PNG, in English or Korean (`ko`)."""
        return self._call(calls.coil_map(coil_id, lang))

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
    ) -> Items[Defect]:
        """The defects of a coil in the order in which they were finished. `marks`: with marks that are no defects, such as chalk."""
        filters = lists.filters(marks, class_name, severity_min, side, from_m, to_m)
        return self._items(lists.Pages(lists.defects(coil_id, filters), self._patience))

    def defect(self, defect_id: str) -> ExplainedDefect:
        return self._call(calls.defect(defect_id))

    def crop(self, defect_id: str) -> bytes:
        """The picture of a defect as JPEG. Raises NotFound after the disk quota was reached."""
        return self._call(calls.crop(defect_id))

    def mask(self, defect_id: str) -> bytes:
        """The mask of the crop as PNG: 255 where the defect is, else 0."""
        return self._call(calls.mask(defect_id))

    def reviews(self, coil_id: str | None = None) -> Items[Review]:
        """Every review of a coil, or of the station, oldest first."""
        return self._items(lists.Pages(lists.reviews(coil_id), self._patience))

    def reviews_of(self, defect_id: str) -> tuple[Review, ...]:
        """All reviews of one defect, oldest first."""
        return self._call(calls.reviews_of(defect_id))

    def standing_reviews(self, coil_id: str) -> Items[StandingReview]:
        """The standing review of each defect of a coil that was ever reviewed."""
        return self._items(lists.Pages(lists.standing_reviews(coil_id), self._patience))

    def samples(self) -> tuple[Sample, ...]:
        """A random sample of steel on which nothing was found."""
        return self._call(calls.samples())

    def sample_png(self, sample_id: str) -> bytes:
        return self._call(calls.sample_png(sample_id))

    def alarms(self) -> tuple[Alarm, ...]:
        """What needs a person now, the costliest first."""
        return self._call(calls.alarms())

    def events(self, after: int = 0, feed_id: str | None = None, *, follow: bool = True, wait_s: float = 30.0) -> Events:
        """The events after number `after` of the feed `feed_id`. `follow` False: it ends at the newest event.

        It waits while the station is away, as long as that takes, and logs that. Raises NotAllowed at a bad token, FeedChanged at another
        database, Deleted if events after `after` were deleted, FeedHole at a number that is missing.
        """
        return Events(lists.Feed(after, feed_id, self._patience, follow=follow, wait_s=wait_s), self)

    def _call(self, call: Call[T]) -> T:
        return self.run(exchange(call, self._patience))

    def _items(self, pieces: lists.Pieces[T]) -> Items[T]:
        return Items(pieces, self)

    def run(self, steps: Steps[T]) -> T:
        """Do the steps of a call. Returns its result."""
        done: Answer | Unreachable | None = None
        while True:
            try:
                step = steps.send(done)
            except StopIteration as end:
                result: T = end.value
                return result
            done = self._do(step)

    def _do(self, step: Send | Wait) -> Answer | Unreachable | None:
        if isinstance(step, Wait):
            time.sleep(step.seconds)
            return None
        try:
            return answer(self._http.request(**self._address.request(step)))
        except httpx2.RequestError as error:
            return self._address.lost(error)


class Items(Iterator[T], Generic[T]):
    """A list that is read from a station while it is iterated."""

    def __init__(self, pieces: lists.Pieces[T], station: Station) -> None:
        self._pieces, self._station = pieces, station

    def __next__(self) -> T:
        if not self._pieces.ready:
            self._station.run(self._pieces.more())
        if not self._pieces.ready:
            raise StopIteration
        return self._pieces.take()


class Events(Items[Event]):
    """The event feed. `after` and `feed_id`: store them in the transaction in which you handled the event that came last."""

    def __init__(self, feed: lists.Feed, station: Station) -> None:
        super().__init__(feed, station)
        self._feed = feed

    @property
    def after(self) -> int:
        return self._feed.after

    @property
    def feed_id(self) -> str | None:
        return self._feed.feed_id
