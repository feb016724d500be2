"""Does the steps of a call without input, output or waiting."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from skelp_client.errors import Unreachable
from skelp_client.exchange import Answer, Patience, Send, Steps, Wait

T = TypeVar("T")
Outcome = Answer | Unreachable


def answer(body: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(body).encode())


def problem(status: int, **more: Any) -> Answer:
    headers = {"retry-after": str(more.pop("retry_after"))} if "retry_after" in more else {}
    return Answer(status, headers, json.dumps({"type": "about:blank", "title": "t", "status": status, "detail": "d", **more}).encode())


def away(*, sent: bool = True) -> Unreachable:
    return Unreachable("http://station", "timeout", sent=sent)


@dataclass
class Script:
    """Gives the outcomes in order. `sent`: the requests; `waited`: the waits in s.

    Time passes by waiting, and by `answering_s` for each request.
    """

    outcomes: Iterable[Outcome | Callable[[Send], Outcome]]
    answering_s: float = 0.0
    now: float = 0.0
    sent: list[Send] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._left = iter(self.outcomes)

    def patience(self, retry_s: float = 30.0) -> Patience:
        return Patience(retry_s, 10.0, lambda: self.now)

    def run(self, steps: Steps[T]) -> T:
        """Do the steps. Returns their result."""
        done: Outcome | None = None
        while True:
            try:
                step = steps.send(done)
            except StopIteration as end:
                result: T = end.value
                return result
            done = self._do(step)

    def _do(self, step: Send | Wait) -> Outcome | None:
        if isinstance(step, Wait):
            self.waited.append(step.seconds)
            self.now += step.seconds
            return None
        self.sent.append(step)
        self.now += self.answering_s
        outcome = next(self._left)
        return outcome if isinstance(outcome, Answer | Unreachable) else outcome(step)
