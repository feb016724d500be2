"""The source: no long files, no unused code, no imports of training in unit tests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tools.dead_code import dead, settings

MAX_LINES = 300
FOLDERS = ("src", "training", "tests", "benchmarks", "tools", "web/src", "web/test")
ENDINGS = {".py", ".ts", ".tsx", ".css", ".c", ".h", ".sh"}
GENERATED = {"web/src/wire.ts", "web/src/wire-plant.ts"}
"""Generated from the OpenAPI documents."""


def sources(folder: str) -> list[Path]:
    files = [f for f in (ROOT / folder).rglob("*") if f.suffix in ENDINGS and not {"static", "build", "node_modules"} & set(f.parts)]
    return [f for f in files if str(f.relative_to(ROOT)) not in GENERATED]


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_file_is_longer_than_300_lines(folder: str) -> None:
    files = sources(folder)
    assert files
    long = {str(f.relative_to(ROOT)): lines for f in files if (lines := len(f.read_text().splitlines())) > MAX_LINES}
    assert not long


def test_no_code_is_unused_and_each_exception_is_needed() -> None:
    chosen = settings()
    unused = dead(chosen, [])
    assert set(chosen["ignore_names"]) == set(unused), "remove names from [tool.vulture] in pyproject.toml that are used now"


def test_unit_tests_import_no_training_package() -> None:
    """They also run on the newest Python (tools/test-newest), where torch is not installed."""
    imports = re.compile(r"^\s*(?:from|import) (?:torch|torchvision|skelp_training|tests\.training)\b", re.MULTILINE)
    assert not [f.name for f in (ROOT / "tests" / "unit").rglob("*.py") if imports.search(f.read_text())]
