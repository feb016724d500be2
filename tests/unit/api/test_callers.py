"""A token is looked up once in a few seconds, and what somebody does too often is counted for each name."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from skelp.api.buckets import Buckets
from skelp.api.callers import REMEMBERED_S, Callers
from skelp.domain.access import Role, Token, digest, new_secret

DAY = timedelta(days=1)


def test_a_revoked_token_is_refused_within_seconds_and_polling_costs_few_queries() -> None:
    class Store:
        asked = noted = 0
        token: Token | None = Token("mes-1", Role.MES, datetime.now(UTC), datetime.now(UTC) + DAY, None, None)

        def find(self, sha256: str) -> Token | None:
            self.asked += 1
            assert sha256 == digest(secret)
            return self.token

        def used(self, sha256: str) -> None:
            self.noted += 1

    now = 100.0
    secret, store = new_secret(), Store()
    callers = Callers(store, clock=lambda: now)
    for _ in range(500):
        assert not isinstance(callers.of(secret), str)
    assert store.asked == 1
    for thread in threading.enumerate():
        if thread.name == "token use":
            thread.join()
    assert store.noted == 1
    store.token = None
    now += REMEMBERED_S
    assert callers.of(secret) == "unknown"
    assert callers.of(secret) == "unknown"
    assert store.asked == 3, "what is unknown is not remembered: it may be made meanwhile"


def test_buckets_fill_again_and_forget_names() -> None:
    now = 0.0
    buckets = Buckets(rate_hz=0.5, burst=2, clock=lambda: now)
    assert [buckets.take("a") for _ in range(3)] == [True, True, False]
    assert (buckets.wait_s("a"), buckets.wait_s("new")) == (2, 0)
    assert buckets.take("b")
    now = 2.0
    assert [buckets.take("a") for _ in range(2)] == [True, False]
    for n in range(20_000):
        buckets.take(str(n))
    assert len(buckets._left) == 10_000
