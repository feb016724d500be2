"""Log-in on the console, over TLS, in a browser: shifts change, a log-in ends in the middle of a review, a role lacks a right."""

from __future__ import annotations

import json
import re
import ssl
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.chromium import NEEDS_CONSOLE, WAIT_MS, serious_faults
from tests.e2e.test_access import NAMED, make_certificate, skelp
from tests.e2e.test_station import Running, started, station_file

pytestmark = NEEDS_CONSOLE
GOOD = "correct horse battery"
TO_REVIEW = re.compile("[1-9][0-9]* to review")


class Plant:
    """A station over TLS with two people, and a token to look from outside."""

    def __init__(self, station: Running, file: Path, secret: str) -> None:
        self.station, self._file, self._secret = station, file, secret

    def get(self, path: str) -> Any:
        asked = urllib.request.Request(self.station.address + path, headers={"Authorization": f"Bearer {self._secret}"})
        with urllib.request.urlopen(
            asked, timeout=5, context=ssl.create_default_context(cafile=str(self._file.parent / "certificates" / "ca.pem"))
        ) as answer:
            return json.load(answer)

    def user(self, *arguments: str, password: str = "") -> None:
        skelp("user", *arguments, "--station", self._file, stdin=password)


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    folder = tmp_path_factory.mktemp("plant")
    make_certificate(folder)
    file = station_file(folder)
    file.write_text(file.read_text().replace("[server]\n", f"[server]\n{NAMED}tokens = true\n"))
    for name, role in (("kim", "operator"), ("lee", "reader")):
        skelp("user", "new", name, "--role", role, "--password-stdin", "--station", file, stdin=GOOD)
    secret = skelp("token", "new", "outside", "--role", "admin", "--station", file)
    with started(file) as station:
        yield Plant(station, file, secret)


def _page(browser: Browser, locale: str = "en-GB") -> Page:
    context = browser.new_context(locale=locale, viewport={"width": 1366, "height": 768}, ignore_https_errors=True)
    return context.new_page()


def _log_in(page: Page, name: str, password: str = GOOD) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("dialog").get_by_role("button", name="Log in").click()


def test_an_operator_logs_in_reviews_and_changes_shift(browser: Browser, plant: Plant, tmp_path: Path) -> None:
    page = _page(browser)
    page.goto(f"{plant.station.address}/#/review")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible(timeout=WAIT_MS)
    page.screenshot(path=tmp_path / "log-in.png")
    assert serious_faults(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    _log_in(page, "kim", "a wrong password")
    expect(dialog.get_by_text("Name and password do not fit.")).to_be_visible()
    _log_in(page, "kim")
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Operator: kim (operator)")).to_be_visible()
    expect(page.get_by_text("Inspecting").first).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_text(TO_REVIEW).first).to_be_visible(timeout=WAIT_MS)
    page.wait_for_timeout(1000)
    page.screenshot(path=tmp_path / "review.png")
    page.keyboard.press("c")
    _wait_for_review(page, plant, "kim", 1)

    # the log-in ends in the middle of a review: the page stays, and goes on
    shown = page.url
    plant.user("password", "kim", "--password-stdin", password=GOOD + "2")
    expect(dialog).to_be_visible(timeout=WAIT_MS)
    page.screenshot(path=tmp_path / "ended.png")
    _log_in(page, "kim", GOOD + "2")
    expect(dialog).to_be_hidden()
    assert page.url == shown
    expect(page.get_by_text(TO_REVIEW).first).to_be_visible(timeout=WAIT_MS)
    page.keyboard.press("r")
    _wait_for_review(page, plant, "kim", 2)

    # the next shift may only look
    page.keyboard.press("0")  # in the coil map it shows the whole coil
    expect(dialog).to_be_hidden()
    page.keyboard.press("9")
    expect(dialog).to_be_visible(timeout=WAIT_MS)
    _log_in(page, "lee")
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Operator: lee (reads)")).to_be_visible()
    expect(page.get_by_text(TO_REVIEW).first).to_be_visible(timeout=WAIT_MS)
    page.keyboard.press("c")
    expect(page.get_by_text("lee has the role reader, which may not review defects")).to_be_visible(timeout=WAIT_MS)
    assert {r["operator"] for r in plant.get("/api/v1/reviews")["reviews"]} == {"kim"}
    page.context.close()


def test_the_log_in_speaks_korean(browser: Browser, plant: Plant, tmp_path: Path) -> None:
    page = _page(browser, "ko-KR")
    page.goto(plant.station.address)
    expect(page.get_by_role("dialog").get_by_role("heading", name="로그인")).to_be_visible(timeout=WAIT_MS)
    page.screenshot(path=tmp_path / "ko.png")
    page.context.close()


def _wait_for_review(page: Page, plant: Plant, name: str, count: int) -> None:
    for _ in range(50):
        if [r["operator"] for r in plant.get("/api/v1/reviews")["reviews"]] == [name] * count:
            return
        page.wait_for_timeout(200)
    raise AssertionError(plant.get("/api/v1/reviews"))
