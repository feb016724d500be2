"""`skelp inspect`: inspects image files and writes folders of results."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skelp.capture.files import FileSource, find_images, read_header
from skelp.config import ModelChoice
from skelp.domain.coilmap import Summary
from skelp.domain.errors import SkelpError
from skelp.domain.reasons import FileRefused, Reason
from skelp.domain.recipe import Recipe
from skelp.domain.status import EngineInfo
from skelp.domain.strip import Scale, round_up
from skelp.inference.card import STEP
from skelp.inference.segmenter import ModelFile, OnnxSegmenter
from skelp.model import coil_maker, make_segmenter, open_model
from skelp.pipeline.assembly import Limits, assemble
from skelp.pipeline.blocks import BLOCK_LINES
from skelp.pipeline.measure import context_lines
from skelp.render.records import reason_record
from skelp.render.words import Language, sentence
from skelp.sinks.crops import safe_name
from skelp.sinks.folder import FolderSink

_MAX_ENGINES = 4


@dataclass(frozen=True, slots=True)
class Job:
    """What to inspect and how.

    `each`: every image is a strip of its own. `mm_per_px` None: the scale that the model was trained at. `mm_per_line` None: the same as
    across. `language`: the language of the coil maps.
    """

    paths: tuple[Path, ...]
    out: Path
    each: bool = False
    mm_per_px: float | None = None
    mm_per_line: float | None = None
    language: Language = "en"


class Offline:
    """Inspects strips one after another. The engines of the last four picture sizes are reused.

    `progress` is called with the number of lines that were inspected since the last call. Raises SkelpError if the model cannot be used
    or the recipe does not fit it.
    """

    def __init__(self, choice: ModelChoice, recipe: Recipe, progress: Callable[[int], None] = lambda _: None) -> None:
        self._choice, self._recipe, self._progress = choice, recipe, progress
        self._model: ModelFile = open_model(choice.path)
        recipe.applied_to(self._model.card.domain_classes)  # raises before a file is written
        self._engines: OrderedDict[tuple[int, int], OnnxSegmenter] = OrderedDict()

    def run(self, job: Job) -> dict[str, Any]:
        """Inspect the strips and write their results. Returns the summary that `--json` prints. Raises SkelpError."""
        px = job.mm_per_px or self._model.card.mm_per_px
        if px is None:
            raise SkelpError(f"the card of {self._model.path} has no mm_per_px, the scale of its training pictures; give --mm-per-px")
        scale = Scale(px, job.mm_per_line or px)
        strips = self._strips(job)
        if not job.each:
            (name, paths), *_ = strips
            return self._strip(job.out, name, paths, scale, job.language)
        parts = []
        for name, paths in strips:
            try:
                parts.append(self._strip(job.out / safe_name(name), name, paths, scale, job.language) | {"name": name})
            except SkelpError as error:
                parts.append(_refused(name, error.reason or FileRefused(str(error))))
        return _total(parts)

    def lines(self, job: Job) -> int:
        """The number of lines of all images, read from the files' headers."""
        return sum(read_header(p).lines for p in find_images(job.paths))

    def _strips(self, job: Job) -> list[tuple[str, Sequence[Path]]]:
        images = find_images(job.paths)
        if not job.each:
            return [(job.paths[0].stem or "strip", images)]
        twice = {name for name, n in Counter(p.stem for p in images).items() if n > 1}
        return [(p.name if p.stem in twice else p.stem, [p]) for p in images]

    def _strip(self, folder: Path, name: str, paths: Sequence[Path], scale: Scale, language: Language) -> dict[str, Any]:
        source = FileSource(paths, scale)
        context = context_lines(self._recipe.bridge_mm, [source.view], self._model.card.stride)
        block_lines = min(BLOCK_LINES, round_up(max(source.lines, context), STEP))
        segmenter = self._engine(source, block_lines, context)
        coil = coil_maker(self._model, self._recipe, scale.mm_per_line)(safe_name(name), name=name)
        sink = FolderSink(folder, coil, self._recipe, self._progress, language)
        line = assemble([source], segmenter, self._recipe, lambda: coil, lambda _: sink, Limits(block_lines, ring_frames=4))
        started = time.monotonic()
        line.run()
        duration_s = time.monotonic() - started
        if sink.summary is None:
            raise SkelpError(f"strip {name} ended without a result; this is a bug, please report it")
        return _facts(sink.summary, segmenter.info, source.lines * source.view.width / 1e6 / duration_s)

    def _engine(self, source: FileSource, block_lines: int, context: int) -> OnnxSegmenter:
        key = (block_lines + 2 * context, round_up(source.view.width, STEP))
        if key not in self._engines:
            self._engines[key] = make_segmenter(self._model, self._choice, [source.view], self._recipe, block_lines)
            if len(self._engines) > _MAX_ENGINES:
                self._engines.popitem(last=False)
        self._engines.move_to_end(key)
        return self._engines[key]


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
        "decision": summary.decision.value,
        "reasons": [reason_record(r) for r in summary.reasons],
        "provider": info.provider,
        "precision": info.precision,
        "mpix_per_s": round(mpix_per_s, 1),
    }


def _refused(name: str, reason: Reason) -> dict[str, Any]:
    """The summary of an image that cannot be inspected: hold, with no lines."""
    zero = dict.fromkeys(("lines", "inspected_lines", "degraded_lines", "lost_lines", "defects"), 0)
    return {
        "name": name,
        **zero,
        "length_m": 0.0,
        "by_class": {},
        "decision": "hold",
        "reasons": [reason_record(reason)],
        "mpix_per_s": 0.0,
        "error": sentence(reason),
    }


def _total(parts: list[dict[str, Any]]) -> dict[str, Any]:
    keys = ("lines", "inspected_lines", "degraded_lines", "lost_lines", "defects")
    by_class: Counter[str] = Counter()
    for part in parts:
        by_class.update(part["by_class"])
    done = [p for p in parts if "error" not in p]
    if not done:
        raise SkelpError(f"none of {len(parts)} images can be inspected; the first one: {parts[0]['error']}")
    speeds = [p["mpix_per_s"] for p in done]
    return {
        **{k: sum(p[k] for p in parts) for k in keys},
        "length_m": round(sum(p["length_m"] for p in parts), 4),
        "by_class": dict(sorted(by_class.items())),
        "provider": done[0]["provider"],
        "precision": done[0]["precision"],
        "mpix_per_s": round(sum(speeds) / len(speeds), 1),
        "strips": parts,
    }
