"""The edge node: brings together the feed, the station's state, the session with the broker and the primary host."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import structlog

from skelp_client import Coil, StationStatus
from skelp_languages.following import Resend, Told
from skelp_languages.mqtt.codec import DataType, Metric
from skelp_languages.mqtt.coil_metrics import RESEND_AFTER, coil_rows, milliseconds
from skelp_languages.mqtt.commands import Commands, commands_in
from skelp_languages.mqtt.history import History
from skelp_languages.mqtt.primary import Heard, PrimaryHost
from skelp_languages.mqtt.session import Session
from skelp_languages.mqtt.settings import PrimaryHostSettings
from skelp_languages.mqtt.station_metrics import line_rows, metrics, node_rows, readiness_rows
from skelp_languages.mqtt.topics import Topics, state_topic
from skelp_languages.seldom import Seldom
from skelp_languages.standing import Standings, State

ECHO_S = 10.0
"""How long the broker may take to give a result back. Then it is sent again."""

log = structlog.get_logger()


class Way(Protocol):
    """The way to the broker in one session."""

    def send(self, topic: str, payload: bytes, qos: int) -> None: ...

    def leave(self) -> None:
        """Disconnect after what was sent, and begin another session."""


class Edge:
    """Any thread may call it.

    A result counts as told when the broker has given it back: the node subscribes to its own data. The standard sends data with QoS 0,
    which nobody acknowledges, and a broker does not say that it throws away what its access list forbids.
    """

    def __init__(
        self, topics: Topics, history: History, standings: Standings, resend: Resend, primary: PrimaryHostSettings | None = None
    ) -> None:
        self._topics, self._history, self._standings, self._resend = topics, history, standings, resend
        self._primary = PrimaryHost(primary.id) if primary else None
        self._again_s = primary.again_s if primary else 0.0
        self._changed = threading.Condition()
        self._session = Session(topics, _now_ms)
        self._way: Way | None = None
        self._awaited: bytes | None = None
        self._came_back = False
        self._classes: dict[str, None] = {}
        self._marks: dict[str, None] = {}
        self._seldom = Seldom()
        self._session.set_node(metrics(node_rows(None), _now_ms()))

    def begin(self, coil_of: Callable[[str], Coil | None]) -> None:
        """Know the coil that was sent last, for the births. What was sent shortly before the process ended is sent again."""
        last = self._history.last
        told = Told(last.event, repeat=True, coil=coil_of(last.coil_id)) if last else None
        with self._changed:
            self._learn(told.coil if told else None)
            at_ms = milliseconds(last.time) if last else _now_ms()
            rows = coil_rows(told, last.previous if last else None, self._classes, self._marks)
            self._session.set_device(metrics([*line_rows(None), *rows, (RESEND_AFTER, DataType.INT64, "", None)], at_ms))
            self._send_again()

    # The station.

    def station(self, status: StationStatus | None) -> None:
        """What the station says of itself now; None: it does not answer."""
        now = _now_ms()
        with self._changed:
            if status is None:
                self._session.set_node(metrics(readiness_rows(None), now))
                self._session.device_gone()
            else:
                before = {*self._classes, *self._marks}
                self._classes |= dict.fromkeys(c for c in status.classes if c not in status.marks)
                self._marks |= dict.fromkeys(status.marks)
                new = {*self._classes, *self._marks} - before
                self._session.set_node(metrics(node_rows(status), now))
                self._session.set_device(metrics(line_rows(status), now))
                if new:
                    self._session.add_device(metrics(coil_rows(None, None, self._classes, self._marks), now))
                self._session.device_back()
            self._changed.notify_all()

    def tell(self, told: Told) -> None:
        """Send a final coil's result. Returns when the broker has it, however long that takes."""
        if told.result is None:
            return
        with self._changed:
            while True:
                self._awaited = self._result(told)
                if self._awaited is None:
                    self._changed.wait()
                    continue
                self._standings.sent(told.event.seq)
                self._came_back = False
                answered = self._changed.wait_for(lambda: self._came_back or self._awaited is None, ECHO_S)
                if self._came_back:
                    break
                told = replace(told, repeat=True)
                if not answered:
                    self._no_echo()
            self._history.sent(told.event, time.time())
            self._standings.acknowledged(told.event.seq)
            if self._standings.now.state is State.REFUSED:
                self._standings.is_now(State.CONNECTED)

    def _result(self, told: Told) -> bytes | None:
        """Send it, if there is a session. Returns the payload."""
        self._learn(told.coil)
        seq, last = told.event.seq, self._history.last
        at_ms, born = milliseconds(told.event.time), self._session.born_ms
        late = told.repeat or (born is not None and at_ms < born)
        rows = coil_rows(told, self._history.previous(seq), self._classes, self._marks)
        return self._session.result(metrics(rows, at_ms, historical=late), newest=last is None or seq >= last.seq)

    def _no_echo(self) -> None:
        topic = self._topics.of_device("DDATA")
        why = f"the broker does not give back what is published on {topic}; may this user write and read it there (access list)?"
        log.warning(why)
        self._standings.is_now(State.REFUSED, why)

    def _learn(self, coil: Coil | None) -> None:
        """A class that is counted once is counted for every later coil: 0 is a value, too."""
        if coil is not None:
            self._classes |= dict.fromkeys(coil.by_class)
            self._marks |= dict.fromkeys(coil.marks)

    # The session with the broker.

    def opening(self) -> tuple[str, bytes]:
        """A connection is open, and CONNECT comes next. Returns topic and payload of its will."""
        with self._changed:
            return self._session.begun(self._history.next_session())

    def subscriptions(self) -> list[tuple[str, int]]:
        """Topics and QoS: commands, the node's own data, and the primary host."""
        own = [(self._topics.of_node("NCMD"), 1), (self._topics.of_device("DCMD"), 1), (self._topics.of_device("DDATA"), 0)]
        return own + ([(state_topic(self._primary.id), 1)] if self._primary else [])

    def subscribed(self, way: Way) -> None:
        """The broker has taken the subscriptions."""
        with self._changed:
            self._way = way
            if self._primary is None:
                self._birth(way)
            else:
                self._standings.is_now(State.WAITING, f"host {self._primary.id} is not online")

    def lost(self, why: str) -> None:
        """There is no connection, or no longer."""
        with self._changed:
            self._over()
            self._standings.is_now(State.CONNECTING, why)

    def refused(self, why: str) -> None:
        """The broker does not let this client in."""
        with self._changed:
            self._over()
            self._standings.is_now(State.REFUSED, why)

    def end(self) -> None:
        """Say the death, because the process ends."""
        with self._changed:
            self._session.end()
            self._over()

    def message(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """A message of any of the subscriptions, from anybody."""
        with self._changed:
            try:
                if topic == self._topics.of_device("DDATA"):
                    self._came_back = self._came_back or (payload == self._awaited)
                elif self._primary and topic == state_topic(self._primary.id):
                    self._state(self._primary, payload)
                elif retained:
                    raise ValueError("a command must not be retained: it would be done in every session")
                else:
                    self._do(commands_in(payload, for_node=topic == self._topics.of_node("NCMD")))
            except ValueError as error:
                self._ignore(topic, error)
            self._changed.notify_all()

    def _state(self, host: PrimaryHost, payload: bytes) -> None:
        heard = host.heard(payload)
        if self._way is None:
            return
        if heard is Heard.CAME:
            self._birth(self._way)
        elif heard is Heard.AGAIN:
            self._send_again()
        elif heard is Heard.LEFT:
            way = self._way
            self._session.end()
            self._over()
            log.info("the primary host says that it is offline", host=host.id)
            self._standings.is_now(State.WAITING, f"host {host.id} says that it is offline")
            way.leave()

    def _do(self, asked: Commands) -> None:
        if asked.resend_after is not None:
            self._resend.ask(asked.resend_after)
            self._session.set_device([Metric(RESEND_AFTER, DataType.INT64, asked.resend_after, _now_ms())])
        if asked.rebirth and self._way is not None and self._session.born_ms is not None:
            self._birth(self._way)
        if asked.unknown:
            raise ValueError(f"there is no command {asked.unknown!r} of this type")

    def _birth(self, way: Way) -> None:
        self._session.birth(way.send)
        self._standings.is_now(State.CONNECTED)
        self._changed.notify_all()

    def _over(self) -> None:
        """The session is over. What was sent may not have reached the host, if it had gone before anybody noticed."""
        if self._session.born_ms is not None or self._way is not None:
            self._send_again()
        self._session.lost()
        self._way = self._awaited = None
        if self._primary:
            self._primary.forget()
        self._changed.notify_all()

    def _send_again(self) -> None:
        after = self._history.since(time.time() - self._again_s) if self._primary else None
        if after is not None:
            self._resend.ask(after)

    def _ignore(self, topic: str, error: ValueError) -> None:
        self._seldom.warning("a message was ignored", topic=topic, why=str(error)[:200])


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
