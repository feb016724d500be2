"""The web server of a station or a plant: its address, TLS and thread, and the layers round its application."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass
from ipaddress import ip_address

import structlog
import uvicorn

from skelp.api.audit import Audited
from skelp.api.callers import Callers, People
from skelp.api.connections import LimitedListener
from skelp.api.guard import App, Guard
from skelp.api.protocols import HttpConnection, WebSocketConnection
from skelp.api.rights import Calls
from skelp.api.tls import ServedCertificate
from skelp.domain.errors import SkelpError
from skelp.settings import Server
from skelp.sinks.sql import Access

log = structlog.get_logger()


def served_certificate(wanted: Server) -> ServedCertificate | None:
    """The certificate of a server that speaks TLS; None for one that does not. Raises SkelpError if it cannot be used."""
    return ServedCertificate(wanted.certificate, wanted.private_key) if wanted.certificate and wanted.private_key else None


@dataclass(frozen=True, slots=True)
class Asking:
    """How callers are known: by tokens and by log-ins. Both are None at a server that asks nobody who they are."""

    tokens: Callers | None
    people: People | None


def callers_of(wanted: Server, access: Access) -> Asking:
    """How callers are known at this address."""
    return Asking(Callers(access.tokens), People(access.people)) if wanted.asks_for_tokens else Asking(None, None)


def guarded_server(application: App, wanted: Server, access: Access, asking: Asking, calls: Calls) -> WebServer:
    """The server of an application, behind the guard and the audit. Raises SkelpError if its certificate cannot be used."""
    if asking.tokens and not access.knows_anybody():
        log.warning(
            "nobody may ask yet",
            people="skelp user new NAME --role ROLE --station FILE",
            programs="skelp token new NAME --role ROLE --station FILE",
        )
    if not asking.tokens and access.knows_anybody():
        log.warning("tokens or people are there, but this server asks nobody who they are", mend="tokens = true under [server]")
    guard = Guard(application, asking.tokens, asking.people, calls)
    return WebServer(Audited(guard, access.audit) if asking.tokens else guard, wanted, served_certificate(wanted))


class WebServer:
    """Serves an ASGI application from a thread of its own, between `start` and `stop`. `certificate` None: without TLS.

    Raises SkelpError if the address cannot be used.
    """

    def __init__(self, application: App, wanted: Server, certificate: ServedCertificate | None) -> None:
        self._wanted, self.certificate, self._stopped = wanted, certificate, threading.Event()
        self._server = uvicorn.Server(
            uvicorn.Config(
                application,
                ssl_context_factory=(lambda *_: certificate.context) if certificate else None,
                proxy_headers=False,  # anybody can send them
                ws_max_size=1 << 16,
                log_config=None,
                timeout_graceful_shutdown=2,
                loop="asyncio",
                http=HttpConnection,
                ws=WebSocketConnection,
                ws_per_message_deflate=False,  # JPEGs are compressed; deflating them for each viewer takes longer than encoding
            )
        )

    def start(self) -> None:
        """Listen, then serve."""
        listening = LimitedListener(_bind(self._wanted))
        self.port = int(listening.getsockname()[1])
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, name="server", daemon=True)
        self._thread.start()
        if self.certificate:
            threading.Thread(target=self.certificate.watch, args=[self._stopped], name="certificate", daemon=True).start()

    def stop(self) -> None:
        """Answer no more. Requests that are being answered have two seconds."""
        self._stopped.set()
        self._server.should_exit = True
        self._thread.join(timeout=5)

    @property
    def address(self) -> str:
        """The URL. The port is known once the server listens, if any free one was asked for."""
        host = f"[{self._wanted.host}]" if ":" in self._wanted.host else self._wanted.host
        return f"{'http' if self._wanted.certificate is None else 'https'}://{host}:{self.port}"


def _bind(server: Server) -> socket.socket:
    host, port = server.host, server.port
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except socket.gaierror as error:
        raise SkelpError(
            f"server.host = {host!r} is no address of this machine ({error.strerror}); give an IP address or a host name"
        ) from error
    except OSError as error:
        raise SkelpError(
            f"cannot listen on {host}:{port}: {error.strerror}; another station may use this port; stop it or choose another server.port"
        ) from error
    # asyncio sets it on sockets that it made itself only. Without it, an answer on a connection that stays open waits 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    address = listening.getsockname()[0]
    if server.is_local and not ip_address(address).is_loopback:
        listening.close()
        raise SkelpError(f"{host} is {address} on this machine, which others can reach; set server.host to 127.0.0.1")
    return listening
