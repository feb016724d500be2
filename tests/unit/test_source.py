"""How the source itself is kept: files that can be read in one sitting, and nothing dead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tools.dead_code import dead, settings

MOST_LINES = 300
WRITTEN = ("src", "training", "tests", "benchmarks", "tools", "web/src", "web/test")
ENDINGS = {".py", ".ts", ".tsx", ".css", ".c", ".h", ".sh"}
MADE = {"web/src/wire.ts"}
"""Written by a program, from the station's OpenAPI document."""


def sources(folder: str) -> list[Path]:
    files = [f for f in (ROOT / folder).rglob("*") if f.suffix in ENDINGS and not {"static", "build", "node_modules"} & set(f.parts)]
    return [f for f in files if str(f.relative_to(ROOT)) not in MADE]


@pytest.mark.parametrize("folder", WRITTEN)
def test_no_file_is_longer_than_300_lines(folder: str) -> None:
    files = sources(folder)
    assert files
    long = {str(f.relative_to(ROOT)): lines for f in files if (lines := len(f.read_text().splitlines())) > MOST_LINES}
    assert not long


def test_nothing_in_the_source_is_dead_and_each_exception_is_needed() -> None:
    asked = settings()
    unused = dead(asked, [])
    assert set(asked["ignore_names"]) == set(unused), "names that something uses by now need no exception in [tool.vulture]"


def test_the_unit_tests_need_no_training_package() -> None:
    """They also run on the newest Python (tools/test-newest), where torch is not installed."""
    imports = re.compile(r"^\s*(?:from|import) (?:torch|torchvision|skelp_training|tests\.training)\b", re.MULTILINE)
    assert not [f.name for f in (ROOT / "tests" / "unit").rglob("*.py") if imports.search(f.read_text())]
