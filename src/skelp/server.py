"""The web server of a station: its address, TLS and thread."""

from __future__ import annotations

import socket
import threading
from ipaddress import ip_address

import uvicorn

from skelp.api.guard import App
from skelp.api.tls import check_certificate
from skelp.config import Server
from skelp.domain.errors import SkelpError


class WebServer:
    """Serves an ASGI application from a thread of its own, between `start` and `stop`.

    Raises SkelpError if the certificate or the address cannot be used.
    """

    def __init__(self, application: App, wanted: Server) -> None:
        self._wanted = wanted
        if wanted.certificate and wanted.private_key:
            check_certificate(wanted.certificate, wanted.private_key)
        self._server = uvicorn.Server(
            uvicorn.Config(
                application,
                ssl_certfile=wanted.certificate,
                ssl_keyfile=wanted.private_key,
                proxy_headers=False,  # anybody can send them
                ws_max_size=1 << 16,
                log_config=None,
                timeout_graceful_shutdown=2,
                ws="websockets-sansio",
                ws_per_message_deflate=False,  # JPEGs are compressed; deflating them for each viewer takes longer than encoding
            )
        )

    def start(self) -> None:
        """Listen, then serve."""
        listening = _bind(self._wanted)
        self.port = int(listening.getsockname()[1])
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, name="server", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer no more. Requests that are being answered have two seconds."""
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
