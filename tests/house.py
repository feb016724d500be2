"""A station's server on a real store, fed by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from fastapi.testclient import TestClient

from skelp.api.app import create_app
from skelp.api.services import Services
from skelp.domain.coilmap import Coil
from skelp.domain.coverage import Interval, State
from skelp.domain.outcome import Outcome
from skelp.domain.recipe import Recipe
from skelp.pipeline.coils import CoilTracker
from skelp.sinks.crops import CropStore, Quota
from skelp.sinks.database import sqlite_url
from skelp.sinks.live import LiveStrip
from skelp.sinks.record import RecordSink
from skelp.sinks.samples import CleanSamples, Sampling
from skelp.sinks.store import Store
from tests.fakes import coil, frame

V1 = "/api/v1"


class House:
    """A server on a real store, fed by hand."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(sqlite_url(folder / "s.db"), Recipe())
        self.crops = CropStore(folder / "crops", Quota(min_free_bytes=0))
        self.live = LiveStrip()
        self.tracker = CoilTracker(["cam"], lambda: coil("auto", automatic=True))
        self.samples = CleanSamples(folder / "samples", Sampling(every_lines=1, keep=3), "0" * 64, seed=1)
        self.sink = RecordSink(self.store, self.crops, self.live, self.tracker, self.samples)
        self.unfit: str | None = None
        services = Services(
            records=self.store,
            crops=self.crops,
            samples=self.samples,
            classes=lambda: {"scratch", "patch"},
            live=self.live,
            control=self.tracker,
            new_coil=coil_named,
            station=lambda: {"name": "test", "cameras": [{"side": "top"}]},
            ready=lambda: self.unfit,
            metrics=lambda: b"skelp_ready 1.0\n",
            strip_width_mm=self.store.width_mm,
        )
        self.client = TestClient(create_app(services))

    def expose(self, first: int, lines: int) -> str:
        """Lines pass; the id of the coil they went to."""
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


def coil_named(coil_id: str, **known: object) -> Coil:
    return replace(coil(coil_id), **known)  # type: ignore[arg-type]
