"""Runs a language until Ctrl-C or SIGTERM: opens the station and the place, and tells the plant what the feed has."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from skelp.terminal import log_to_stderr
from skelp_client import Station
from skelp_languages.board import Board
from skelp_languages.following import Follower, Resend, Told
from skelp_languages.place import PlaceFile
from skelp_languages.settings import LanguageSettings, opened
from skelp_languages.standing import Standings

log = structlog.get_logger()


@dataclass(frozen=True)
class Running:
    """What a language needs while it runs. `place` belongs to the thread that follows."""

    station: Station
    place: PlaceFile
    standings: Standings
    resend: Resend


@contextmanager
def running(settings: LanguageSettings, standings: Standings) -> Iterator[Running]:
    """The station, and the place under its lock. SIGTERM ends the block as Ctrl-C does. The process gives way to an inspection."""
    signal.signal(signal.SIGTERM, _interrupt)
    _stand_back()
    log_to_stderr()
    with opened(settings.station) as station, PlaceFile(settings.place) as place:
        yield Running(station, place, standings, Resend())


def follow(
    run: Running,
    settings: LanguageSettings,
    kinds: frozenset[str],
    tell: Callable[[Told], None],
    *,
    after: int | None = None,
    away: Callable[[Exception | None], None] = lambda _: None,
) -> None:
    """Follow the feed for ever, and tell the station how the connection stands. `after`: begin after this event, whatever the place was.
    `away`: see Follower.
    """
    follower = Follower(run.station, run.place, kinds, run.resend, away)
    follower.begin(after, at_first=settings.begin == "first")
    with opened(settings.station) as board, Board(settings.name, board, run.place, run.standings, run.resend):
        follower.run(tell)


def _stand_back() -> None:
    """Run when hardly anything else on this machine wants to (SCHED_IDLE); threads that are started from here on do so too.

    A niceness is not enough: a network's threads yield while they wait for each other, and since Linux 6.17 that counts as if they had run,
    so whatever else waits comes first. Starting the languages with a niceness of 10 took a second of a line that used 60% of both cores.
    """
    if hasattr(os, "SCHED_IDLE"):
        try:
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        except OSError as error:
            log.warning("this process cannot stand back, so it may take time from an inspection on this machine", why=str(error))


def _interrupt(_number: int, _frame: object) -> None:
    raise SystemExit(0)
