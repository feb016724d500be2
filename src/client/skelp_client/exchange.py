"""How a call is made: what an answer means, which errors pass, and how long to wait before the next try. It does no input or output.

A call is a generator. It yields what is to be done, `Send` or `Wait`, and is sent the outcome: an `Answer` or an `Unreachable` for `Send`,
None for `Wait`. station.py and aio.py do it.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, TypeVar

from skelp_client.call import Call, decoded
from skelp_client.errors import (
    ClientError,
    Deleted,
    FeedChanged,
    NotAllowed,
    NotFound,
    NotTrusted,
    NotUnderstood,
    StationError,
    Unreachable,
)
from skelp_client.reading import read
from skelp_client.records import Problem

T = TypeVar("T")
log = logging.getLogger("skelp_client")

_PASSES = frozenset({429, 502, 503, 504})
"""The states in which the same request may succeed later. 502 and 504 are those of a proxy."""
_FIRST_S, _LONGEST_S = 0.25, 15.0
_MOST_ASKED_S = 300.0
"""A longer Retry-After is not believed: the feed would sleep on while the station is back."""


@dataclass(frozen=True)
class Send:
    """Send a request and wait at most `timeout_s` for each part of its answer."""

    call: Call[Any]
    timeout_s: float


@dataclass(frozen=True)
class Wait:
    """Do nothing for some seconds."""

    seconds: float


@dataclass(frozen=True)
class Answer:
    """Status, headers and body of an answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Steps = Generator[Send | Wait, Any, T]
"""What is sent in is `Answer | Unreachable` after Send, and None after Wait."""


class Backoff:
    """Waits that double from 0.25 s to 15 s. A random half keeps many programs from coming back at the same time."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance, self._tries = chance, 0

    def next_s(self, retry_after_s: float) -> float:
        """The next wait, not shorter than the station asks for."""
        longest: float = min(_LONGEST_S, _FIRST_S * 2.0**self._tries)
        self._tries = min(self._tries + 1, 10)
        return max(longest / 2, retry_after_s) + self._chance() * longest / 2


@dataclass(frozen=True)
class Patience:
    """For how long a call is tried again, in s, and how long an answer may take."""

    retry_s: float = 30.0
    timeout_s: float = 10.0
    clock: Callable[[], float] = time.monotonic


def exchange(call: Call[T], patience: Patience) -> Steps[T]:
    """Make a call, and again while what failed may pass. Raises ClientError."""
    backoff, until = Backoff(), patience.clock() + patience.retry_s
    while True:
        got: Answer | Unreachable = yield Send(call, patience.timeout_s + call.waits_s)
        if isinstance(got, Answer) and 200 <= got.status < 300:
            return call.read(got.body)
        error = refusal(call, got) if isinstance(got, Answer) else got
        wait_s = backoff.next_s(_retry_after_s(got))
        if not _may_repeat(call, error) or patience.clock() + wait_s > until:
            raise error
        log.warning("%s; the next try is in %.1f s", error, wait_s)
        yield Wait(wait_s)


def refusal(call: Call[Any], answer: Answer) -> ClientError:
    """The error that an answer stands for."""
    where = f"{call.method} {call.path}"
    if answer.status < 400:
        return NotUnderstood(f"{where}: the answer is {answer.status}, to another address; give the station's own one")
    problem = _problem(answer)
    kind: type[StationError] = {401: NotAllowed, 403: NotAllowed, 404: NotFound, 410: Deleted}.get(answer.status, StationError)
    return (FeedChanged if problem.conflict in ("feed_other", "feed_beyond") else kind)(where, problem)


def _problem(answer: Answer) -> Problem:
    """The problem document of an answer. A proxy's answer is none, and a bug's neither; its text is the detail."""
    try:
        found = read(Problem, decoded(answer.body))
    except NotUnderstood:
        known = {s.value: s.phrase for s in HTTPStatus}
        return Problem(answer.status, known.get(answer.status, "?"), answer.body[:200].decode(errors="replace"))
    return replace(found, status=answer.status)


def _may_repeat(call: Call[Any], error: ClientError) -> bool:
    """Whether the same request may succeed later, and cannot do harm if the first one was done."""
    if isinstance(error, NotTrusted):
        return False
    if isinstance(error, Unreachable):
        return call.repeatable or not error.sent
    status = error.status if isinstance(error, StationError) else 0
    return status == 429 or (status in _PASSES and call.repeatable)


def _retry_after_s(got: Answer | Unreachable) -> float:
    given = "" if isinstance(got, Unreachable) else {k.lower(): v for k, v in got.headers.items()}.get("retry-after", "")
    return min(float(given), _MOST_ASKED_S) if given.isascii() and given.isdigit() else 0.0
