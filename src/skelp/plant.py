"""The composition root of a server without cameras, which shows all stations of one database."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Self

from skelp.api.plant.app import create_plant_app
from skelp.api.plant.calls import PLANT
from skelp.api.plant.lines import Lines
from skelp.api.plant.services import PlantServices
from skelp.domain.errors import RecordsError, SkelpError, suggestion
from skelp.plant_file import PlantConfig
from skelp.server import callers_of, guarded_server
from skelp.sinks.sql import PlantRecords, open_plant


class Plant:
    """A plant's server: `with Plant(config) as p: p.run()`. It may start and stop while stations run."""

    def __init__(self, config: PlantConfig) -> None:
        self.config = config
        self._stop = threading.Event()

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            records = opened.enter_context(open_plant(self.config.database_url, self.config.name))
            callers = callers_of(self.config.server, records.access)
            lines = Lines(self.config.name, records.reader, self._not_in_use(records))
            services = PlantServices(records.reader, lines, records.access.audit, self._stop, callers.people)
            application = create_plant_app(services)
            self.server = guarded_server(application, self.config.server, records.access, callers, PLANT)
            self.server.start()
            opened.callback(self.server.stop)
            threading.Thread(target=_warm, args=[lines], name="first reading", daemon=True).start()
            self._opened = opened.pop_all()
        return self

    def _not_in_use(self, records: PlantRecords) -> Sequence[str]:
        """The names of the plant file that nobody waits for. Raises SkelpError for one that no station has."""
        known = [s.name for s in records.reader.stations()]
        for name in self.config.not_in_use:
            if name not in known:
                raise SkelpError(f"not_in_use names {name!r}, which no station is; {suggestion(name, known)}")
        return self.config.not_in_use

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._opened.close()

    @property
    def address(self) -> str:
        """The URL of the server."""
        return self.server.address

    def run(self, seconds: float | None = None) -> None:
        """Serve until `stop` is called, or for `seconds`."""
        self._stop.wait(seconds)

    def stop(self) -> None:
        """Let `run` end. Any thread or signal handler may call this."""
        self._stop.set()


def _warm(lines: Lines) -> None:
    """Read the alarms of all stations once, before the first screen asks: it takes seconds for a station with many events."""
    with suppress(RecordsError):  # whoever asks is told
        lines.record()
