"""node-opcua, an OPC UA client that nobody of skelp wrote, steered by tests; and `skelp opcua` as a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from tests.conftest import ROOT
from tests.node import node_with

FOLDER = ROOT / "tests" / "e2e" / "node-opcua"
SKELP = (
    "import sys; from skelp import cli; from skelp_languages.commands.opcua import opcua; "
    "cli.cli.command()(opcua); sys.exit(cli.main(sys.argv[1:]))"
)
"""Runs `skelp` with the command, whether skelp-languages is installed or lies in the checkout."""
Answer = dict[str, Any]


class Client:
    """A process of node-opcua with any number of sessions, each by its name. `inside`: what comes before its command."""

    def __init__(self, folder: Path, inside: Sequence[str] = ()) -> None:
        self._folder, self._inside = folder, inside

    def __enter__(self) -> Self:
        self._log = (self._folder / "client.log").open("w")
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            [*self._inside, node_with(FOLDER), "client.mjs"], stdin=pipe, stdout=pipe, stderr=self._log, text=True, cwd=FOLDER
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            if stream is not None:
                stream.close()

    def do(self, what: str, **given: Any) -> Any:
        """Make the client do something. Returns what it answers."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": what, **given}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, (self._folder / "client.log").read_text()[-2000:]
        return json.loads(line)

    def connect(
        self, name: str, url: str, policy: str = "None", user: str | None = None, token: str | None = None, *, retry: int = 0
    ) -> str:
        """Open a session. Returns the name of the status code. `retry`: how often it tries again, also after a cut; -1: for ever."""
        who = {} if user is None else {"user": user, "password": token}
        status: str = self.do("connect", name=name, url=url, policy=policy, pki=str(self._folder / "client-pki"), retry=retry, **who)[
            "status"
        ]
        return status

    def call(self, name: str, path: str, *arguments: Answer) -> Answer:
        """Call a method by its path from the vision system, or from a node's id."""
        object_path, _, method = path.rpartition("/")
        answer: Answer = self.do("call", name=name, object=object_path, method=method, args=list(arguments))
        return answer

    def outputs(self, name: str, path: str, *arguments: Answer) -> list[Any]:
        """The outputs of a call that is made."""
        answer = self.call(name, path, *arguments)
        assert answer["status"] == "Good", answer
        outputs: list[Any] = answer["outputs"]
        return outputs

    def state(self, name: str) -> str:
        """The innermost state of the vision system."""
        inner = self.do("read", name=name, path="VisionStateMachine/AutomaticModeStateMachine/CurrentState")
        if inner["status"] == "Good":
            return str(inner["value"]["text"])
        assert inner["status"] == "BadStateNotActive", inner
        return str(self.do("read", name=name, path="VisionStateMachine/CurrentState")["value"]["text"])

    def results(self, name: str, condition: Callable[[list[Answer]], bool], node: str = "Server", seconds: float = 30) -> list[Answer]:
        """The fields of the ResultReady events that a node was heard to send, as soon as `condition` holds for them."""

        def heard() -> list[Answer]:
            return [e["fields"] for e in self.do("events", name=name) if e["node"] == node and e["fields"].get("ResultId")]

        found: list[Answer] = wait_for(heard, condition, seconds)
        return found


def wait_for(look: Callable[[], Any], condition: Callable[[Any], bool], seconds: float = 30) -> Any:
    """Look until `condition` holds for what is seen."""
    until = time.monotonic() + seconds
    while not condition(seen := look()):
        assert time.monotonic() < until, f"the condition does not hold after {seconds} s; last: {seen}"
        time.sleep(0.1)
    return seen


def make_token(file: Path, name: str, role: str) -> str:
    """A token of the station with this file."""
    command = [sys.executable, "-m", "skelp", "token", "new", name, "--role", role, "--station", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


def identified(kind: str, one: str) -> Answer:
    """An argument: an id structure of the nodeset."""
    return {"type": kind, "value": {"id": one}}


def number(value: int, kind: str = "Int32") -> Answer:
    """An argument: a number."""
    return {"type": kind, "value": value}


def text(value: str) -> Answer:
    """An argument: a text."""
    return {"type": "String", "value": value}


class OpcUa:
    """A process of `skelp opcua`."""

    def __init__(self, process: subprocess.Popen[str], url: str, folder: Path) -> None:
        self.process, self.url, self.certificates = process, url, folder / "opcua-certificates"

    def trust_all(self) -> None:
        """What a person does with the certificates of clients that were refused."""
        for file in (self.certificates / "rejected").iterdir():
            file.rename(self.certificates / "trusted" / file.name)

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def end(self) -> int:
        """SIGTERM. Returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@contextmanager
def serving(
    folder: Path, station: str, *, host: str = "127.0.0.1", port: int = 0, more: str = "", station_token: bool = True
) -> Iterator[OpcUa]:
    """Run `skelp opcua` for the station at an address, and wait until it listens. `more`: lines of the settings' [security]."""
    token = 'token = "mes.token"\n' if station_token else ""
    (folder / "opcua.toml").write_text(
        f'name = "line1-opcua"\nplace = "opcua.json"\nbegin = "first"\n[station]\nurl = "{station}"\n{token}'
        f'[endpoint]\nhost = "{host}"\nport = {port}\n[security]\ncertificates = "opcua-certificates"\n{more}'
    )
    with (folder / "opcua.log").open("a") as log:
        command = [sys.executable, "-c", SKELP, "opcua", str(folder / "opcua.toml")]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, "COLUMNS": "200"})
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("OPC UA for Machine Vision: "), (folder / "opcua.log").read_text()[-2000:]
        yield OpcUa(process, line.split()[-1], folder)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
