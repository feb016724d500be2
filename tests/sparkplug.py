"""A plant with Sparkplug for tests: mosquitto, a host application on Tahu's codec (tests/e2e/node), and `skelp mqtt` as a process."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from tests.conftest import ROOT
from tests.e2e.test_station import Running
from tests.node import node_with
from tests.sockets import free_port

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
NODE_FOLDER = ROOT / "tests" / "e2e" / "node"
GROUP, NODE, DEVICE = "Pohang", "test", "PLTCM"
Message = dict[str, Any]
SKELP = """
import sys
from skelp import cli
from skelp_languages.commands.mqtt import mqtt
cli.cli.command()(mqtt)
sys.exit(cli.main(sys.argv[1:]))
"""
"""Runs `skelp` with the command, whether skelp-languages is installed or lies in the checkout."""


class Broker:
    """mosquitto on a port of its own. `lines`: of its configuration, besides the listener. `inside`: a command that it runs in."""

    def __init__(self, folder: Path, lines: Sequence[str] = ("allow_anonymous true",), inside: Sequence[str] = (), host: str = "127.0.0.1"):
        if MOSQUITTO is None:
            pytest.skip("mosquitto is not installed (make system)")
        self.host, self.port = host, free_port()
        self.log = folder / "mosquitto.log"
        self._command = [*inside, MOSQUITTO, "-c", str(folder / "mosquitto.conf")]
        listener = f"listener {self.port}" + ("" if inside else " 127.0.0.1")
        text = "\n".join([listener, "user root", "persistence false", "log_type all", *lines])
        (folder / "mosquitto.conf").write_text(text + "\n")
        self._probe = [*inside, sys.executable, "-c", f"import socket; socket.create_connection(('127.0.0.1', {self.port}))"]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()

    def start(self) -> None:
        with self.log.open("a") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        until = time.monotonic() + 20
        while subprocess.run(self._probe, capture_output=True, check=False).returncode:
            assert self._process.poll() is None, self.log.read_text()[-1000:]
            assert time.monotonic() < until, "mosquitto takes no connection"
            time.sleep(0.1)

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.wait()


class Host:
    """A host application: what it got, in order, and the rules of Sparkplug that it saw broken."""

    def __init__(self, settings: dict[str, Any], inside: Sequence[str] = ()) -> None:
        self._command = [*inside, node_with(NODE_FOLDER), str(NODE_FOLDER / "host.mjs"), json.dumps(settings)]
        self.id: str = settings.get("id", "")
        self.got: list[Message] = []
        self.broke: list[Message] = []
        self._news: queue.Queue[Message] = queue.Queue()

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=NODE_FOLDER)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.wait(lambda: any(m.get("connected") for m in self.got), "the host connects")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()

    def freeze(self) -> None:
        """It does nothing any more, and its connection stays open."""
        self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.wait()
        self._reader.join(10)
        self.take()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._news.put(json.loads(line))

    def take(self) -> Self:
        """Sort what came since."""
        while not self._news.empty():
            message = self._news.get()
            (self.broke if "broke" in message else self.got).append(message)
        return self

    def wait(self, condition: Callable[[], object], what: str, seconds: float = 40) -> None:
        """Wait until a condition holds for what was got."""

        wait(lambda: self.take() and condition(), what, seconds, lambda: str(self.got[-5:]))

    def of(self, *kinds: str) -> list[Message]:
        return [m for m in self.got if m.get("kind") in kinds]

    def results(self) -> list[Message]:
        """The DDATA of results. Each has all metrics of a coil."""
        return [m for m in self.of("DDATA") if "Feed/Seq" in values(m)]

    def coils(self) -> list[str]:
        return [values(m)["Coil/Id"] for m in self.results()]

    def _ask(self, message: Message) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()

    def command(self, kind: str, name: str, datatype: str, value: object) -> None:
        topic = f"spBv1.0/{GROUP}/{kind}/{NODE}" + (f"/{DEVICE}" if kind == "DCMD" else "")
        self._ask({"command": kind, "topic": topic, "metrics": [{"name": name, "type": datatype, "value": value}]})

    def raw(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self._ask({"raw": payload.hex(), "topic": topic, "retain": retain})

    def say(self, *, online: bool, timestamp: int) -> None:
        self._ask({"state": {"online": online, "timestamp": timestamp}})


def wait(condition: Callable[[], object], what: str, seconds: float = 40, last: Callable[[], str] = str) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"{what}: not within {seconds} s; {last()}"
        time.sleep(0.05)


def values(message: Message) -> dict[str, Any]:
    return {m["name"]: m["value"] for m in message["metrics"]}


@dataclass
class Mqtt:
    """`skelp mqtt` as a process, with its settings in a folder."""

    folder: Path
    station: str
    broker: dict[str, Any]
    primary: str = ""
    again_s: float = 20
    inside: Sequence[str] = ()

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.log = self.folder / "log"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()

    def start(self, *arguments: str) -> None:
        lines = ['name = "scada"', 'place = "place.json"', 'begin = "first"', "[station]", f'url = "{self.station}"', "[broker]"]
        lines += [f"{key} = {json.dumps(value)}" for key, value in self.broker.items()]
        lines += ["[names]", f'group = "{GROUP}"', f'node = "{NODE}"', f'device = "{DEVICE}"']
        if self.primary:
            lines += ["[primary_host]", f'id = "{self.primary}"', f"again_s = {self.again_s}"]
        file = self.folder / "mqtt.toml"
        file.write_text("\n".join(lines) + "\n")
        with self.log.open("a") as log:
            command = [*self.inside, sys.executable, "-c", SKELP, "mqtt", str(file), *arguments]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "COLUMNS": "200"})

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def end(self) -> int:
        """SIGTERM. Returns the exit code."""
        self.process.terminate()
        return self.process.wait(20)


def in_tahu(payloads: Sequence[bytes]) -> Iterator[dict[str, Any]]:
    """What Eclipse Tahu's codec reads in each payload (`read`), and its bytes as Tahu writes it (`again`)."""
    lines = "\n".join(p.hex() for p in payloads) + "\n"
    command = [node_with(NODE_FOLDER), str(NODE_FOLDER / "codec.mjs")]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=120, check=True, cwd=NODE_FOLDER)
    return (json.loads(line) for line in done.stdout.splitlines())


def roll(station: Running, coil_id: str) -> None:
    """A coil passes and ends."""
    station.roll(coil_id, heat="H7", product="DC04", customer="Works 2")


def broker_at(broker: Broker, **more: Any) -> dict[str, Any]:
    return {"host": broker.host, "port": broker.port, "tls": False, **more}


def node_now(host: Host) -> dict[str, Any]:
    """The node's metrics as a host knows them."""
    return {name: value for m in host.of("NBIRTH", "NDATA") for name, value in values(m).items()}


def result_of(host: Host, coil_id: str, kind: str = "coil.final") -> Message | None:
    found = [m for m in host.results() if (values(m)["Coil/Id"], values(m)["Feed/Kind"]) == (coil_id, kind)]
    return found[-1] if found else None
