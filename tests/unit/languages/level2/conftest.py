"""A running connection to level 2 over loopback, with a real station's REST behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from skelp_client import Coil, Event, Station
from skelp_languages.following import Resend, Told
from skelp_languages.level2.layout import Layout
from skelp_languages.level2.process import connected
from skelp_languages.level2.settings import Level2Settings, LinkSettings, Timing, TraceSettings
from skelp_languages.level2.telling import Teller
from skelp_languages.place import PlaceFile
from skelp_languages.running import Running
from skelp_languages.standing import Standings
from tests.sockets import PATIENT_S
from tests.unit.api.conftest import server
from tests.unit.client.conftest import station
from tests.unit.languages.level2.layouts import example, made
from tests.unit.languages.level2.peer import Peer

__all__ = ["PATIENT_S", "server", "station"]


@dataclass
class Speaking:
    """skelp level2, as far as it speaks: without following a feed."""

    layout: Layout
    settings: Level2Settings
    standings: Standings
    teller: Teller
    port: int
    peers: list[Peer] = field(default_factory=list)

    def dial(self) -> Peer:
        self.peers.append(Peer.dial(self.layout, self.port))
        return self.peers[-1]

    def hang_up(self) -> None:
        for peer in self.peers:
            peer.close()


Speak = Callable[..., Any]
SERVER = LinkSettings(role="server", address="127.0.0.1:0")


@pytest.fixture
def speak(tmp_path: Path, station: Station) -> Speak:
    """`with speak(...) as speaking:` is one process; another one after it has the same files."""

    @contextmanager
    def one(
        file: dict[str, Any] | None = None, on_refusal: str = "wait", link: LinkSettings = SERVER, **timing: float
    ) -> Iterator[Speaking]:
        layout = made(tmp_path, file or example())
        quick = {"acknowledged_within_s": 0.3, "again_every_s": 0.3, "tries": 3} | timing
        settings = Level2Settings(
            name="l2",
            place=tmp_path / "place.json",
            layout=tmp_path / "layout.toml",
            link=link,
            timing=Timing.model_validate(quick),
            trace=TraceSettings(folder=tmp_path / "trace"),
            on_refusal=on_refusal,  # type: ignore[arg-type] # a test gives one of the two
        )
        standings = Standings("level2", link.address)
        with ExitStack() as opened:
            run = Running(station, opened.enter_context(PlaceFile(settings.place)), standings, Resend())
            speaking = opened.enter_context(connected(settings, layout, run))
            found = Speaking(layout, settings, standings, speaking.teller, speaking.link.port)
            opened.callback(found.hang_up)
            yield found

    return one


def told(coil: Coil, seq: int = 5, *, kind: str = "coil.final", repeat: bool = False, **data: Any) -> Told:
    return Told(Event(seq, "2026-11-27T12:00:00Z", coil.coil_id, kind, data), repeat, coil)
