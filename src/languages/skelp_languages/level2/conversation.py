"""Sends one telegram at a time, until level 2 has acknowledged it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import structlog

from skelp_languages.level2.reporting import Report
from skelp_languages.level2.settings import Timing
from skelp_languages.standing import State

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sendable:
    """A telegram as it goes out. `name`: for people, such as "SIL201 number 17 (coil K4711)"."""

    code: str | int
    number: int
    raw: bytes
    name: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What level 2 said of a telegram. `code`: of the refusal, as it came."""

    done: bool
    code: str = ""


class Refused(Exception):  # noqa: N818 - what happened
    """Level 2 refused a telegram for good."""


class Conversation:
    """`send` gives bytes to whoever is connected, and returns whether they left. `on_refusal`: as in the settings."""

    def __init__(self, send: Callable[[bytes], bool], timing: Timing, report: Report, on_refusal: Literal["wait", "go_on"]) -> None:
        self._send, self._timing, self._report, self._on_refusal = send, timing, report, on_refusal
        self._changed = threading.Condition()
        self._awaited: Sendable | None = None
        self._answer: Answer | None = None
        self._connections = 0

    def deliver(self, telegram: Sendable) -> None:
        """Returns when level 2 has acknowledged it. Raises Refused if it refused it for good and the settings say to go on."""
        with self._changed:
            self._awaited = telegram
        try:
            self._deliver(telegram)
        finally:
            with self._changed:
                self._awaited = None
        self._report.well()

    def _deliver(self, telegram: Sendable) -> None:
        timing, silent, refused = self._timing, 0, 0
        while True:
            over = self._sent(telegram)
            answer = self._answer_within(timing.acknowledged_within_s if silent < timing.tries else timing.again_every_s, over)
            if answer is not None and answer.done:
                return
            if answer is None:
                silent += 1
                detail = f"{telegram.name} was sent {silent} times and not acknowledged"
            else:
                refused += 1
                detail = f"{telegram.name} was refused {refused} times, with {answer.code}"
            if max(silent, refused) >= timing.tries:
                log.warning("level 2 does not take a telegram", what=detail)
                self._report.trouble(State.WAITING if answer is None else State.REFUSED, detail)
                if refused >= timing.tries and self._on_refusal == "go_on":
                    raise Refused(detail)
            if answer is not None:
                self._wait(lambda over=over: self._connections != over, self._pause_s(refused))  # type: ignore[misc] # a default

    def _pause_s(self, refused: int) -> float:
        return self._timing.again_every_s if refused >= self._timing.tries else self._timing.acknowledged_within_s

    def answered(self, code: object, number: object, answer: Answer) -> bool:
        """Level 2 said this of a telegram. Returns whether it was waited for. `code`: None if its answer names none."""
        with self._changed:
            awaited = self._awaited
            if awaited is None or number != awaited.number or code not in {None, "", awaited.code}:
                return False
            self._answer = answer
            self._changed.notify_all()
            return True

    def connected(self) -> None:
        """Somebody is there: what waits is sent at once."""
        with self._changed:
            self._connections += 1
            self._changed.notify_all()

    def _sent(self, telegram: Sendable) -> int:
        """Send it, to whoever connects if nobody is there. Returns over which connection, by its number."""
        while True:
            with self._changed:
                self._answer, over = None, self._connections
            if self._send(telegram.raw):
                return over
            self._wait(lambda over=over: self._connections != over, None)  # type: ignore[misc] # a default

    def _answer_within(self, seconds: float, over: int) -> Answer | None:
        """What level 2 says; None if it says nothing for so long, or over this connection no more."""
        self._wait(lambda: self._answer is not None or self._connections != over, seconds)
        return self._answer

    def _wait(self, until: Callable[[], bool], seconds: float | None) -> None:
        end = None if seconds is None else time.monotonic() + seconds
        with self._changed:
            while not until() and (end is None or time.monotonic() < end):
                self._changed.wait(1.0 if end is None else min(1.0, max(end - time.monotonic(), 0.001)))
