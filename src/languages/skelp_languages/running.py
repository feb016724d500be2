"""Runs a language until Ctrl-C or SIGTERM: opens the station and the place, and tells the plant what the feed has."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from skelp.terminal import log_to_stderr
from skelp_client import Station
from skelp_languages.board import Board
from skelp_languages.following import Follower, Resend, Told
from skelp_languages.place import PlaceFile
from skelp_languages.settings import LanguageSettings, opened
from skelp_languages.standing import Standings

_NICE = 10
"""How far a language stands back: an inspection on the same machine gets ten times as much of a core for which both wait."""


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
    if hasattr(os, "setpriority"):  # threads inherit it from here on
        os.setpriority(os.PRIO_PROCESS, 0, max(_NICE, os.getpriority(os.PRIO_PROCESS, 0)))
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


def _interrupt(_number: int, _frame: object) -> None:
    raise SystemExit(0)
