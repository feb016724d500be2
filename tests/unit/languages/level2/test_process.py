"""skelp level2 as the client of level 2, whom it lets in as a server, and how it ends."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, cast

import pytest

from skelp.domain.errors import SkelpError
from skelp_client import Station
from skelp_languages.level2 import process
from skelp_languages.level2.meanings import Telegram
from skelp_languages.level2.settings import LinkSettings, load_settings
from skelp_languages.running import Running
from skelp_languages.standing import State
from tests.station_server import StationServer
from tests.unit.languages.level2.conftest import Speak
from tests.unit.languages.level2.peer import PATIENT_S, Peer, becomes
from tests.unit.languages.level2.test_settings import EXAMPLE


@pytest.fixture
def level_2() -> Iterator[socket.socket]:
    """The listening socket of a level 2 that is a server."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(PATIENT_S)
        yield listening


def test_a_client_calls_again_when_level_2_went_away(server: StationServer, speak: Speak, level_2: socket.socket) -> None:
    link = LinkSettings(role="client", address=f"127.0.0.1:{level_2.getsockname()[1]}")
    with speak(link=link) as speaking:
        for number in (1, 2):
            with level_2.accept()[0] as opened:
                opened.settimeout(PATIENT_S)
                peer = Peer(speaking.layout, opened)
                becomes(lambda: speaking.standings.now.state is State.CONNECTED)
                assert peer.ask(Telegram.COIL_END, {"coil_id": "K9"}, number) == "coil_unknown"
            becomes(lambda: speaking.standings.now.state is State.CONNECTING)
        assert "level 2 ended it" in speaking.standings.now.detail
        level_2.close()
        becomes(lambda: "does not answer" in speaking.standings.now.detail)


def test_a_server_lets_in_its_peers_only(speak: Speak) -> None:
    with speak(link=LinkSettings(role="server", address="127.0.0.1:0", peers=("127.0.0.2",))) as speaking:
        peer = speaking.dial()
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            peer.hear(Telegram.ALIVE)
        with socket.create_connection(("127.0.0.1", speaking.port), source_address=("127.0.0.2", 0)):
            becomes(lambda: speaking.standings.now.state is State.CONNECTED)


def test_an_address_in_use_is_said(speak: Speak, level_2: socket.socket) -> None:
    taken = LinkSettings(role="server", address=f"127.0.0.1:{level_2.getsockname()[1]}")
    with pytest.raises(SkelpError, match="cannot listen at"), speak(link=taken):
        pass


def test_a_class_that_the_station_does_not_have_ends_the_process_before_level_2_may_come(
    station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = EXAMPLE.with_name("level2-layout.toml").read_text(encoding="utf-8")
    (tmp_path / "level2-layout.toml").write_text(layout.replace("class:scratch", "class:scrach"), encoding="utf-8")
    (tmp_path / "level2.toml").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    run = Running(station, cast("Any", None), cast("Any", None), cast("Any", None))
    monkeypatch.setattr(process, "running", lambda *_: nullcontext(run))
    monkeypatch.setattr(process, "connected", lambda *_: pytest.fail("it listens"))
    with pytest.raises(SkelpError, match="class:scrach; did you mean scratch"):
        process.run_level2(load_settings(tmp_path / "level2.toml"), None)


def test_an_error_in_a_thread_ends_the_process_with_this_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a link that nobody reads would look like one that is well."""
    text = EXAMPLE.read_text(encoding="utf-8").replace("127.0.0.1:2011", "127.0.0.1:0")
    (tmp_path / "level2.toml").write_text(text.replace('"level2-layout.toml"', f'"{EXAMPLE.parent}/level2-layout.toml"'), encoding="utf-8")

    def fail(*_: object, **__: object) -> None:
        def run() -> None:
            raise SkelpError("the disk is full")

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        threading.Event().wait(0.5)  # the signal comes meanwhile

    monkeypatch.setattr(process, "follow", fail)
    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(SkelpError, match="the disk is full"):
            process.run_level2(load_settings(tmp_path / "level2.toml"), None)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert threading.excepthook is not None
