"""A station whose recipe screens one side: what the ledger, the coil and the operator are told (ADR 23)."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.chromium import NEEDS_CONSOLE, WAIT_MS
from tests.e2e.test_station import started, station_file
from tests.models import with_screen

pytestmark = [*NEEDS_CONSOLE, pytest.mark.alone]


def test_a_screened_coil_is_inspected_and_says_that_it_was_screened(browser: Browser, tmp_path: Path) -> None:
    file = station_file(tmp_path, limit=140)
    with_screen(tmp_path / "bright.onnx", limit=141)
    recipe = tmp_path / "recipe.toml"
    recipe.write_text('screen = ["top"]\nhold_above_defects_per_100m = 1e9\nhold_from_severity = 4\n')
    file.write_text(f'recipe = "{recipe}"\n' + file.read_text())
    with started(file) as station:
        station.post("/api/v1/coils", {"coil_id": "K-1"})
        station.wait_for("/api/v1/coils/K-1", lambda c: c["inspected_lines"] > 3000)
        station.post("/api/v1/coils/K-1/finish")
        coil = station.wait_for("/api/v1/coils/K-1", lambda c: c["status"] == "final")
        found = station.get("/api/v1/coils/K-1/coverage")["intervals"]
        assert {(i["state"], i["reason"] and i["reason"]["code"]) for i in found} == {("inspected", "line.screened")}
        (screened,) = [r for r in coil["reasons"] if r["code"] == "coil.screened"]
        assert screened["args"]["screened_m"] == coil["inspected_m"]
        assert not [e for e in station.get("/api/v1/events")["events"] if e["kind"].startswith("coverage.")]
        page = browser.new_page(locale="en-GB", viewport={"width": 1366, "height": 768})
        page.goto(f"{station.address}/#/map/K-1")
        expect(page.get_by_text("m were screened").first).to_be_visible(timeout=WAIT_MS)
        page.wait_for_timeout(1000)
        page.screenshot(path=tmp_path / "map.png")
        page.goto(f"{station.address}/#/report/K-1")
        expect(page.get_by_text("m were screened").first).to_be_visible(timeout=WAIT_MS)
        page.screenshot(path=tmp_path / "report.png")
