"""Every reader meets some hundred damaged files. tools/fuzz.py gives them ten minutes each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.fuzzing import READERS

NEEDS_TRAINING = ("coco", "severstal", "marks", "masks", "config")


@pytest.mark.parametrize("name", READERS)
def test_a_reader_reads_a_damaged_file_or_refuses_it(name: str, tmp_path: Path) -> None:
    if name in NEEDS_TRAINING:
        pytest.importorskip("skelp_training.data.check")
    reader = READERS[name](tmp_path)
    rng = np.random.default_rng(7)
    read = [reader.once(rng) for _ in range(150)]
    assert 0 < sum(read) < len(read), "some files are read, and some are refused"
