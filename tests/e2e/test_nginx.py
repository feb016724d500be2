"""nginx with the file of deploy/ before a station on loopback: tokens, log-in and live picture pass through it."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from skelp.api.live import PROTOCOL
from skelp.certificates.making import Made, new_certificate
from tests.conftest import ROOT
from tests.e2e.test_access import skelp
from tests.e2e.test_station import started, station_file
from tests.sockets import talking

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed (make system)")
GOOD = "correct horse battery"
MAIN = """
daemon off;
pid {folder}/pid;
error_log {folder}/errors;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/skelp.conf;
}}
"""


def configured(folder: Path, port: int, made: Made, station: str) -> Path:
    """Write the file of deploy/ with other names and ports, and a main file that includes it. Returns the main file."""
    changes = {
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "server_name line1.plant.example;": "server_name 127.0.0.1;",
        "/etc/skelp/certificates/line1.plant.example.pem": str(made.certificate),
        "/etc/skelp/certificates/line1.plant.example.key": str(made.private_key),
        "http://127.0.0.1:8000": station,
    }
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / "skelp.conf").write_text(text)
    (folder / "main.conf").write_text(MAIN.format(folder=folder))
    return folder / "main.conf"


@contextmanager
def proxy(station: str) -> Iterator[tuple[int, Path]]:
    """Run nginx before a station, without root's rights. Gives its port and its CA."""
    with tempfile.TemporaryDirectory(prefix="skelp-nginx-") as name:
        folder = Path(name)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        made = new_certificate(["127.0.0.1"], folder, 9, replace=False)
        main = configured(folder, port, made, station)
        user = "nobody" if os.geteuid() == 0 else None
        if user:
            for file in (folder, *folder.iterdir()):
                shutil.chown(file, user)
        with subprocess.Popen([str(NGINX), "-c", main, "-e", folder / "errors"], user=user) as running:
            try:
                wait_until_open(port, running, folder / "errors")
                yield port, made.ca
            finally:
                running.terminate()


def wait_until_open(port: int, running: subprocess.Popen[bytes], errors: Path) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and running.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nginx does not answer: {errors.read_text()}")


@dataclass
class Plant:
    """A station that asks for tokens behind nginx, and a token of a reader."""

    port: int
    trusting: ssl.SSLContext
    secret: str

    @property
    def origin(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, str]:
        """Status, body and cookie of an answer."""
        asked = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=20, context=self.trusting)
        asked.request(method, path, None if body is None else json.dumps(body), {"content-type": "application/json", **headers})
        answer = asked.getresponse()
        content = answer.read()
        asked.close()
        return answer.status, json.loads(content) if content else None, answer.getheader("set-cookie") or ""

    def live(self, origin: str, **headers: str) -> Any:
        address = f"wss://127.0.0.1:{self.port}/api/v1/live"
        return talking(address, ssl=self.trusting, origin=Origin(origin), additional_headers=headers, subprotocols=[Subprotocol(PROTOCOL)])


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    file = station_file(tmp_path_factory.mktemp("plant"))
    file.write_text(file.read_text().replace("[server]\n", "[server]\ntokens = true\n"))
    secret = skelp("token", "new", "wall", "--role", "reader", "--station", file)
    skelp("user", "new", "kim", "--role", "operator", "--password-stdin", "--station", file, stdin=GOOD)
    with started(file) as station, proxy(station.address) as (port, authority):
        yield Plant(port, ssl.create_default_context(cafile=str(authority)), secret)


def test_a_token_opens_rest_through_nginx_and_nothing_else_does(plant: Plant) -> None:
    assert plant.ask("GET", "/health/live")[0] == 200
    assert plant.ask("GET", "/api/v1/station")[0] == 401
    status, station, _ = plant.ask("GET", "/api/v1/station", Authorization=f"Bearer {plant.secret}")
    assert (status, station["name"]) == (200, "test")
    assert plant.ask("GET", "/api/v1/events?wait_s=1", Authorization=f"Bearer {plant.secret}")[0] == 200


def test_a_person_logs_in_through_nginx_from_its_own_pages_alone(plant: Plant) -> None:
    given = {"name": "kim", "password": GOOD}
    status, session, cookie = plant.ask("POST", "/api/v1/session", given, Origin=plant.origin)
    assert (status, session["name"]) == (200, "kim")
    assert re.match(r"__Host-skelp=\S+; .*HttpOnly; SameSite=Strict; Secure$", cookie)
    secret = cookie.split(";")[0]
    assert plant.ask("GET", "/api/v1/session", Cookie=secret)[1]["name"] == "kim"
    acknowledged = plant.ask("POST", "/api/v1/alarms/acknowledge", {}, Cookie=secret, Origin=plant.origin)
    assert acknowledged[0] not in (401, 403)
    for elsewhere in ("https://127.0.0.1", "https://evil.example", plant.origin.replace("https", "http") + "1"):
        assert plant.ask("POST", "/api/v1/alarms/acknowledge", {}, Cookie=secret, Origin=elsewhere)[0] == 403
    with plant.live(plant.origin, Cookie=secret) as live:
        assert live.recv(timeout=20)
    with pytest.raises(InvalidStatus), plant.live("https://evil.example", Cookie=secret):
        pass
    assert plant.ask("DELETE", "/api/v1/session", Cookie=secret, Origin=plant.origin)[0] == 204


def test_a_live_picture_passes_through_nginx_with_a_token(plant: Plant) -> None:
    with plant.live(plant.origin, Authorization=f"Bearer {plant.secret}") as live:
        assert live.subprotocol == PROTOCOL
        assert all(live.recv(timeout=20) for _ in range(3))


def test_a_station_that_asks_nobody_refuses_what_nginx_forwards(tmp_path: Path) -> None:
    with started(station_file(tmp_path)) as station, proxy(station.address) as (port, authority):
        open_station = Plant(port, ssl.create_default_context(cafile=str(authority)), "")
        status, refused, _ = open_station.ask("GET", "/api/v1/station")
        assert status == 403
        assert "tokens = true" in refused["detail"]
