"""Results that are stored in one commit say the same as if each had a commit of its own, in fewer statements."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from skelp.domain.coverage import Interval, State
from skelp.domain.outcome import Outcome
from skelp.domain.queries import DefectQuery
from skelp.domain.reasons import FrameDropped
from skelp.domain.recipe import Recipe
from skelp.sinks.record import RecordSink
from skelp.sinks.sql import Database, sqlite_url
from skelp.sinks.sql.changes import Changes
from tests.fakes import coil, defect
from tests.unit.sinks.conftest import ME, sink_into


def _screened(lines: int, reach_mm: float, camera: str = "cam") -> Outcome:
    return Outcome("C1", camera, (Interval(0, lines, State.INSPECTED),), reach_mm=reach_mm)


GROWING = [
    _screened(500, 900.0),
    _screened(700, 650.0, "other"),
    _screened(1000, 910.0),
    replace(_screened(1400, 905.0), defects=(defect(1),)),
    Outcome("C1", "cam", (Interval(1400, 50, State.LOST, FrameDropped()),)),
    Outcome("C1", "cam", (Interval(1400, 90, State.LOST, FrameDropped()), Interval(1490, 10, State.INSPECTED)), reach_mm=400.0),
    replace(_screened(1500, 300.0, "other"), defects=(defect(2, camera="other"),)),
    Outcome("C1", "cam", ended=True),
    Outcome("C1", "other", ended=True, coil_complete=True),
]
"""Of two cameras: intervals grow, one ends with a loss, and the strip is widest in the middle."""


def _stored(folder: Path, outcomes: list[list[Outcome]]) -> dict[str, Any]:
    with Database(sqlite_url(folder / "s.db"), Recipe(), ME) as database:
        sink = sink_into(database.writer, folder)
        for some in outcomes:
            sink.write(some)
            sink.close()  # commits what waits
        reader = database.reader
        summary = reader.summary(reader.coil("C1"))
        events = [(e.payload.kind, e.payload.data) for e in reader.events(after=0, limit=99)]
        return {
            "coverage": reader.camera_coverage("C1"),
            "width": reader.width_mm("C1"),
            "defects": reader.defects("C1", DefectQuery()),
            "decision": (summary.decision, summary.reasons, summary.totals),
            # only the order of a loss and of the defects beside it, and its length when it was first told, may differ
            "events": sorted((kind, str({k: v for k, v in data.items() if k != "lines"})) for kind, data in events),
        }


def test_one_commit_says_what_many_say(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "many").mkdir()
    one = _stored(tmp_path / "one", [GROWING])
    assert one == _stored(tmp_path / "many", [[o] for o in GROWING])
    assert one["width"] == 910.0
    assert [(i.first_line, i.lines, i.state.value) for i in one["coverage"]["cam"]] == [
        (0, 1400, "inspected"),
        (1400, 90, "lost"),
        (1490, 10, "inspected"),
    ]


def test_what_has_grown_is_written_once_in_a_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[tuple[str, int, int]] = []
    progress: list[float] = []
    of_interval, of_progress = Changes.record_interval, Changes.record_progress

    def record_interval(self: Changes, coil_id: str, camera: str, interval: Interval) -> bool:
        written.append((camera, interval.first_line, interval.lines))
        return of_interval(self, coil_id, camera, interval)

    def record_progress(self: Changes, coil_id: str, *, line_rate_hz: float | None, reach_mm: float) -> None:
        progress.append(reach_mm)
        of_progress(self, coil_id, line_rate_hz=line_rate_hz, reach_mm=reach_mm)

    monkeypatch.setattr(Changes, "record_interval", record_interval)
    monkeypatch.setattr(Changes, "record_progress", record_progress)
    _stored(tmp_path, [GROWING])
    assert written == [("cam", 0, 1400), ("other", 0, 1500), ("cam", 1400, 90), ("cam", 1490, 10)]
    assert progress == [910.0]


def test_the_line_rate_is_that_of_the_newest_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = [100.0]
    monkeypatch.setattr("skelp.sinks.record.time.monotonic", lambda: now_s[0])
    rates: list[float | None] = []
    of_progress = Changes.record_progress

    def record_progress(self: Changes, coil_id: str, *, line_rate_hz: float | None, reach_mm: float) -> None:
        rates.append(line_rate_hz)
        of_progress(self, coil_id, line_rate_hz=line_rate_hz, reach_mm=reach_mm)

    monkeypatch.setattr(Changes, "record_progress", record_progress)
    with Database(sqlite_url(tmp_path / "s.db"), Recipe(), ME) as database:
        sink: RecordSink = sink_into(database.writer, tmp_path)
        with database.writer.transaction() as change:
            change.add_coil(coil())
        sink.write([_screened(100, 900.0)])
        sink.close()
        now_s[0] += 2.0
        sink.write([_screened(3000, 900.0), _screened(4000, 900.0), Outcome("C1", "cam", ended=True, coil_complete=True)])
    assert rates == [None, 2000.0]
