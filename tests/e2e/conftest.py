"""Fixtures of the console's tests: a browser, a running station and its live page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.chromium import CHROMIUM, WAIT_MS
from tests.e2e.test_station import Running, started, station_file

LIMIT = 140
"""Pixels brighter than this are defects: low, so that there are many."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=switches)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A station whose camera drops frames and whose network finds many defects."""
    with started(station_file(tmp_path_factory.mktemp("console"), drop_rate=0.05, limit=LIMIT)) as running:
        yield running


@pytest.fixture
def page(browser: Browser, station: Running) -> Iterator[Page]:
    """The live page. The test fails if a script on it fails."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(station.address)
    expect(page.get_by_text("INSPECTING", exact=True)).to_be_visible(timeout=WAIT_MS)
    yield page
    context.close()
    assert errors == []
