"""Samples of clean steel come from inspected lines: where nobody looked, nothing was found either."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from skelp.domain.coverage import Interval, State
from skelp.domain.outcome import Outcome, Picture
from skelp.domain.reasons import Reason, Screened, ScreenOnly, StripUnfamiliar
from skelp.domain.strip import CoilLine
from skelp.sinks.crops import CropStore, Quota
from skelp.sinks.live import LiveStrip
from skelp.sinks.record import RecordSink
from skelp.sinks.samples import CleanSamples, Sampling
from skelp.sinks.sql import Database
from tests.fakes import coil
from tests.unit.sinks.conftest import OneCoil


@pytest.mark.parametrize(
    ("state", "reason", "taken"),
    [
        (State.INSPECTED, None, True),
        (State.INSPECTED, Screened(), True),
        (State.DEGRADED, ScreenOnly(), False),
        (State.DEGRADED, StripUnfamiliar(), False),
    ],
)
def test_a_sample_is_taken_of_inspected_steel_only(
    database: Database, tmp_path: Path, state: State, reason: Reason | None, *, taken: bool
) -> None:
    samples = CleanSamples(tmp_path / "samples", Sampling(every_lines=1))
    sink = RecordSink(database.writer, CropStore(tmp_path / "crops", Quota(min_free_bytes=0)), LiveStrip(), OneCoil(coil()), samples)
    for n in range(8):
        pixels, cells = np.full((512, 512), 90, np.uint8), np.zeros((128, 128), np.uint8)
        picture = Picture("cam", "C1", CoilLine(512 * n), pixels, cells, 4, 0.0, 512.0, 0, {1: "pit"}, cells)
        sink.write([Outcome("C1", "cam", (Interval(CoilLine(0), 512 * (n + 1), state, reason),), picture=picture)])
    assert bool(samples.samples()) is taken
