"""A station's server with a real database, without cameras. Tests add lines, pictures and events."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import httpx2
import numpy as np
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession

from skelp.api.app import create_app
from skelp.api.callers import People
from skelp.api.guard import Guard
from skelp.api.services import Services
from skelp.domain.coilmap import Coil
from skelp.domain.conflicts import Conflict, ConflictError
from skelp.domain.coverage import Interval, State
from skelp.domain.events import Payload
from skelp.domain.models import ModelsStatus
from skelp.domain.outcome import Outcome
from skelp.domain.reasons import Reason
from skelp.domain.recipe import Recipe
from skelp.domain.status import ModelId
from skelp.metrics import exposition
from skelp.pipeline.coils import CoilTracker
from skelp.recipe_shelf import RecipeShelf
from skelp.sinks.connection_board import ConnectionBoard
from skelp.sinks.crops import CropStore, Quota
from skelp.sinks.live import LiveStrip
from skelp.sinks.lock_file import Owner
from skelp.sinks.record import RecordSink
from skelp.sinks.samples import CleanSamples, Sampling
from skelp.sinks.sql import Database, sqlite_url
from tests.fakes import coil, defect, frame, status

V1 = "/api/v1"


class StationServer:
    """A station's server with a real database and a test client. `expose` adds inspected lines. `url` None: SQLite.

    `asks`: it asks callers who they are. The test client is at the station's machine all the same.
    `now_s`: the clock of its board of connections, in s, which the test sets.
    """

    def __init__(self, folder: Path, url: str | None = None, *, asks: bool = False) -> None:
        self.now_s = 0.0
        self._opened = ExitStack()
        database = self._opened.enter_context(Database(url or sqlite_url(folder / "s.db"), Recipe(), Owner.this_process("test")))
        self.reader, self.writer, self.access = database.reader, database.writer, database.access
        self.crops = CropStore(folder / "crops", Quota(min_free_bytes=0))
        self.live = LiveStrip()
        (folder / "recipe.toml").write_text('name = "default"\n')
        self.recipes = RecipeShelf(folder / "recipe.toml")
        self.tracker = CoilTracker(["cam"], lambda: coil("auto", automatic=True))
        self.samples = CleanSamples(folder / "samples", Sampling(every_lines=1, keep=3), seed=1)
        self.sink = RecordSink(self.writer, self.crops, self.live, self.tracker, self.samples)
        self.not_ready: Reason | None = None
        self.connections = ConnectionBoard(self.reader, self.writer, lambda: self.now_s)
        self.connections.load()
        self.people = People(self.access.people)
        self.services = services = Services(
            records=self.reader,
            writer=self.writer,
            crops=self.crops,
            samples=self.samples,
            classes=lambda: {"scratch", "patch"},
            recipes=self.recipes,
            live=self.live,
            control=self.tracker,
            new_coil=coil_named,
            status=lambda: replace(status(self.not_ready), feed_id=self.reader.feed_id()),
            not_ready=lambda: self.not_ready,
            metrics=lambda: exposition(status(self.not_ready)),
            people=self.people if asks else None,
            audit=self.access.audit,
            models=OneModel(),
            connections=self.connections,
        )
        self.app = create_app(services)
        self.client = TestClient(Guard(self.app, None), base_url="http://localhost", headers={"host": "localhost"})

    def close(self) -> None:
        self._opened.close()

    def http(self) -> httpx2.Client:
        """A plain client of the server. The test client differs from one: it follows redirections and takes no timeout."""
        return httpx2.Client(transport=self.client._transport)

    def add_defect(self, coil_id: str) -> None:
        """Add one defect to a coil."""
        with self.writer.transaction() as change:
            change.add_defects([defect(1, coil_id=coil_id, defect_id=f"{coil_id}-1")])

    def publish(self, payload: Payload, coil_id: str = "") -> None:
        with self.writer.transaction() as change:
            change.publish(payload, coil_id)

    def expose(self, first: int, lines: int) -> str:
        """Add inspected lines. Returns the id of their coil."""
        pixels = np.full((lines, 8), 100, np.uint8)
        coil_id = ""
        for item in self.tracker.place(frame("cam", first, pixels)):
            if hasattr(item, "capture"):
                coil_id = item.coil_id
                self.sink.write([Outcome(coil_id, "cam", (Interval(0, item.capture.first_line + lines, State.INSPECTED),), reach_mm=900)])
            else:
                self.sink.write([Outcome(item.coil_id, "cam", ended=True, coil_complete=True)])
        self.sink.close()
        return coil_id


class OneModel:
    """Satisfies ports.ModelSwitch: a station that takes no other model. `asked`: what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []
        model = ModelId("net", "1", "0" * 64)
        self.now = ModelsStatus(model, model, None, None, None, ())

    def status(self) -> ModelsStatus:
        return self.now

    def ask(self, file: str, *, watch: bool) -> None:
        if file not in self.now.files:
            raise LookupError(f"there is no model {file}")
        self.asked.append((file, watch))

    def roll_back(self) -> None:
        raise ConflictError(Conflict.NO_MODEL_BEFORE, "there is no model before")


def coil_named(coil_id: str, **known: object) -> Coil:
    return replace(coil(coil_id), **known)  # type: ignore[arg-type]


def receive_all(socket: WebSocketTestSession) -> None:
    """Read a WebSocket until it ends, which raises WebSocketDisconnect."""
    for _ in range(1000):
        socket.receive_text()
