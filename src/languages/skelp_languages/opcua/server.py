"""Makes the OPC UA server: where it listens, whom it lets in, and what it says of itself."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from asyncua import Server, ua

from skelp.domain.errors import SkelpError
from skelp_languages import __version__
from skelp_languages.opcua.certificates import Trusted, own_certificate
from skelp_languages.opcua.settings import Endpoint, OpcUaSettings
from skelp_languages.opcua.upstream.callers import Rules
from skelp_languages.opcua.upstream.endpoints import offer, take_names_off_the_open_endpoint
from skelp_languages.opcua.upstream.of_type import let_subtypes_through
from skelp_languages.opcua.upstream.sessions import GuardedServer, use_guarded_sessions
from skelp_languages.opcua.upstream.stopping import stop
from skelp_languages.opcua.users import Users, ask_station
from skelp_languages.seldom import SeldomRecords

PRODUCT = "https://github.com/skelp-dev/skelp"
_MOST_CONNECTIONS, _MOST_SUBSCRIPTIONS = 64, 200
_MOST_MESSAGE = 16 << 20
_QUEUE = 10_000
"""Events that wait for one subscription; then its oldest one is left out, and the client reads results by method."""


@dataclass(frozen=True)
class Made:
    """A server that does not listen yet, its guarded inside, and its users."""

    server: Server
    inside: GuardedServer
    users: Users

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server.bserver.port)


@asynccontextmanager
async def listening(made: Made) -> AsyncIterator[None]:
    """Listen for clients. Raises SkelpError if the address is in use."""
    asyncua_log = logging.getLogger("asyncua.server.server")
    asyncua_log.addFilter(_is_no_fault_of_the_network)
    try:
        await made.server.start()
    except OSError as error:
        raise SkelpError(f"cannot listen at {made.server.endpoint.geturl()}: {error}; is another server there?") from error
    finally:
        asyncua_log.removeFilter(_is_no_fault_of_the_network)
    with _logged_seldom():
        try:
            take_names_off_the_open_endpoint(made.server)
            yield
        finally:
            await stop(made.server)


@contextmanager
def _logged_seldom() -> Iterator[None]:
    """asyncua warns of much that a client does, as often as the client does it."""
    of_asyncua, seldom = logging.getLogger("asyncua"), logging.StreamHandler()
    seldom.addFilter(SeldomRecords())
    of_asyncua.addHandler(seldom)
    of_asyncua.propagate = False
    try:
        yield
    finally:
        of_asyncua.removeHandler(seldom)
        of_asyncua.propagate = True


def _is_no_fault_of_the_network(record: logging.LogRecord) -> bool:
    """False for the traceback that asyncua logs of what is said in one sentence."""
    return not (record.exc_info and isinstance(record.exc_info[1], OSError))


async def make_server(settings: OpcUaSettings) -> Made:
    """Raises SkelpError for a certificate that cannot be used."""
    security, endpoint = settings.security, settings.endpoint
    own = own_certificate(security.certificates, settings.name, [endpoint.host, *endpoint.names])
    reads = security.anonymous == "reads"
    users = Users(
        partial(ask_station, settings.station), Trusted(security.certificates), anonymous_reads=reads, no_security=security.no_security
    )
    let_subtypes_through()
    use_guarded_sessions()
    inside = GuardedServer(users)
    inside.max_connections, inside.max_subscriptions, inside.max_monitored_item_queue_size = _MOST_CONNECTIONS, _MOST_SUBSCRIPTIONS, _QUEUE
    server = Server(iserver=inside)
    await server.init()
    server.limits.max_message_size = _MOST_MESSAGE
    server.set_server_name(f"skelp {settings.name}")
    server.product_uri, server.manufacturer_name, server.application_type = PRODUCT, "skelp", ua.ApplicationType.Server
    await server.set_application_uri(own.uri)
    await server.set_build_info(PRODUCT, "skelp", server.name, __version__, __version__, datetime(2026, 11, 27))  # noqa: DTZ001 - OPC UA's
    server.set_endpoint(f"opc.tcp://{_called(endpoint)}:{endpoint.port}/skelp")
    server.socket_address = (endpoint.host, endpoint.port)
    await server.load_certificate(own.certificate)
    await server.load_private_key(own.key)
    offer(server, Rules(), anonymous=reads, no_security=security.no_security)
    return Made(server, inside, users)


def _called(endpoint: Endpoint) -> str:
    """The name by which clients are told to call it; a client that called by another one is told that one."""
    name = endpoint.names[0] if endpoint.names else endpoint.host
    return f"[{name}]" if ":" in name else name
