"""A damaged roll on a coil: it is named, the operator is warned, the coil is held, and the map shows a comb (ADR 25)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from skelp.cli import main
from tests.e2e.chromium import NEEDS_CONSOLE, WAIT_MS
from tests.e2e.test_station import started, station_file
from tests.models import bright_spots

pytestmark = NEEDS_CONSOLE

TURN_MM, FIRST_MM, MARKS = 500, 30, 24
TABLE = """
[[rolls]]
name = "work roll, stand 5, top"
side = "top"
diameter_mm = [155.0, 160.0]
forward_slip = [0.0, 0.03]
"""
CAMERA = """
[[cameras]]
kind = "files"
name = "cam0"
paths = ["{strip}"]
mm_per_px = 1.0
mm_per_line = 1.0
"""


def marked_strip(folder: Path) -> Path:
    """Steel of 12.4 m with a bright spot at each turn of a roll, one of which is missing, and three spots elsewhere."""
    steel = np.random.default_rng(1).integers(90, 110, (12_400, 256), dtype=np.uint8)
    for turn in range(MARKS + 1):
        if turn != 9:
            steel[FIRST_MM + TURN_MM * turn :][:8, 120:128] = 240
    for line, column in ((700, 40), (5200, 200), (9000, 80)):
        steel[line : line + 8, column : column + 8] = 240
    (folder / "strip").mkdir()
    for n, part in enumerate(np.array_split(steel, 8)):
        Image.fromarray(part).save(folder / "strip" / f"{n}.png")
    return folder / "strip"


def test_inspect_names_the_roll(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rolls.toml").write_text(TABLE)
    model, out = bright_spots(tmp_path / "m.onnx"), tmp_path / "out"
    command = ["inspect", str(marked_strip(tmp_path)), "--model", str(model), "--mm-per-px", "1", "--out", str(out), "--json"]
    assert main([*command, "--rolls", str(tmp_path / "rolls.toml")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["decision"] == "hold"
    assert [r["args"] for r in found["reasons"] if r["code"] == "coil.periodic"] == [{"series": 1, "rolls": "work roll, stand 5, top"}]
    (series,) = json.loads((out / "coil.json").read_text())["periodic"]
    assert (series["seen"], series["expected"], series["period_mm"]) == (MARKS, MARKS + 1, TURN_MM)

    lenient = tmp_path / "lenient.toml"
    lenient.write_text("hold_for_periodic = false\nhold_above_defects_per_100m = 1e9\nhold_from_severity = 4\n")
    assert main([*command, "--recipe", str(lenient)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["decision"] == "accept"
    assert [r["args"] for r in found["reasons"] if r["code"] == "coil.periodic"] == [{"series": 1}]


def test_a_station_warns_of_a_roll_and_shows_its_comb(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "rolls.toml").write_text(TABLE)
    file = station_file(tmp_path, cameras=0)
    file.write_text(f'rolls = "{tmp_path / "rolls.toml"}"\n' + file.read_text() + CAMERA.format(strip=marked_strip(tmp_path)))
    with started(file) as station:
        (listed,) = station.wait_for("/api/v1/coils", lambda c: c["coils"] and c["coils"][0]["status"] == "final")["coils"]
        coil_id = listed["coil_id"]
        (series,) = station.get(f"/api/v1/coils/{coil_id}/periodic")["periodic"]
        assert (series["seen"], series["rolls"]) == (MARKS, ["work roll, stand 5, top"])
        assert len(series["defect_ids"]) == MARKS
        (event,) = [e for e in station.get("/api/v1/events?limit=500")["events"] if e["kind"] == "periodic.found"]
        assert event["data"]["seen"] <= 12
        (alarm,) = [a for a in station.get("/api/v1/alarms")["alarms"] if a["kind"] == "periodic.found"]
        assert alarm["key"] == "periodic.found/top/P1"
        page = browser.new_page(locale="en-GB", viewport={"width": 1366, "height": 768})
        page.goto(f"{station.address}/#/alarms")
        expect(page.locator(".alarms", has_text="Roll leaves marks")).to_contain_text("work roll, stand 5, top", timeout=WAIT_MS)
        page.screenshot(path=tmp_path / "alarms.png")
        page.goto(f"{station.address}/#/map/{coil_id}")
        expect(page.locator(".series")).to_contain_text("24 of 25 marks seen", timeout=WAIT_MS)
        page.wait_for_timeout(1000)
        page.screenshot(path=tmp_path / "map.png")
        page.locator(".series button").click()
        expect(page.locator(".inrange button")).to_have_count(MARKS + 3)
        page.goto(f"{station.address}/#/report/{coil_id}")
        expect(page.get_by_text("series of defects that repeat")).to_be_visible(timeout=WAIT_MS)
        page.wait_for_timeout(1500)
        page.locator(".decide button").first.click()
        expect(page.locator(".decide [role=alert]")).to_be_visible()  # nobody signs
        page.get_by_label("Operator").fill("Kim")
        page.locator(".decide input").fill("marks are within the customer's limits")
        page.locator(".decide button").first.click()
        expect(page.get_by_text("Decided by Kim: accept, marks are within the customer's limits")).to_be_visible(timeout=WAIT_MS)
        coil = station.get(f"/api/v1/coils/{coil_id}")
        assert (coil["decision"], coil["override"]["decision"], coil["override"]["operator"]) == ("hold", "accept", "Kim")
        page.screenshot(path=tmp_path / "report.png", full_page=True)
        page.close()
