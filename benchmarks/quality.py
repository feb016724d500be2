"""Measures the shipped model on simulated strip with known defects: python -m benchmarks.quality [--metres 100] [--seeds 3]

It measures the recall of planted defects of at least 3 x 3 mm (scratches: 3 mm long), false defects per 100 m of clean strip with water
and oil, and the error of the position. A scratch of 40 m must be one defect.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from skelp.capture.synthetic import MarkKind, Planted, SyntheticConfig, SyntheticSource, SyntheticStrip, Truth
from skelp.capture.synthetic.planting import Density
from skelp.config import ModelChoice
from skelp.domain.coverage import Interval
from skelp.domain.defect import Defect
from skelp.domain.outcome import Outcome
from skelp.domain.recipe import Recipe
from skelp.inference.model_file import ModelFile
from skelp.model import coil_maker, make_segmenter, open_model
from skelp.pipeline.assembly import assemble

LEAST_MM = 3.0
DENSITY = Density(inclusion=0.3, patch=0.3, scratch=0.3, roll_mark_share=1.0)


class DefectSink:
    """A sink that stores the coverage, and defects without crops."""

    def __init__(self) -> None:
        self.defects: list[Defect] = []
        self.coverage: dict[int, Interval] = {}

    def write(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            self.defects += [replace(d, patch=None) for d in outcome.defects]
            self.coverage.update({i.first_line: i for i in outcome.intervals})

    def close(self) -> None:
        pass


def inspect(model: ModelFile, config: SyntheticConfig) -> DefectSink:
    """Inspect simulated strip with the whole line."""
    source, recipe, sink = SyntheticSource(config), Recipe(), DefectSink()
    segmenter = make_segmenter(model, ModelChoice(), [source.view], recipe, 512)
    make = coil_maker(model, lambda *_: recipe, config.scale.mm_per_line)
    assemble([source], segmenter, recipe, lambda: make("bench"), lambda _: sink).run()
    return sink


@dataclass(frozen=True, slots=True)
class Score:
    """The comparison of reported with planted defects. `in_pieces`: planted defects that were reported as several."""

    planted: int
    found: int
    right_class: int
    false: int
    in_pieces: int
    position_mm: list[float]


def compare(found: Sequence[Defect], truths: Sequence[Truth]) -> Score:
    """Compare reported with planted defects.

    A planted defect is found if the box of a reported one touches its box. A reported defect that touches none is false. Class and
    position are those of the reported defect with the best overlap. The position error is the larger of those along and across.
    """
    true_ids: set[str] = set()
    hits = right = pieces = counted = 0
    position: list[float] = []
    for t in truths:
        touching = [d for d in found if _touch(d, t)]
        true_ids |= {d.defect_id for d in touching}
        if t.length_mm < LEAST_MM or (t.width_mm < LEAST_MM and t.kind is not MarkKind.SCRATCH):
            continue
        counted += 1
        if touching:
            best = max(touching, key=lambda d: _overlap(d, t))
            hits += 1
            right += best.class_name == t.kind.value
            pieces += sum(d.class_name == t.kind.value and _overlap(d, t) > 0 for d in touching) > 1
            position.append(max(abs(best.along_mm - t.along_mm), abs(best.across_mm - t.across_mm)))
    return Score(counted, hits, right, len(found) - len(true_ids), pieces, position)


def _touch(d: Defect, t: Truth) -> bool:
    along = d.along_mm < t.along_mm + t.length_mm and t.along_mm < d.along_mm + d.length_mm
    return along and d.across_mm < t.across_mm + t.width_mm and t.across_mm < d.across_mm + d.width_mm


def _overlap(d: Defect, t: Truth) -> float:
    """Intersection over union of the two boxes."""
    along = min(d.along_mm + d.length_mm, t.along_mm + t.length_mm) - max(d.along_mm, t.along_mm)
    across = min(d.across_mm + d.width_mm, t.across_mm + t.width_mm) - max(d.across_mm, t.across_mm)
    both = max(0.0, along) * max(0.0, across)
    return both / (d.length_mm * d.width_mm + t.length_mm * t.width_mm - both)


def with_defects(model: ModelFile, *, seed: int, metres: float, width: int) -> Score:
    """Inspect strip with planted defects and compare the results with them."""
    config = SyntheticConfig(seed=seed, width=width, density=DENSITY)
    config = replace(config, lines=int(metres * 1000 / config.scale.mm_per_line))
    assert config.lines is not None
    return compare(inspect(model, config).defects, SyntheticStrip(config).truths(0, config.lines))


def clean(model: ModelFile, *, seed: int, metres: float, width: int) -> list[Defect]:
    """The defects reported on strip with water and oil but without defects."""
    config = SyntheticConfig(seed=seed, width=width, density=Density.clean())
    return inspect(model, replace(config, lines=int(metres * 1000 / config.scale.mm_per_line))).defects


def long_scratch(model: ModelFile, *, metres: float, width: int) -> list[Defect]:
    """The defects reported on clean strip with one scratch of `metres`."""
    config = SyntheticConfig(seed=11, width=width, density=Density.clean())
    lines = int(metres * 1000 / config.scale.mm_per_line)
    scratch = Planted(MarkKind.SCRATCH, 3000, 200, lines, 5, seed=5)
    return inspect(model, replace(config, lines=lines + 6000, extra=(scratch,))).defects


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--metres", type=float, default=100)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=300)
    parser.add_argument("--width", type=int, default=2048)
    arguments = parser.parse_args()
    model = open_model(arguments.model)
    scores = [
        with_defects(model, seed=arguments.first_seed + n, metres=arguments.metres, width=arguments.width) for n in range(arguments.seeds)
    ]
    false = [
        len(clean(model, seed=arguments.first_seed + 100 + n, metres=arguments.metres, width=arguments.width))
        for n in range(arguments.seeds)
    ]
    position = np.concatenate([s.position_mm for s in scores])
    planted, found = sum(s.planted for s in scores), sum(s.found for s in scores)
    facts: dict[str, Any] = {
        "model": f"{model.card.name} {model.card.version}",
        "metres": arguments.metres * arguments.seeds,
        "width_px": arguments.width,
        "planted": planted,
        "recall": round(found / planted, 4),
        "right_class": round(sum(s.right_class for s in scores) / found, 4),
        "in_pieces": sum(s.in_pieces for s in scores),
        "false_beside_defects": sum(s.false for s in scores),
        "false_per_100m_clean": round(sum(false) * 100 / (arguments.metres * arguments.seeds), 2),
        "false_per_strip": false,
        "position_mm": {q: round(float(np.quantile(position, p)), 2) for q, p in (("p50", 0.5), ("p95", 0.95), ("max", 1.0))},
        "long_scratch_40m": [round(d.length_mm) for d in long_scratch(model, metres=40, width=1024)],
    }
    print(json.dumps(facts, indent=2))


if __name__ == "__main__":
    main()
