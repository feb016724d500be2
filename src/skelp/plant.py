"""The composition root of a server without cameras, which shows all stations of one database."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from skelp.api.plant.app import create_plant_app
from skelp.api.plant.calls import PLANT
from skelp.api.plant.services import PlantServices
from skelp.plant_file import PlantConfig
from skelp.server import callers_of, guarded_server
from skelp.sinks.sql import open_plant


class Plant:
    """A plant's server: `with Plant(config) as p: p.run()`. It may start and stop while stations run."""

    def __init__(self, config: PlantConfig) -> None:
        self.config = config
        self._stop = threading.Event()

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            records = opened.enter_context(open_plant(self.config.database_url, self.config.name))
            callers = callers_of(self.config.server, records.access)
            application = create_plant_app(PlantServices(self.config.name, records.reader, records.access.audit, callers.people))
            self.server = guarded_server(application, self.config.server, records.access, callers, PLANT)
            self.server.start()
            opened.callback(self.server.stop)
            self._opened = opened.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
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
