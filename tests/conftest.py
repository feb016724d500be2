"""Shared fixtures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.models import bright_spots

ROOT = Path(__file__).parents[1]
PHOTOGRAPHS = ROOT.parent / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests on photographs are skipped, visibly, where there are none."""
    absent = pytest.mark.skip(reason=f"no photographs in {PHOTOGRAPHS}")
    if not PHOTOGRAPHS.is_dir():
        for item in items:
            if "photographs" in item.keywords:
                item.add_marker(absent)


@pytest.fixture
def bright_model(tmp_path: Path) -> Path:
    return bright_spots(tmp_path / "bright.onnx")
