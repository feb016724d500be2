"""`skelp inspect`: inspects image files and writes folders of results."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skelp.capture.files import FileSource
from skelp.config import ModelChoice, load_codes
from skelp.domain.coilmap import Summary
from skelp.domain.coverage import Interval, State
from skelp.domain.errors import SkelpError
from skelp.domain.reasons import FileRefused, Reason
from skelp.domain.recipe import Recipe
from skelp.domain.rolls import RollTable
from skelp.domain.status import EngineInfo
from skelp.domain.strip import Scale, round_up
from skelp.inference.card import STEP
from skelp.inference.model_file import ModelFile
from skelp.inference.screened import ScreenedSegmenter
from skelp.inference.segmenter import OnnxSegmenter
from skelp.model import coil_maker, make_segmenter, open_model
from skelp.pictures.depth import PLAIN, Exif, Reading
from skelp.pictures.listing import Listing, list_pictures
from skelp.pictures.order import Order
from skelp.pictures.samples import read_header
from skelp.pipeline.assembly import Limits, assemble
from skelp.pipeline.blocks import BLOCK_LINES
from skelp.pipeline.measure import context_lines
from skelp.render.records import reason_record
from skelp.render.words import Language, sentence
from skelp.sinks.coded import coded
from skelp.sinks.folder import FolderSink
from skelp.sinks.names import readable, safe_name

_MAX_ENGINES = 4


@dataclass(frozen=True, slots=True)
class Job:
    """What to inspect and how.

    `each`: every image is a strip of its own. `mm_per_px` None: the scale that the model was trained at. `mm_per_line` None: the same as
    across. `language`: the language of the coil maps. `reading`: what the user states about files deeper than 8 bits. `recursive` and
    `order` as in list_pictures; with `each`, the order does not matter.
    """

    paths: tuple[Path, ...]
    out: Path
    each: bool = False
    mm_per_px: float | None = None
    mm_per_line: float | None = None
    language: Language = "en"
    reading: Reading = PLAIN
    recursive: bool = False
    order: Order | None = None

    def listing(self) -> Listing:
        """The pictures to inspect. Raises SkelpError as list_pictures does."""
        return list_pictures(self.paths, recursive=self.recursive, order=self.order or ("natural" if self.each else None))


class Offline:
    """Inspects strips one after another. The engines of the last four picture sizes are reused.

    `progress` is called with the number of lines that were inspected since the last call. `codes`: the file of common codes. Raises
    SkelpError if the model cannot be used, or the recipe or the codes do not fit it.
    """

    def __init__(
        self,
        choice: ModelChoice,
        recipe: Recipe,
        progress: Callable[[int], None] = lambda _: None,
        rolls: RollTable = RollTable(),  # noqa: B008 - it is frozen
        codes: Path | None = None,
    ) -> None:
        self._choice, self._recipe, self._progress, self._rolls = choice, recipe, progress, rolls
        self._model: ModelFile = open_model(choice.path)
        self._model.check_recipe(recipe)  # raises before a file is written
        self._codes = load_codes(codes, [c.name for c in self._model.card.classes])
        self._engines: OrderedDict[tuple[int, int], OnnxSegmenter | ScreenedSegmenter] = OrderedDict()

    def run(self, job: Job, pictures: Listing) -> dict[str, Any]:
        """Inspect the strips and write their results. Returns the summary that `--json` prints. Raises SkelpError."""
        px = job.mm_per_px or self._model.card.mm_per_px
        if px is None:
            raise SkelpError(f"the card of {self._model.path} has no mm_per_px, the scale of its training pictures; give --mm-per-px")
        scale = Scale(px, job.mm_per_line or px)
        if not job.each:
            return self._strip(job, job.out, readable(job.paths[0].stem) or "strip", pictures, scale)
        parts = []
        for name, folder, path in _named(pictures.files):
            try:
                parts.append(self._strip(job, job.out / folder, name, Listing((path,)), scale) | {"name": name})
            except SkelpError as error:
                parts.append(_refused(name, error.reason or FileRefused(str(error))))
        return _total(parts) | {"left_out": pictures.records}

    def _strip(self, job: Job, folder: Path, name: str, pictures: Listing, scale: Scale) -> dict[str, Any]:
        source = FileSource(pictures.files, scale, reading=job.reading)
        context = context_lines(self._recipe.bridge_mm, [source.view], self._model.card.stride)
        block_lines = min(BLOCK_LINES, round_up(max(source.lines, context), STEP))
        segmenter = self._engine(source, block_lines, context)
        coil = coil_maker(self._model, lambda *_: self._recipe, scale.mm_per_line, self._codes)(safe_name(name), name=name)
        before = segmenter.looks

        def screened() -> dict[str, float] | None:
            """How much of this strip the whole network saw. An engine serves several strips."""
            return segmenter.looks.since(before).record if before and segmenter.looks else None

        sink = FolderSink(folder, coil, self._recipe, self._progress, job.language, pictures, screened)
        limits = Limits(block_lines, ring_frames=4)
        line = assemble([source], segmenter, self._recipe, lambda: coil, lambda _: coded(sink, self._codes), limits, rolls=self._rolls)
        started = time.monotonic()
        line.run()
        duration_s = time.monotonic() - started
        if sink.summary is None:
            raise SkelpError(f"strip {name} ended without a result; this is a bug, please report it")
        facts = _facts(sink.summary, segmenter.info, source.lines * source.view.width / 1e6 / duration_s)
        return facts | {"not_inspected": _not_inspected(sink.coverage), "left_out": pictures.records, "screened": screened()}

    def _engine(self, source: FileSource, block_lines: int, context: int) -> OnnxSegmenter | ScreenedSegmenter:
        key = (block_lines + 2 * context, round_up(source.view.width, STEP))
        if key not in self._engines:
            self._engines[key] = make_segmenter(self._model, self._choice, [source.view], self._recipe, block_lines)
            if len(self._engines) > _MAX_ENGINES:
                self._engines.popitem(last=False)
        self._engines.move_to_end(key)
        return self._engines[key]


def lines_of(pictures: Listing, exif: Exif) -> int:
    """The number of lines of all pictures, read from the files' headers. `exif` as in Reading."""
    return sum(read_header(p, exif).lines for p in pictures.files)


