"""A Sparkplug session of one node with one device: births, data and deaths in the order and with the numbers that the standard asks for.

It writes no socket: `send` takes topic, payload and QoS. It is not for several threads at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from skelp_languages.mqtt.codec import DataType, Metric, Payload, encode
from skelp_languages.mqtt.station_metrics import BD_SEQ
from skelp_languages.mqtt.topics import Topics

Send = Callable[[str, bytes, int], None]
NUMBERS = 256
"""seq counts the messages of a session from 0 to 255, and then from 0 again."""


class Session:
    """`begun` a session, `birth` when data may flow, `end` before leaving; `lost` when the connection is gone. What changes outside these
    goes out with the next birth. The device is there from `device_back` to `device_gone`.
    """

    def __init__(self, topics: Topics, now_ms: Callable[[], int]) -> None:
        self._topics, self._now_ms = topics, now_ms
        self._node: dict[str, Metric] = {}
        self._device: dict[str, Metric] = {}
        self._seq = 0
        self._bd_seq = 0
        self._send: Send | None = None
        self._has_device = False
        self.born_ms: int | None = None
        """When the first birth of this session was sent; None: data is not sent."""

    def begun(self, bd_seq: int) -> tuple[str, bytes]:
        """Topic and payload of the will of the CONNECT that begins the session with this number."""
        self._bd_seq, self._send, self.born_ms = bd_seq, None, None
        return self._topics.of_node("NDEATH"), self._death()

    def lost(self) -> None:
        """The connection is gone. The broker tells the death."""
        self._send, self.born_ms = None, None

    def birth(self, send: Send) -> None:
        """Say everything that there is: the node's birth, then the device's. Again in the same session: with the same bdSeq."""
        now = self._now_ms()
        self._send, self._seq = send, NUMBERS - 1
        self.born_ms = now if self.born_ms is None else self.born_ms
        number = Metric(BD_SEQ, DataType.INT64, self._bd_seq, now)
        self._publish(self._topics.of_node("NBIRTH"), (number, *_in_time(self._node)))
        self._device_birth()

    def device_back(self) -> None:
        """The device is there, or still is."""
        if not self._has_device:
            self._has_device = True
            self._device_birth()

    def device_gone(self) -> None:
        """Nothing is known of the device any more: a host shows its metrics as stale."""
        if self._has_device and self._send is not None:
            self._publish(self._topics.of_device("DDEATH"), ())
        self._has_device = False

    def set_node(self, metrics: Iterable[Metric]) -> None:
        """The node's metrics are now these: those that changed are sent, or all births if one is new."""
        changed = _changes(self._node, metrics)
        is_new = any(m.name not in self._node for m in changed)
        self._node |= {m.name: m for m in changed}
        if self._send is None or not changed:
            return
        if is_new:
            self.birth(self._send)
        else:
            self._publish(self._topics.of_node("NDATA"), [_plain(m) for m in changed])

    def set_device(self, metrics: Iterable[Metric]) -> None:
        """The same for the device's metrics. A device has its birth alone."""
        changed = _changes(self._device, metrics)
        is_new = any(m.name not in self._device for m in changed)
        self._device |= {m.name: m for m in changed}
        if is_new:
            self._device_birth()
        elif changed and self._send is not None and self._has_device:
            self._publish(self._topics.of_device("DDATA"), [_plain(m) for m in changed])

    def add_device(self, metrics: Iterable[Metric]) -> None:
        """Know these metrics of the device, too; those that are known stay as they are."""
        self.set_device([m for m in metrics if m.name not in self._device])

    def result(self, metrics: Sequence[Metric], *, newest: bool) -> bytes | None:
        """Send all these metrics of the device in one message. `newest`: they are its present values, too.

        Returns the message's payload, None if nothing can be sent now.
        """
        unknown = {m.name: replace(m, value=None, historical=False) for m in metrics if m.name not in self._device}
        self._device |= unknown
        if self._send is None or not self._has_device:
            return None
        if unknown:
            self._device_birth()
        if newest:
            self._device |= {m.name: replace(m, historical=False) for m in metrics}
        return self._publish(self._topics.of_device("DDATA"), [_plain(m) for m in metrics])

    def end(self) -> None:
        """Say the death before an intended disconnect. It is that of the device, too."""
        if self._send is not None:
            self._send(self._topics.of_node("NDEATH"), self._death(), 1)
        self.lost()

    def _device_birth(self) -> None:
        if self._send is not None and self._has_device:
            self._publish(self._topics.of_device("DBIRTH"), _in_time(self._device))

    def _death(self) -> bytes:
        now = self._now_ms()
        return encode(Payload(now, None, (Metric(BD_SEQ, DataType.INT64, self._bd_seq, now),)))

    def _publish(self, topic: str, metrics: Sequence[Metric]) -> bytes:
        if self._send is None:
            raise RuntimeError("data before a birth")
        self._seq = (self._seq + 1) % NUMBERS
        payload = encode(Payload(self._now_ms(), self._seq, tuple(metrics)))
        self._send(topic, payload, 0)
        return payload


def _in_time(present: dict[str, Metric]) -> tuple[Metric, ...]:
    """Births list metrics by their time."""
    return tuple(sorted(present.values(), key=lambda m: m.at_ms))


def _changes(present: dict[str, Metric], metrics: Iterable[Metric]) -> list[Metric]:
    return [m for m in metrics if m.name not in present or present[m.name].value != m.value]


def _plain(metric: Metric) -> Metric:
    """As it is sent in data: its unit was in the birth."""
    return replace(metric, unit="")
