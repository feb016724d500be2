"""How a station is called: its address, the client of HTTP, and doing the steps of a call. aio_connection.py is the same for asyncio."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, Self, TypeVar

import httpx2

from skelp_client import lists
from skelp_client.address import Address, answer
from skelp_client.call import Call
from skelp_client.errors import Unreachable
from skelp_client.exchange import Answer, Patience, Send, Steps, Wait, exchange
from skelp_client.records import Event

T = TypeVar("T")


class Connection:
    """A station that can be called. `Station` has the calls."""

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

    def __init__(self, pieces: lists.Pieces[T], station: Connection) -> None:
        self._pieces, self._station = pieces, station

    def __next__(self) -> T:
        if not self._pieces.ready:
            self._station.run(self._pieces.more())
        if not self._pieces.ready:
            raise StopIteration
        return self._pieces.take()


class Events(Items[Event]):
    """The event feed. `after` and `feed_id`: store them in the transaction in which you handled the event that came last."""

    def __init__(self, feed: lists.Feed, station: Connection) -> None:
        super().__init__(feed, station)
        self._feed = feed

    @property
    def after(self) -> int:
        return self._feed.after

    @property
    def feed_id(self) -> str | None:
        return self._feed.feed_id
