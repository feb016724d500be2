"""What the tests of the console share: when they run, waiting times, and helpers around a page."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest
from playwright.sync_api import Page

from skelp.api.console import FOLDER
from skelp.render.words import Language
from tests.conftest import ROOT
from tests.e2e.test_station import Running

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium")
WAIT_MS = 20_000
NEEDS_CONSOLE = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium (make system)"),
    pytest.mark.skipif(not (FOLDER / "index.html").is_file(), reason="needs the console (make web)"),
]


def all_events(station: Running) -> list[dict[str, Any]]:
    """All events of a station."""
    found: list[dict[str, Any]] = []
    while new := station.get(f"/api/v1/events?after={len(found)}&limit=1000")["events"]:
        found += new
    return found


def serious_faults(page: Page) -> list[str]:
    """Serious and critical faults of accessibility that axe finds on a page."""
    page.add_script_tag(path=AXE)
    found: dict[str, Any] = page.evaluate("async () => await axe.run()")
    return [f"{v['id']}: {[n['html'][:120] for n in v['nodes']]}" for v in found["violations"] if v["impact"] in ("serious", "critical")]


def words(language: Language) -> Any:
    """The real words files, which the station's process uses. In this process they are reworded (tests/conftest.py)."""
    return json.loads((ROOT / "src" / "skelp" / "render" / f"words.{language}.json").read_text(encoding="utf-8"))
