"""A token goes to the station and nowhere else: not over a bare network, not into a text, not to whoever has another certificate."""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from skelp_client import AsyncStation, ClientError, NotAllowed, NotTrusted, Station, Unreachable
from tests.unit.conftest import skelp

SECRET = "skelp_" + "s3cr3t" * 7
KINDS: list[Any] = [Station, AsyncStation]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("line1:8443", "is not a station's address"),
        ("ftp://line1", "is not a station's address"),
        ("https://", "is not a station's address"),
        ("https://line1/?a=b", "is not a station's address"),
        ("https://kim:pass-word@line1", "a name or a password"),
        ("http://line1.plant.example:8000", "over https only"),
        ("http://10.0.0.7:8000", "over https only"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_at_once(kind: Any, url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as found:
        kind(url, token=SECRET)
    assert "pass-word" not in str(found.value)
    assert SECRET not in str(found.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://[::1]:8000", "http://localhost:8000", "https://line1.plant.example"])
def test_on_this_machine_a_token_needs_no_tls(url: str) -> None:
    assert SECRET not in repr(Station(url, token=SECRET))


@pytest.mark.parametrize("token", ["", " ", f"{SECRET} ", f" {SECRET}", f"{SECRET}\n", f"{SECRET}\r\nX-Evil: 1", "tökén"])
def test_a_token_that_is_none_is_refused_without_showing_it(token: str) -> None:
    with pytest.raises(ValueError, match="the token has characters") as found:
        Station("https://line1", token=token)
    assert not token.strip() or token.strip() not in str(found.value)


def test_a_client_of_ones_own_has_its_own_trust() -> None:
    with pytest.raises(ValueError, match="to your own client"):
        Station("https://line1", ca="ca.pem", http=object())  # type: ignore[arg-type] # it is refused before it is used


class Refusing(BaseHTTPRequestHandler):
    """Answers 401 and notes the tokens that came."""

    tokens: list[str | None]

    def do_GET(self) -> None:
        self.tokens.append(self.headers.get("Authorization"))
        self.send_response(401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        """Print nothing."""


@contextmanager
def refusing(context: ssl.SSLContext | None = None) -> Iterator[tuple[int, list[str | None]]]:
    """A server on loopback. Yields its port and the tokens that came."""
    tokens: list[str | None] = []
    http = HTTPServer(("127.0.0.1", 0), type("Handler", (Refusing,), {"tokens": tokens}))
    http.handle_error = lambda *_: None  # type: ignore[method-assign] # a handshake that fails is what the test wants
    if context is not None:
        http.socket = context.wrap_socket(http.socket, server_side=True)
    serving = threading.Thread(target=http.serve_forever)
    serving.start()
    try:
        yield http.server_port, tokens
    finally:
        http.shutdown()
        serving.join()
        http.server_close()


def test_no_error_no_log_and_no_repr_shows_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    texts: list[str] = []
    with refusing() as (port, tokens), Station(f"http://127.0.0.1:{port}", token=SECRET) as station:
        with pytest.raises(NotAllowed) as refused:
            station.coil("K1")
        texts += [repr(station), repr(refused.value), str(refused.value), repr(station.events())]
        assert tokens == [f"Bearer {SECRET}"]
    with Station("http://127.0.0.1:9", token=SECRET, retry_s=0.4) as station, pytest.raises(Unreachable) as away:
        station.coil("K1")
    assert not away.value.sent
    texts += [repr(away.value), str(away.value), *(r.getMessage() for r in caplog.records)]
    assert [r for r in caplog.records if r.name == "skelp_client"], "a try that failed is logged"
    assert not [t for t in texts if SECRET[6:] in t]


def test_proxies_of_the_environment_do_not_get_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    with refusing() as (elsewhere, seen), refusing() as (port, tokens):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{elsewhere}")
        with Station(f"http://127.0.0.1:{port}", token=SECRET) as station, pytest.raises(ClientError):
            station.coil("K1")
        assert (len(seen), len(tokens)) == (0, 1)


def test_a_station_with_another_certificate_gets_nothing_and_is_not_asked_again(tmp_path: Path) -> None:
    for name in ("mine", "other"):
        skelp("tls", "new", "127.0.0.1", "--out", tmp_path / name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "mine" / "127.0.0.1.pem", tmp_path / "mine" / "127.0.0.1.key")
    with refusing(context) as (port, tokens):
        for ca in (tmp_path / "other" / "ca.pem", None):
            with Station(f"https://127.0.0.1:{port}", token=SECRET, ca=ca) as station, pytest.raises(NotTrusted):
                next(station.events())
        assert tokens == []
        with Station(f"https://127.0.0.1:{port}", token=SECRET, ca=tmp_path / "mine" / "ca.pem") as station, pytest.raises(NotAllowed):
            next(station.events())
        assert tokens == [f"Bearer {SECRET}"]
