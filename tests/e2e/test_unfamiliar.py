"""Steel that the model does not know: a folder, a station, and what the operator sees."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from skelp.cli import main
from tests.conftest import PHOTOGRAPHS, ROOT
from tests.e2e.chromium import NEEDS_CONSOLE, WAIT_MS
from tests.e2e.test_station import started, station_file
from tests.models import with_distance

pytestmark = NEEDS_CONSOLE
TEXT = "the model does not know steel like this, so it cannot judge it"


def test_a_strip_with_a_piece_of_other_steel_is_held_and_the_piece_reports_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = with_distance(tmp_path / "m.onnx", grey=120)
    steel = np.full((1536, 400), 90, np.uint8)
    steel[512:1024] = 150
    for line in (200, 700, 1200):
        steel[line : line + 20, 200:220] = 240
    Image.fromarray(steel).save(tmp_path / "strip.png")
    out = tmp_path / "out"
    assert main(["inspect", str(tmp_path / "strip.png"), "--out", str(out), "--model", str(model), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["decision"], found["degraded_lines"], found["lost_lines"], found["defects"]) == ("hold", 512, 0, 2)
    assert {d["along_mm"] // 100 for d in json.loads((out / "defects.json").read_text())} == {0, 3}
    coverage = json.loads((out / "coil.json").read_text())["coverage"]
    degraded = [(c["first_line"], c["lines"], c["reason"]["code"]) for c in coverage if c["state"] == "degraded"]
    assert degraded == [(512, 512, "strip.unfamiliar")]


@pytest.mark.alone
def test_an_operator_sees_that_the_first_coil_of_another_steel_is_not_judged(browser: Browser, tmp_path: Path) -> None:
    file = station_file(tmp_path, limit=140)
    with_distance(tmp_path / "bright.onnx", grey=20, limit=140)  # the simulated strip is brighter
    with started(file) as station:
        station.post("/api/v1/coils", {"coil_id": "K-plate"})
        coil = station.wait_for("/api/v1/coils/K-plate", lambda c: c["degraded_lines"] > 3000)
        assert (coil["defects"], coil["lost_lines"]) == (0, 0)
        (event, *_) = [e for e in station.get("/api/v1/events")["events"] if e["kind"] == "coverage.degraded"]
        assert event["data"]["reason"]["code"] == "strip.unfamiliar"
        page = browser.new_page(locale="en-GB", viewport={"width": 1366, "height": 768})
        page.goto(station.address)
        expect(page.get_by_text("Steel not fully inspected").first).to_be_visible(timeout=WAIT_MS)
        page.wait_for_timeout(2000)
        page.screenshot(path=tmp_path / "live.png")
        page.goto(f"{station.address}/#/alarms")
        expect(page.get_by_text(TEXT).first).to_be_visible(timeout=WAIT_MS)
        page.goto(f"{station.address}/#/map/K-plate")
        expect(page.get_by_role("img", name="0 Defects")).to_be_visible(timeout=WAIT_MS)
        page.screenshot(path=tmp_path / "map.png")
        station.post("/api/v1/coils/K-plate/finish")
        ended = station.wait_for("/api/v1/coils/K-plate", lambda c: c["status"] == "final")
        assert (ended["decision"], ended["inspected_lines"]) == ("hold", 0)
        page.close()


@pytest.mark.photographs
def test_the_model_that_ships_does_not_know_floor_plate_and_knows_strip(tmp_path: Path) -> None:
    """Plate of the line-scan mill, of which no picture was in training, and held-out strips of the same mill."""
    folder = PHOTOGRAPHS / "line-scan-strips" / "images"
    plates = ["0a4792145", "0af6cca36", "0af12ab04", "0c28d21ac", "0d9f9e252", "0dd0914b7"]
    with (ROOT / "data" / "line-scan-strips-notes.csv").open(newline="") as notes:
        strips = sorted({Path(row["name"]).stem for row in csv.DictReader(notes) if row["split"] == "val"})
    for name in [*plates, *strips]:
        out = tmp_path / name
        assert main(["inspect", str(folder / f"{name}.jpg"), "--out", str(out)]) == 0
        coil = json.loads((out / "coil.json").read_text())
        codes = {c["reason"]["code"] for c in coil["coverage"] if c["state"] != "inspected"}
        assert ("strip.unfamiliar" in codes) == (name in plates), name
        assert name not in plates or coil["defects"] == 0
