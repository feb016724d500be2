"""Writes the results of one strip to a folder of files, for `skelp inspect`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from skelp.domain.coilmap import Coil, Facts, Status, Summary, Tally, held_for, strip_coverage, summarise
from skelp.domain.coverage import Interval
from skelp.domain.crops import Crops
from skelp.domain.defect import Defect
from skelp.domain.disk import cannot_write
from skelp.domain.found import Found
from skelp.domain.line_state import KnownBy, Passage, states_of
from skelp.domain.outcome import Outcome
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.recipe import Recipe
from skelp.domain.stretches import Places, find_stretches
from skelp.pictures.listing import Listing
from skelp.render.coilmap import coil_map_png
from skelp.render.pictures import crop_jpeg, mask_png
from skelp.render.records import coil_record, defect_record, defects_csv, interval_record, periodic_record, state_record, stretch_record
from skelp.render.words import Language
from skelp.sinks.names import file_name, make_folder

_RESULTS = ("coil.json", "coil-map.png", "defects.json", "defects.csv", "marks.json", "marks.csv")


class FolderSink:
    """Writes crops at once, and all other files when the strip is complete. Satisfies ports.Sink.

    `progress` is called with the number of lines since the last call. `language`: the language of the coil map. `pictures`: what was left
    out beside the strip's pictures. It goes into coil.json, and a strip from which pictures were left out is held. `screened`: how the
    strip was screened, for coil.json; None if the whole network saw all of it. `summary` is None, and `coverage` empty, until the strip is
    complete. Raises SkelpError if a file cannot be written.
    """

    def __init__(
        self,
        folder: Path,
        coil: Coil,
        recipe: Recipe,
        progress: Callable[[int], None] = lambda _: None,
        language: Language = "en",
        pictures: Listing = Listing(()),  # noqa: B008 - it is frozen
        screened: Callable[[], dict[str, float] | None] = lambda: None,
    ) -> None:
        self._pictures, self._screened = pictures, screened
        self._folder, self._coil, self._recipe, self._progress, self._language = folder, coil, recipe, progress, language
        self._defects: list[Defect] = []
        self._periodic: dict[str, PeriodicDefect] = {}
        self._passages: dict[tuple[KnownBy, int], Passage] = {}
        self._coverages: dict[str, dict[int, Interval]] = {}
        self._reach_mm = 0.0
        self._lines = 0
        self.summary: Summary | None = None
        self.coverage: list[Interval] = []
        make_folder(folder / "crops", "choose another folder with --out")
        self._remove_earlier()

    def write(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            coverage = self._coverages.setdefault(outcome.camera, {})
            coverage.update({i.first_line: i for i in outcome.intervals})
            self._reach_mm = max(self._reach_mm, outcome.reach_mm)
            for defect in outcome.defects:
                self._add(defect)
            self._periodic.update({p.periodic_id: p for p in outcome.periodic})
            self._passages.update({(p.by, p.number): p for p in outcome.passages})
            if outcome.intervals:
                self._progress(outcome.intervals[-1].end_line - self._lines)
                self._lines = outcome.intervals[-1].end_line
            if outcome.coil_complete:
                self._finish()

    def close(self) -> None:
        pass

    def _remove_earlier(self) -> None:
        """Remove what an earlier run wrote here: it is not of this strip, and this run may end before it replaces it."""
        crops = [f"crops/{name}" for table in ("defects.json", "marks.json") for name in _crops_in(self._folder / table)]
        for name in (*crops, *_RESULTS):
            (self._folder / name).unlink(missing_ok=True)

    def _add(self, defect: Defect) -> None:
        if defect.patch is not None:
            picture, mask = _crop_names(defect.defect_id)
            self._save(f"crops/{picture}", crop_jpeg(defect.patch))
            self._save(f"crops/{mask}", mask_png(defect.patch))
        self._defects.append(replace(defect, patch=None))

    def _finish(self) -> None:
        coil = replace(self._coil, status=Status.FINAL)
        coverage = self.coverage = strip_coverage(coil, [list(c.values()) for c in self._coverages.values()])
        periodic = list(self._periodic.values())
        summary = summarise(coil, Facts(coverage, Tally.of(self._defects), periodic, Found.of(self._defects)), self._recipe)
        self.summary = held_for(summary, self._pictures.reasons)
        found = sorted(self._defects, key=lambda d: (d.along_mm, d.across_mm))
        record = coil_record(self.summary) | {"coverage": [interval_record(i, coil.mm_per_line) for i in coverage]}
        stretches = find_stretches(coil.coil_id, Places.of_defects(found))
        record |= {"periodic": [periodic_record(p) for p in periodic], "stretches": [stretch_record(s) for s in stretches]}
        states = states_of(list(self._passages.values()), coverage, Crops.of(self._recipe, coil.mm_per_line), closed=True)
        record |= {"states": [state_record(s, coil.mm_per_line) for s in states]}
        record |= {"left_out": self._pictures.records, "screened": self._screened()}
        self._save("coil.json", json.dumps(record, indent=2).encode())
        marks, found = [d for d in found if d.is_mark], [d for d in found if not d.is_mark]
        self._save_table("defects", found)
        if marks:
            self._save_table("marks", marks)
        picture = coil_map_png(
            self.summary,
            coverage,
            found,
            width_mm=self._reach_mm,
            periodic=periodic,
            stretches=stretches,
            states=states,
            language=self._language,
        )
        self._save("coil-map.png", picture)

    def _save_table(self, name: str, defects: Sequence[Defect]) -> None:
        self._save(f"{name}.json", json.dumps([defect_record(d) for d in defects], indent=1).encode())
        self._save(f"{name}.csv", defects_csv(defects).encode())

    def _save(self, name: str, data: bytes) -> None:
        try:
            (self._folder / name).write_bytes(data)
        except OSError as error:
            raise cannot_write(self._folder / name, error, "choose another --out") from error


def _crop_names(defect_id: str) -> tuple[str, str]:
    name = file_name(defect_id)
    return f"{name}.jpg", f"{name}-mask.png"


def _crops_in(table: Path) -> list[str]:
    """The files of the crops that a table of defects names; none if it is no such table."""
    try:
        return [name for row in json.loads(table.read_bytes()) for name in _crop_names(row["defect_id"])]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return []
