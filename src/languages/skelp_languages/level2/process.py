"""Puts `skelp level2` together and runs it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from skelp_languages.following import Told
from skelp_languages.level2.acting import Actor
from skelp_languages.level2.checking import checked_layout
from skelp_languages.level2.conversation import Conversation
from skelp_languages.level2.counted import CountedClasses
from skelp_languages.level2.layout import Layout
from skelp_languages.level2.link import Link
from skelp_languages.level2.meanings import Telegram
from skelp_languages.level2.memory import Memory
from skelp_languages.level2.promises import warnings
from skelp_languages.level2.receiving import Receiver
from skelp_languages.level2.reporting import Report
from skelp_languages.level2.settings import Level2Settings
from skelp_languages.level2.telegrams import Outer, pack
from skelp_languages.level2.telling import Teller
from skelp_languages.level2.trace import Trace
from skelp_languages.running import Running, follow, running
from skelp_languages.standing import Standings

log = structlog.get_logger()


def run_level2(settings: Level2Settings, after: int | None) -> None:
    """Run until SIGTERM or Ctrl-C. `after`: begin after this event. Raises SkelpError."""
    layout = checked_layout(settings.layout)
    standings = Standings("level2", settings.link.address)
    with _ending_with_its_threads(), running(settings, standings) as run, ExitStack() as opened:
        for warning in warnings(layout):
            log.warning(warning)
        counted = CountedClasses(layout, run.station)
        counted.at_start()
        level2 = opened.enter_context(connected(settings, layout, run))

        def tell(told: Told) -> None:
            counted.before_telling()
            level2.teller.tell(told)

        follow(run, settings, level2.teller.kinds, tell, after=after)


@dataclass(frozen=True)
class Connected:
    """A link, and what tells level 2 of coils over it."""

    link: Link
    teller: Teller


@contextmanager
def connected(settings: Level2Settings, layout: Layout, run: Running) -> Iterator[Connected]:
    """The link and everything behind it, while the block runs."""
    with ExitStack() as opened:
        memory = Memory(settings.memory, settings.timing.same_within_s)
        report = Report(run.standings, settings.link.address, is_server=settings.link.role == "server")
        trace = opened.enter_context(Trace(settings.trace))
        link: Link

        def send(raw: bytes) -> bool:
            return link.send(raw)

        conversation = Conversation(send, settings.timing, report, settings.on_refusal)
        receiver = Receiver(layout, memory, Actor(run.station), conversation, send)

        def changed(peer: str | None, why: str) -> None:
            report.connection(peer, why)
            if peer is not None:
                conversation.connected()

        alive = (lambda: pack(layout, Telegram.ALIVE, Outer(datetime.now(UTC)), {})) if layout.has(Telegram.ALIVE) else None
        link = Link(settings.link, settings.timing, layout, trace, receiver.heard, changed, alive)
        opened.enter_context(receiver)
        opened.enter_context(link)
        log.info("level 2 may come", role=settings.link.role, address=f"{settings.link.host}:{link.port}")
        yield Connected(link, Teller(settings, layout, run, memory, conversation, report))


@contextmanager
def _ending_with_its_threads() -> Iterator[None]:
    """If a thread ends by an error, the process ends with this error: a link that nobody reads would look like one that is well."""
    failed: list[BaseException] = []
    before = threading.excepthook

    def end(what: threading.ExceptHookArgs) -> None:
        failed.append(what.exc_value or SystemExit(1))
        signal.raise_signal(signal.SIGTERM)

    threading.excepthook = end
    try:
        yield
    except SystemExit:
        if failed:
            raise failed[0] from None
        raise
    finally:
        threading.excepthook = before
