"""Data cards: what each data set of a run contained, by count, class, size and hash."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from skelp_training.config import TrainConfig
from skelp_training.data.pictures import UNSURE
from skelp_training.data.pools import Pool


def data_card(pool: Pool, names: dict[int, str], path: str) -> dict[str, Any]:
    """The card of one set: counts of pictures and of pixels by class, picture sizes, hash of all pixels and masks."""
    pixels: Counter[int] = Counter()
    for s in pool.samples:
        values, counts = np.unique(s.mask, return_counts=True)
        pixels.update(dict(zip(values.tolist(), counts.tolist(), strict=True)))
    total = sum(pixels.values())
    sides = sorted({s.image.shape for s in pool.samples})
    label = {0: "sound", UNSURE: "unsure", **names}
    return {
        "name": pool.name,
        "path": path,
        "pictures": len(pool.samples),
        "with_defects": len(pool.with_defects),
        "megapixels": round(total / 1e6, 3),
        "share_of_pixels": {label.get(k, str(k)): round(v / total, 6) for k, v in sorted(pixels.items())},
        "smallest_px": list(sides[0]),
        "largest_px": list(sides[-1]),
        "sha256": pool.sha256,
    }


def write_cards(config: TrainConfig, pools: Sequence[Pool]) -> None:
    """Write data.json into the run's folder."""
    names = {i: n for n, i in config.class_ids.items()}
    paths = {d.name: str(d.path or f"simulated, seed {d.seed}") for d in config.data}
    cards = [data_card(p, names, paths[p.name]) | {"weight": p.weight} for p in pools]
    (config.run / "data.json").write_text(json.dumps(cards, indent=1) + "\n")
