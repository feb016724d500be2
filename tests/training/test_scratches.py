"""A scratch is drawn on sound steel only, stands out from it, and its rim is unsure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from skelp.domain.errors import SkelpError
from skelp_training.config import TrainingPlan, load_config
from skelp_training.data.batches import PaintedClasses
from skelp_training.data.pictures import SOUND, U8, UNSURE
from skelp_training.data.scratches import scratch
from tests.training.conftest import config_file

SCRATCH, OTHER = 3, 1


def _steel(noise: float) -> U8:
    return np.random.default_rng(1).normal(110, noise, (96, 96)).clip(0, 255).astype(np.uint8)


def test_a_scratch_is_labelled_where_it_is_seen_and_nowhere_else() -> None:
    image, mask = _steel(3), np.zeros((96, 96), np.uint8)
    mask[:, :20], mask[:, 70:] = OTHER, UNSURE
    drawn = whole = 0
    for seed in range(60):
        out, labels = scratch((image, mask), SCRATCH, np.random.default_rng(seed))
        assert np.array_equal(labels[mask != SOUND], mask[mask != SOUND])
        assert np.array_equal(out[mask != SOUND], image[mask != SOUND]), "only sound steel changes"
        here = labels == SCRATCH
        if not here.any():
            assert np.array_equal(out, image)
            continue
        drawn += 1
        whole += bool(here.any(1).all())
        change = np.abs(out.astype(int) - image)
        assert change[here].mean() > 10
        assert not change[(labels == SOUND) & (mask == SOUND)].max() > 40, "beyond its rim there is only a faint trace"
        assert here.any(1).sum() > 3 * here.sum(1).max(), "it runs along the strip"
    assert drawn > 20
    assert whole > drawn / 3, "most run through the whole crop"


def test_a_scratch_that_nobody_would_see_is_not_drawn() -> None:
    sound = np.zeros((96, 96), np.uint8)
    drawn = {noise: {seed for seed in range(40) if _is_drawn(_steel(noise), sound, seed)} for noise in (3, 80)}
    assert len(drawn[80]) < len(drawn[3]) * 2 / 3
    assert drawn[80] < drawn[3], "the same scratch on rougher steel"


def _is_drawn(steel: U8, sound: U8, seed: int) -> bool:
    out, labels = scratch((steel, sound), SCRATCH, np.random.default_rng(seed))
    assert (labels == SCRATCH).any() == (not np.array_equal(out, steel))
    return bool((labels == SCRATCH).any())


def test_what_is_drawn_needs_a_class_of_the_card(spots: Path) -> None:
    for what in ("paint", "scratch"):
        config = config_file(spots, steps=1, precision=f'"fp32"\n{what}_share = 0.5\n{what}_class = "spto"')
        with pytest.raises(SkelpError, match=rf"{what}_class is 'spto', no class of the card; did you mean spot"):
            load_config(config)
    plan = TrainingPlan(steps=1, scratch_share=0.1, scratch_class="spot")
    assert PaintedClasses.of(plan, {"spot": 4}) == PaintedClasses(None, 4)