def _named(files: Sequence[Path]) -> list[tuple[str, str, Path]]:
    """Each file with the name of its strip and the folder of its results.

    The name is the file's, with its suffix if another file has the same one, with its folder if need be. The folder is of this strip
    alone, even if two names differ only in how their letters are composed (Unicode NFC and NFD).
    """
    stems, names = Counter(p.stem for p in files), Counter(p.name for p in files)
    found, folders = [], Counter[str]()
    for p in files:
        name = readable(str(p) if names[p.name] > 1 else p.name if stems[p.stem] > 1 else p.stem)
        folder = safe_name(name)
        folders[folder] += 1
        found.append((name, folder if folders[folder] == 1 else f"{folder}~{folders[folder]}", p))
    return found


def _facts(summary: Summary, info: EngineInfo, mpix_per_s: float) -> dict[str, Any]:
    totals = summary.totals
    return {
        "lines": totals.exposed,
        "inspected_lines": totals.inspected,
        "degraded_lines": totals.degraded,
        "lost_lines": totals.lost,
        "length_m": round(summary.length_m, 4),
        "defects": summary.tally.defects,
        "by_class": summary.tally.by_class,
        "marks": summary.tally.marks,
        "decision": summary.decision.value,
        "reasons": [reason_record(r) for r in summary.reasons],
        "provider": info.provider,
        "precision": info.precision,
        "mpix_per_s": round(mpix_per_s, 1),
    }


def _not_inspected(coverage: Sequence[Interval]) -> list[dict[str, Any]]:
    """The lines that were not fully inspected, counted by reason."""
    lines: Counter[Reason] = Counter()
    for interval in coverage:
        if interval.reason is not None and interval.state is not State.INSPECTED:
            lines[interval.reason] += interval.lines
    return [{"lines": n, "reason": reason_record(reason)} for reason, n in lines.items()]


def _refused(name: str, reason: Reason) -> dict[str, Any]:
    """The summary of an image that cannot be inspected: hold, with no lines."""
    zero = dict.fromkeys(("lines", "inspected_lines", "degraded_lines", "lost_lines", "defects"), 0)
    return {
        "name": name,
        **zero,
        "length_m": 0.0,
        "by_class": {},
        "marks": {},
        "decision": "hold",
        "reasons": [reason_record(reason)],
        "mpix_per_s": 0.0,
        "error": sentence(reason),
    }


def _total(parts: list[dict[str, Any]]) -> dict[str, Any]:
    keys = ("lines", "inspected_lines", "degraded_lines", "lost_lines", "defects")
    by_class, marks = Counter[str](), Counter[str]()
    for part in parts:
        by_class.update(part["by_class"])
        marks.update(part["marks"])
    done = [p for p in parts if "error" not in p]
    if not done:
        raise SkelpError(f"none of {len(parts)} images can be inspected; the first one: {parts[0]['error']}")
    speeds = [p["mpix_per_s"] for p in done]
    return {
        **{k: sum(p[k] for p in parts) for k in keys},
        "length_m": round(sum(p["length_m"] for p in parts), 4),
        "by_class": dict(sorted(by_class.items())),
        "marks": dict(sorted(marks.items())),
        "provider": done[0]["provider"],
        "precision": done[0]["precision"],
        "mpix_per_s": round(sum(speeds) / len(speeds), 1),
        "strips": parts,
    }
