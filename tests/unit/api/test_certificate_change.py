"""The certificate's files change while the server runs: new connections get the new one, and running ones go on.

A pair that does not fit is not taken.
"""

from __future__ import annotations

import http.client
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from structlog.testing import capture_logs

from skelp.api import tls
from skelp.api.guard import Receive, Scope, Send
from skelp.certificates.making import new_certificate
from skelp.certificates.reading import read_certificates
from skelp.server import WebServer, served_certificate
from skelp.settings import Server
from tests.certificates import self_signed
from tests.sockets import echo, talking


@dataclass
class Application:
    """Answers a request when `may_answer` is set, and a WebSocket message with itself."""

    may_answer: threading.Event = field(default_factory=threading.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await echo(receive, send)
        elif scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
            await send({"type": "http.response.body", "body": b"be", "more_body": True})
            while not self.may_answer.is_set():
                await anyio.sleep(0.01)
            await send({"type": "http.response.body", "body": b"st"})


@dataclass
class House:
    """A server over TLS, and the folder of its certificate."""

    folder: Path
    application: Application
    server: WebServer
    certificate: tls.ServedCertificate

    def serial(self) -> str:
        """The serial number that a new client sees."""
        seen = ssl.get_server_certificate(("127.0.0.1", self.server.port))
        return f"{x509.load_pem_x509_certificate(seen.encode()).serial_number:x}"

    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "ca.pem"))

    def on_disk(self) -> str:
        return read_certificates(self.folder / "127.0.0.1.pem")[0].serial

    def replace(self) -> None:
        new_certificate(["127.0.0.1"], self.folder, 300, replace=True)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[House]:
    monkeypatch.setattr(tls, "LOOK_S", 0.05 if "by_itself" in request.node.name else 3600.0)
    made = new_certificate(["127.0.0.1"], tmp_path, 300, replace=False)
    wanted = Server(port=0, certificate=made.certificate, private_key=made.private_key)
    certificate, application = served_certificate(wanted), Application()
    assert certificate is not None
    server = WebServer(application, wanted, certificate)
    server.start()
    yield House(tmp_path, application, server, certificate)
    application.may_answer.set()
    server.stop()


def test_new_connections_get_the_new_certificate_and_running_ones_go_on(house: House) -> None:
    before = house.serial()
    assert before == house.on_disk()
    asked = http.client.HTTPSConnection("127.0.0.1", house.server.port, timeout=10, context=house.trusting())
    asked.request("GET", "/")
    answer = asked.getresponse()
    with talking(f"wss://127.0.0.1:{house.server.port}/", ssl=house.trusting()) as live:
        house.replace()
        house.certificate.look()
        assert house.serial() == house.on_disk() != before
        live.send("still there?")
        assert live.recv(timeout=10) == "still there?"
        house.application.may_answer.set()
        assert answer.read() == b"best"
        with talking(f"wss://127.0.0.1:{house.server.port}/", ssl=house.trusting()) as new:
            new.send("trusted")
            assert new.recv(timeout=10) == "trusted"
    assert house.certificate.facts.serial == house.on_disk()
    asked.close()


def test_a_pair_that_cannot_be_used_is_not_taken_and_logged_once(house: House) -> None:
    before, key = house.serial(), (house.folder / "127.0.0.1.key").read_bytes()
    cases: dict[str, Callable[[], object]] = {
        "is not the key of": lambda: self_signed(house.folder, "127.0.0.1") and (house.folder / "127.0.0.1.key").write_bytes(key),
        "not a certificate and its key": lambda: (house.folder / "127.0.0.1.pem").write_text("-----BEGIN CERTIFICATE-----\nMII"),
        "ended at": lambda: self_signed(house.folder, "127.0.0.1", begins_in_days=-9, ends_in_days=-1),
        "cannot read": (house.folder / "127.0.0.1.pem").unlink,
    }
    for fault, change in cases.items():
        change()
        with capture_logs() as logged:
            house.certificate.look()
            house.certificate.look()
        assert [entry["log_level"] for entry in logged] == ["warning"], fault
        assert fault in logged[0]["fault"]
        assert house.serial() == before
    house.replace()
    house.certificate.look()
    assert house.serial() == house.on_disk() != before


def test_a_certificate_with_an_rsa_key_replaces_one_with_an_ec_key(house: House) -> None:
    key = rsa.generate_private_key(65537, 2048)
    old = x509.load_pem_x509_certificate((house.folder / "127.0.0.1.pem").read_bytes())
    builder = x509.CertificateBuilder(old.issuer, old.subject, key.public_key(), 77, old.not_valid_before_utc, old.not_valid_after_utc)
    (house.folder / "127.0.0.1.pem").write_bytes(builder.sign(key, SHA256()).public_bytes(Encoding.PEM))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (house.folder / "127.0.0.1.key").write_bytes(pem)
    house.certificate.look()
    assert house.serial() == f"{77:x}"


def test_a_running_server_looks_by_itself(house: House) -> None:
    before = house.serial()
    house.replace()
    until = time.monotonic() + 20
    while house.serial() == before and time.monotonic() < until:
        time.sleep(0.05)
    assert house.serial() == house.on_disk() != before
