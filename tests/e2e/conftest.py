"""A browser on a running station."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.console import CHROMIUM, LIMIT, WAIT_MS
from tests.e2e.test_station import Running, started, station_file


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=switches)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Its camera drops frames, and its network calls everything bright a defect."""
    with started(station_file(tmp_path_factory.mktemp("console"), drop_rate=0.05, limit=LIMIT)) as running:
        yield running


@pytest.fixture
def page(browser: Browser, station: Running) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(station.address)
    expect(page.get_by_text("INSPECTING", exact=True)).to_be_visible(timeout=WAIT_MS)
    yield page
    context.close()
    assert wrong == []
