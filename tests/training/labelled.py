"""A folder of two pictures, for tests of label files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skelp_training.data.labels import Labels
from skelp_training.data.pictures import U8, ClassMap

CLASSES = ClassMap({"pit": 1, "scratch": 2}, {})
H, W = 24, 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the pictures a and b."""
    (tmp_path / "images").mkdir()
    for n, name in enumerate("ab"):
        Image.fromarray(np.random.default_rng(n).integers(80, 120, (H, W), dtype=np.uint8)).save(tmp_path / "images" / f"{name}.png")
    return tmp_path


def loaded(labels: Labels) -> dict[str, U8]:
    return {i.name: i.load().mask for i in labels.items}
