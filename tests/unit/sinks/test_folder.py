"""The folder that `skelp inspect` writes."""

from __future__ import annotations

import json
from pathlib import Path

from skelp.domain.coverage import Interval, State
from skelp.domain.defect import Defect
from skelp.domain.outcome import Outcome
from skelp.domain.recipe import Recipe
from skelp.sinks.folder import FolderSink
from tests.fakes import coil, defect


def test_coil_json_has_the_heavy_stretches_and_none_of_marks(tmp_path: Path) -> None:
    few = {"patch": None, "length_mm": 4.0, "width_mm": 4.0}
    found = [defect(n, along_mm=3000.0 + 40 * n, across_mm=100.0 + n % 9, **few) for n in range(80)]
    marks = [defect(n, defect_id=f"C1-M{n}", along_mm=10_000.0 + 40 * n, severity=0, **few) for n in range(80)]

    def written(defects: list[Defect], name: str) -> list[dict[str, object]]:
        sink = FolderSink(tmp_path / name, coil(), Recipe())
        lines = (Interval(0, 20_000, State.INSPECTED),)
        sink.write([Outcome("C1", "cam", lines, defects=tuple(defects), reach_mm=900, ended=True, coil_complete=True)])
        stretches: list[dict[str, object]] = json.loads((tmp_path / name / "coil.json").read_text())["stretches"]
        return stretches

    (stretch,) = written([*found, *marks], "heavy")
    assert (stretch["class"], stretch["defects"], stretch["from_mm"], stretch["to_mm"]) == ("scratch", 80, 3002.0, 6162.0)
    assert written(marks, "marks") == []
