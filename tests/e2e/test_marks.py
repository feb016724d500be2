"""Chalk on a coil: it is found, shown on demand, and the coil is accepted."""

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
from tests.models import MARKS_CARD, bright_spots

pytestmark = NEEDS_CONSOLE


@pytest.fixture
def chalked(tmp_path: Path) -> Path:
    """Steel with twelve bright places."""
    steel = np.random.default_rng(1).integers(90, 110, (800, 400), dtype=np.uint8)
    for n in range(12):
        steel[40 + 60 * n : 60 + 60 * n, 30 * n + 20 : 30 * n + 40] = 240
    Image.fromarray(steel).save(tmp_path / "strip.png")
    return tmp_path / "strip.png"


def inspected(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, object]:
    assert main(["inspect", *map(str, arguments), "--json"]) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_a_coil_full_of_chalk_is_accepted_unless_the_recipe_makes_chalk_a_defect(
    chalked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = bright_spots(tmp_path / "m.onnx", MARKS_CARD, answer=2)
    out = tmp_path / "out"
    found = inspected(capsys, chalked, "--out", out, "--model", model)
    assert (found["decision"], found["defects"], found["by_class"], found["marks"]) == ("accept", 0, {}, {"marking": 12})
    coil = json.loads((out / "coil.json").read_text())
    assert [r["args"] for r in coil["reasons"] if r["code"] == "coil.marks"] == [{"marks": 12, "classes": "marking"}]
    assert json.loads((out / "defects.json").read_text()) == []
    assert {d["severity"] for d in json.loads((out / "marks.json").read_text())} == {0}
    assert len((out / "marks.csv").read_text().splitlines()) == 13

    recipe = tmp_path / "strict.toml"
    recipe.write_text('name = "strict"\nhold_from_severity = 1\n[classes.marking]\nas_defect = true\n')
    found = inspected(capsys, chalked, "--out", tmp_path / "out2", "--model", model, "--recipe", recipe)
    assert (found["decision"], found["defects"], found["marks"]) == ("hold", 12, {})
    assert not (tmp_path / "out2" / "marks.json").exists()
    inspected(capsys, chalked, "--out", out, "--model", model, "--recipe", recipe)  # into the folder of the first run
    assert not (out / "marks.json").exists()
    assert not (out / "marks.csv").exists()


def test_the_console_shows_marks_when_it_is_asked(browser: Browser, tmp_path: Path) -> None:
    with started(station_file(tmp_path, limit=140, marks=True)) as station:
        station.post("/api/v1/coils", {"coil_id": "K-chalk"})
        coil = station.wait_for("/api/v1/coils/K-chalk", lambda c: c["marks"].get("marking", 0) > 5)
        assert (coil["defects"], station.get("/api/v1/coils/K-chalk/defects")["defects"]) == (0, [])
        page = browser.new_page(locale="en-GB", viewport={"width": 1366, "height": 768})
        page.goto(station.address)
        expect(page.get_by_text("INSPECTING", exact=True)).to_be_visible(timeout=WAIT_MS)
        expect(page.locator(".swatch.mark")).to_be_hidden()
        page.locator("body").press("m")
        expect(page.locator(".swatch.mark")).to_have_text("marks that are no defects")
        page.wait_for_timeout(1500)
        page.screenshot(path=tmp_path / "live.png")
        page.goto(f"{station.address}/#/map/K-chalk")
        expect(page.get_by_role("img", name="0 Defects")).to_be_visible(timeout=WAIT_MS)
        page.get_by_label("Severity").select_option("all severities, and marks")
        expect(page.locator(".filters button", has_text="marking")).to_be_visible(timeout=WAIT_MS)
        page.screenshot(path=tmp_path / "map.png")
        kinds = {e["kind"] for e in station.get("/api/v1/events")["events"]}
        assert "defect.found" not in kinds
        page.close()
