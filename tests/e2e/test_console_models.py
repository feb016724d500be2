"""The console in Chromium against a running station: another model is put on the line, refused, and taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.chromium import NEEDS_CONSOLE, WAIT_MS, serious_faults
from tests.e2e.test_station import Running, started, station_file
from tests.models import CARD, bright_spots

pytestmark = NEEDS_CONSOLE


def with_models(folder: Path) -> Path:
    """The file of a station with a folder of models: one that fits, and one with other classes."""
    file, models = station_file(folder), folder / "models"
    models.mkdir()
    bright_spots(models / "bright-2.onnx", {**CARD, "version": "2"})
    bright_spots(models / "other.onnx", {**CARD, "classes": [{"id": 1, "name": "dark"}]})
    file.write_text(file.read_text().replace('provider = "cpu"', f'provider = "cpu"\nfolder = "{models}"\nmost_slower = 100.0'))
    return file


@pytest.fixture
def office(browser: Browser, tmp_path: Path) -> Iterator[tuple[Page, Running]]:
    """The page of the models, and its station. Every question is answered with yes. The test fails if a script on the page fails."""
    with started(with_models(tmp_path)) as station:
        context = browser.new_context(locale="en-GB", viewport={"width": 1366, "height": 768})
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{station.address}/#/models")
        yield page, station
        context.close()
        assert errors == []


def put_on_line(page: Page, file: str) -> None:
    page.get_by_role("listitem").filter(has_text=file).get_by_role("button", name="Put on the line").click()


def test_a_model_is_put_on_the_line_another_is_refused_and_the_first_comes_back(office: tuple[Page, Running]) -> None:
    page, station = office
    station.post("/api/v1/coils", {"coil_id": "K1"})
    station.wait_for_coil("K1", lambda c: c.lines > 0)
    main = page.locator("main")
    expect(main.get_by_text("No model was put on the line")).to_be_visible(timeout=WAIT_MS)
    assert serious_faults(page) == []

    put_on_line(page, "other.onnx")
    alert = main.get_by_role("alert")
    expect(alert).to_contain_text("other.onnx was refused:", timeout=WAIT_MS)
    expect(alert).to_contain_text("dark")

    put_on_line(page, "bright-2.onnx")
    expect(main.get_by_text("The coil on the line ends with the model that it began with.")).to_be_visible(timeout=WAIT_MS)
    expect(alert).to_have_count(0)
    station.post("/api/v1/coils", {"coil_id": "K2"})
    expect(main.locator("dl dd").first).to_contain_text(re.compile(r"bright 2 .*since coil K2, "), timeout=WAIT_MS)

    page.get_by_role("button", name="Go back to it").click()
    expect(main.get_by_text("From the next coil on")).to_be_visible(timeout=WAIT_MS)
    expect(main.locator("tbody tr")).to_have_text(
        [re.compile("bright 1.*model of the station file.*went back"), re.compile("bright-2.onnx.*asked")]
    )
    expect(page.get_by_role("button", name="Go back to it")).to_have_count(0)
    assert serious_faults(page) == []
