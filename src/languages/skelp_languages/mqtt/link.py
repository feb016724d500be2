"""The connection with the broker, on paho-mqtt 2: one client of paho for each session, so that nothing of a session gets into the next one.

paho has three traps. Without `loop_start`, every thread that publishes also writes, and two writers swap packets: a device's birth came
before its node's. A client sends the same will with every CONNECT, while each needs a bdSeq of its own: it is set when the socket is open,
because a try that finds no broker is no session. And what is published while the connection is away would be sent before the next birth.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self

import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import CallbackAPIVersion

from skelp.domain.errors import SkelpError
from skelp_languages.mqtt.edge import Way
from skelp_languages.mqtt.settings import BrokerSettings
from skelp_languages.settings import read_secret, refuse_open_file

_FIRST_S, _LONGEST_S = 0.5, 30.0
_FAREWELL_S = 2.0

log = structlog.get_logger()


class Node(Protocol):
    """What the link serves."""

    def opening(self) -> tuple[str, bytes]: ...
    def subscriptions(self) -> list[tuple[str, int]]: ...
    def subscribed(self, way: Way) -> None: ...
    def message(self, topic: str, payload: bytes, *, retained: bool) -> None: ...
    def lost(self, why: str) -> None: ...
    def refused(self, why: str) -> None: ...
    def end(self) -> None: ...


@dataclass(frozen=True)
class Access:
    """How the broker is reached, with all files read."""

    broker: BrokerSettings
    password: str | None = field(repr=False)
    tls: ssl.SSLContext | None


def access(broker: BrokerSettings) -> Access:
    """Raises SkelpError for a file that cannot be read, or that others may read."""
    password = None if broker.password is None else read_secret(broker.password, "password", "write it there, and chmod 600 it")
    return Access(broker, password, _tls(broker) if broker.tls else None)


def _tls(broker: BrokerSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=broker.ca)
        if broker.certificate is not None and broker.key is not None:
            refuse_open_file(broker.key, "key")
            context.load_cert_chain(broker.certificate, broker.key, password="")  # never asks for one on the terminal
    except OSError as error:  # ssl.SSLError is one
        files = ", ".join(str(f) for f in (broker.ca, broker.certificate, broker.key) if f)
        raise SkelpError(
            f"{files}: {error.strerror or error}; PEM files of the plant's authority and of this client were expected"
        ) from error
    return context


class Link:
    """Keeps a session with the broker from `__enter__` to `__exit__`, in threads of its own."""

    def __init__(self, access: Access, client_id: str, node: Node) -> None:
        self._access, self._client_id, self._node = access, client_id, node
        self._stop = threading.Event()
        self._tries = 0
        self._way: _Way | None = None
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._node.end()
        self._stop.set()
        if self._way is not None:
            self._way.leave()
        self._thread.join(_FAREWELL_S + 8)

    def _run(self) -> None:
        while not self._stop.is_set():
            way = _Way(self._access, self._client_id, self._node)
            self._way = way
            if self._stop.is_set():
                return
            lasted = way.session()
            self._tries = 0 if lasted else self._tries + 1
            self._stop.wait(min(_LONGEST_S, _FIRST_S * 2.0 ** min(self._tries, 10)))


class _Way:
    """One session: from the connection to its end."""

    def __init__(self, access: Access, client_id: str, node: Node) -> None:
        self._access, self._node = access, node
        self._over = threading.Event()
        self._is_up = self._left = False
        self._last: mqtt.MQTTMessageInfo | None = None
        self._client = self._new_client(client_id)

    def _new_client(self, client_id: str) -> mqtt.Client:
        broker = self._access.broker
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=True,
            protocol=mqtt.MQTTv311,
            reconnect_on_failure=False,
        )
        if broker.user is not None:
            client.username_pw_set(broker.user, self._access.password)
        if self._access.tls is not None:
            client.tls_set_context(self._access.tls)
        client.on_socket_open = lambda c, _data, _socket: self._guarded(lambda: self._opening(c))
        client.on_connect = lambda _c, _data, _flags, reason, _more: self._guarded(lambda: self._connected(reason))
        client.on_subscribe = lambda _c, _data, _mid, reasons, _more: self._guarded(lambda: self._subscribed(reasons))
        client.on_message = lambda _c, _data, m: self._guarded(lambda: self._message(m))
        client.on_disconnect = lambda _c, _data, _flags, reason, _more: self._guarded(lambda: self._disconnected(reason))
        return client

    def session(self) -> bool:
        """Connect, and wait for the end. Returns whether the broker took the client."""
        broker = self._access.broker
        try:
            self._client.connect(broker.host, broker.port, broker.keepalive_s)
        except (OSError, ValueError) as error:  # ValueError: a host name that cannot be one
            log.info("the broker cannot be reached", broker=broker.peer, why=str(error))
            self._node.lost(f"{broker.peer} cannot be reached: {error}")
            return False
        self._client.loop_start()
        self._over.wait()
        if self._left and self._last is not None:
            _wait(self._last)
        self._client.disconnect()
        self._client.loop_stop()
        return self._is_up

    def send(self, topic: str, payload: bytes, qos: int) -> None:
        """It is only queued here: paho's thread writes."""
        self._last = self._client.publish(topic, payload, qos=qos, retain=False)

    def leave(self) -> None:
        self._left = True
        self._over.set()

    def _opening(self, client: mqtt.Client) -> None:
        topic, death = self._node.opening()
        client.will_set(topic, death, qos=1, retain=False)

    def _connected(self, reason: Any) -> None:
        if reason.is_failure:
            log.warning("the broker refuses this client", broker=self._access.broker.peer, why=str(reason))
            self._refused(f"the broker refuses this client: {reason}")
        else:
            self._client.subscribe(self._node.subscriptions())

    def _subscribed(self, reasons: list[Any]) -> None:
        if any(r.is_failure for r in reasons):
            self._refused(f"the broker refuses the subscriptions: {', '.join(str(r) for r in reasons)}")
            return
        if self._left:
            return  # a birth now would have no death
        log.info("connected", broker=self._access.broker.peer)
        self._is_up = True
        self._node.subscribed(self)

    def _message(self, message: mqtt.MQTTMessage) -> None:
        self._node.message(message.topic, bytes(message.payload), retained=message.retain)

    def _disconnected(self, reason: Any) -> None:
        if not self._over.is_set():
            log.warning("the connection with the broker is lost", broker=self._access.broker.peer, why=str(reason))
            self._node.lost(f"the connection with {self._access.broker.peer} is lost: {reason}")
        self._over.set()

    def _refused(self, why: str) -> None:
        self._over.set()
        self._node.refused(why)

    def _guarded(self, work: Callable[[], None]) -> None:
        """A fault of ours in one of paho's calls would end its thread and leave the process mute; so it ends the session instead."""
        try:
            work()
        except Exception:
            log.exception("a fault in skelp mqtt; the session begins again")
            self._node.lost("a fault in skelp mqtt; its log has more")
            self._over.set()


def _wait(last: mqtt.MQTTMessageInfo) -> None:
    """Until the last message is on its way: the node's death, which the broker acknowledges."""
    try:
        last.wait_for_publish(_FAREWELL_S)
    except (RuntimeError, ValueError):
        log.info("the node's death could not be sent; the broker tells it")
