"""The process of `skelp mqtt`: its threads and their end."""

from __future__ import annotations

import threading
import time
from http import HTTPStatus
from types import TracebackType
from typing import Self

import structlog

from skelp_client import ClientError, Coil, NotFound, Station, StationError, StationStatus, Unreachable
from skelp_languages.following import RESULTS
from skelp_languages.mqtt.edge import Edge
from skelp_languages.mqtt.history import History
from skelp_languages.mqtt.link import Link, access
from skelp_languages.mqtt.settings import MqttSettings, NameSettings, names_of
from skelp_languages.mqtt.topics import Topics
from skelp_languages.running import follow, running
from skelp_languages.settings import opened
from skelp_languages.standing import Standings

STATUS_S = 2.0
"""How often the station is asked for its state."""

log = structlog.get_logger()


def run(settings: MqttSettings, after: int | None) -> None:
    """Until Ctrl-C or SIGTERM. Raises SkelpError for settings that cannot work."""
    broker, primary = settings.broker, settings.primary_host
    reached = access(broker)
    standings = Standings("mqtt", broker.peer)
    with running(settings, standings) as up, opened(settings.station) as watched:
        names = _names(settings.names, watched)
        topics = Topics(str(names.group), str(names.node), str(names.device))
        client_id = broker.client_id or f"{topics.group}-{topics.node}"
        history = History(settings.session_file, primary.again_s if primary else 0.0)
        edge = Edge(topics, history, standings, up.resend, primary)
        log.info("topics", node=topics.of_node("*"), device=topics.of_device("*"))
        edge.begin(lambda coil_id: _coil(up.station, coil_id))
        with _Watch(watched, edge), Link(reached, client_id, edge):
            follow(up, settings, RESULTS, edge.tell, after=after)


def _names(given: NameSettings, station: Station) -> NameSettings:
    """The names; if the settings leave one out, the station has to answer first."""
    if given.group and given.node and given.device:
        return given
    said = False
    while True:
        try:
            return names_of(given, station.status())
        except (Unreachable, StationError) as error:
            if isinstance(error, StationError) and error.status not in {HTTPStatus.TOO_MANY_REQUESTS, *range(500, 600)}:
                raise
            if not said:
                log.warning("the station is away, and [names] leaves out what it is called", why=str(error))
            said = True
            time.sleep(STATUS_S)


def _coil(station: Station, coil_id: str) -> Coil | None:
    """A coil that was sent before, None if it is not to be had now."""
    try:
        return station.coil(coil_id)
    except (NotFound, Unreachable):
        return None


class _Watch:
    """Asks the station for its state from `__enter__` to `__exit__`, in a thread of its own with a client of its own."""

    def __init__(self, station: Station, edge: Edge) -> None:
        self._station, self._edge = station, edge
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="station state", daemon=True)

    def __enter__(self) -> Self:
        self._edge.station(self._status())  # before the first birth, which says everything
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(STATUS_S):
            self._edge.station(self._status())

    def _status(self) -> StationStatus | None:
        try:
            return self._station.status()
        except ClientError:
            return None
