"""Crops of simulated strip with its exact truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from skelp.capture.synthetic import MarkKind, SyntheticConfig, SyntheticStrip
from skelp.capture.synthetic.planting import DEFECT_KINDS, Density
from skelp.capture.synthetic.surface import Look
from skelp_training.data.pictures import Sample

_LENGTH = 60_000


def simulated(seed: int, strips: int, crops: int, side: int, *, clean: bool = False) -> Iterator[Sample]:
    """Crops of strips of many looks: at defects, at water and oil, at edges, on plain steel. Masks hold the simulator's class ids.

    `clean` strips carry no defect but water, oil and harder grinding, which networks mistake for scratches.
    """
    rng = np.random.default_rng([seed, 11])
    dense = Density(inclusion=3, patch=3, scratch=3, water=2.5, oil=1.5, roll_mark_share=1.0)
    dense = replace(Density.clean(), water=4, oil=2) if clean else dense
    for n in range(strips):
        look = Look(
            brightness=rng.uniform(60, 170),
            grain=rng.uniform(0.3, 1.8),
            grinding=rng.uniform(0.2, 2.4 if clean else 1.8),
            mottle=rng.uniform(0.3, 2.0),
            falloff=rng.uniform(0.1, 0.6),
            noise_dn=rng.uniform(0.8, 5),
        )
        strip = SyntheticStrip(SyntheticConfig(seed=seed * 1000 + n, width=1024, margin_px=60, wander_px=30, look=look, density=dense))
        yield from _crops_of(strip, rng, crops, side)


def _crops_of(strip: SyntheticStrip, rng: np.random.Generator, count: int, side: int) -> Iterator[Sample]:
    planted = list(strip._planting.between(0, _LENGTH))  # noqa: SLF001 - crops are drawn at planted marks, water and oil included
    kinds = {kind: [p for p in planted if p.kind is kind] for kind in MarkKind}
    for n in range(count):
        choice = n % 10
        if choice < 8:
            kind = (*DEFECT_KINDS, MarkKind.SCRATCH, MarkKind.PATCH, MarkKind.WATER, MarkKind.OIL)[choice]
            of_kind = kinds[kind]
            if not of_kind:
                continue
            p = of_kind[int(rng.integers(len(of_kind)))]
            line = p.line + int(rng.integers(p.lines))
            left = int(strip.surface.left_edge(np.array([line]))[0])
            column = left + p.column + p.columns // 2
        else:
            line = int(rng.integers(_LENGTH))
            column = int(rng.integers(strip.config.width)) if choice == 8 else int(rng.choice([40, strip.config.width - 40]))
        line = max(0, line - int(rng.integers(20, side - 20)))
        column = int(np.clip(column - rng.integers(20, side - 20), 0, strip.config.width - side))
        image = strip.pixels(line, side)[:, column : column + side]
        mask = strip.class_map(line, side)[:, column : column + side]
        yield Sample(f"{strip.config.seed}-{line}-{column}", image.copy(), mask.copy())
