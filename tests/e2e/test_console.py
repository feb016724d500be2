"""The console in Chromium against a running station: live page, alarms and keys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.e2e.chromium import NEEDS_CONSOLE, WAIT_MS, all_events, serious_faults, words
from tests.e2e.test_station import Running, started, station_file

PAGES = ("Live", "Coil map", "Alarms", "Review", "Coils", "Station", "Recipes", "Models")
KOREAN = ("실시간", "코일 맵", "경보", "결함 판정", "코일 목록", "검사기 상태", "레시피", "모델")

pytestmark = [*NEEDS_CONSOLE, pytest.mark.alone]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_page_opens_by_key_and_is_accessible_in_both_languages(page: Page, theme: str) -> None:
    if theme == "dark":
        page.get_by_role("button", name="Dark").press("Enter")
    for names, switch in ((PAGES, "한국어"), (KOREAN, "English")):
        for key, name in enumerate(names, 1):
            page.locator("body").press(str(key))
            expect(page.get_by_role("link", name=name, exact=False).and_(page.locator("[aria-current=page]"))).to_be_visible()
            page.wait_for_timeout(150)
            assert serious_faults(page) == [], name
        page.get_by_role("button", name=switch).press("Enter")
    expect(page.get_by_text("INSPECTING", exact=True)).to_be_visible()


def test_the_strip_moves_and_stops_when_it_is_frozen(page: Page) -> None:
    canvas = page.locator(".lanes canvas")
    picture = "c => c.getContext('2d').getImageData(c.width - 200, 0, 200, c.height).data.reduce((a, b) => a + b, 0)"
    first = canvas.evaluate(picture)
    page.wait_for_timeout(1500)
    assert canvas.evaluate(picture) != first
    page.locator("body").press("f")
    expect(page.get_by_text("Frozen. The line keeps running.")).to_be_visible()
    frozen = canvas.evaluate(picture)
    page.wait_for_timeout(1000)
    assert canvas.evaluate(picture) == frozen
    page.locator("body").press("f")
    expect(page.get_by_text("Frozen. The line keeps running.")).to_be_hidden()


def test_a_defect_opens_at_full_resolution_while_the_strip_is_frozen(page: Page) -> None:
    expect(page.locator(".latest li").nth(2)).to_be_visible(timeout=WAIT_MS)
    page.locator("body").press("f")
    page.locator(".latest li button").nth(1).press("Enter")
    expect(page.locator(".look img")).to_be_visible()
    natural = page.locator(".look img").evaluate("async i => { await i.decode(); return i.naturalWidth }")
    page.locator("body").press("+")
    box = page.locator(".look img").bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(6 * natural, abs=1)  # the first zoom is 4
    shown = page.locator(".look img").get_attribute("src")
    page.locator("body").press("ArrowRight")
    expect(page.locator(".look img")).not_to_have_attribute("src", shown or "")
    assert serious_faults(page) == []
    page.locator("body").press("Escape")
    expect(page.locator(".look")).to_be_hidden()
    canvas = page.locator(".lanes canvas")
    size = canvas.bounding_box()
    assert size is not None
    page.wait_for_timeout(2000)  # a defect is reported when its last line has passed
    for n in range(20):  # a click somewhere on the visible strip hits a defect
        canvas.click(position={"x": size["width"] * (1 - n / 20) - 2, "y": size["height"] / 2})
        page.wait_for_timeout(300)
        if page.locator(".look").is_visible():
            break
    expect(page.locator(".look img")).to_be_visible()


def test_an_error_appears_if_a_defect_cannot_be_fetched(page: Page) -> None:
    expect(page.locator(".latest li").first).to_be_visible(timeout=WAIT_MS)
    page.locator("body").press("f")
    refusal = {"title": "Not Found", "detail": "no defect of this name"}
    page.route("**/api/v1/defects/*", lambda route: route.fulfill(status=404, json=refusal))
    page.locator(".latest li button").first.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="no defect of this name")).to_be_visible()
    page.locator("body").press("Escape")
    expect(page.locator(".look")).to_be_hidden()


def test_lost_lines_are_shown_and_their_alarm_is_acknowledged_by_key(page: Page, station: Running) -> None:
    page.locator("body").press("2")
    expect(page.get_by_text(re.compile(r"m lost"))).to_be_visible(timeout=WAIT_MS)
    page.locator("body").press("3")
    dropped = words("en")["reasons"]["line.frame_dropped"]
    lost = page.locator(".alarm.bad").filter(has_text="Steel not inspected").filter(has_text=dropped["text"])
    expect(lost).to_be_visible(timeout=WAIT_MS)
    expect(lost).to_contain_text(re.compile(r"Coil \S+ from \d+\.\d m"))
    expect(lost).to_contain_text(dropped["do"])
    page.locator("body").press("a")
    expect(page.get_by_role("alert").filter(has_text="Enter your name first")).to_be_visible()
    page.get_by_label("Operator").fill("Kim")
    lost.first.press("Enter")
    lost.first.press("a")
    expect(page.get_by_role("alert").filter(has_text="Enter your name first")).to_be_hidden()
    acknowledged = [e["data"] for e in all_events(station) if e["kind"] == "alarm.acknowledged"]
    assert [(d["operator"], d["key"]) for d in acknowledged] == [("Kim", "coverage.lost/cam0/line.frame_dropped")]


def test_a_new_coil_appears_at_once(page: Page, station: Running) -> None:
    station.post("/api/v1/coils", {"coil_id": "K4711"})
    expect(page.locator("header")).to_contain_text("Coil K4711", timeout=WAIT_MS)
    page.locator("body").press("5")
    expect(page.get_by_role("link", name="K4711")).to_be_visible(timeout=WAIT_MS)


def test_the_page_reports_a_lost_station_and_reconnects(browser: Browser, tmp_path: Path) -> None:
    file = station_file(tmp_path)
    page = browser.new_page(locale="en-GB")
    with started(file) as first:
        port = first.address.rsplit(":", 1)[1]
        page.goto(first.address)
        expect(page.get_by_text("INSPECTING", exact=True)).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_role("alert")).to_contain_text("NO CONTACT", timeout=5000)
    expect(page.locator("main.old")).to_be_visible()
    with started(file, SKELP_SERVER__PORT=port):
        expect(page.get_by_text("INSPECTING", exact=True)).to_be_visible(timeout=WAIT_MS)
        expect(page.locator("main.old")).to_be_hidden()
    page.close()


def test_the_first_page_loads_less_than_300_kb(browser: Browser, station: Running) -> None:
    page = browser.new_page()
    fetched: list[Response] = []
    page.on("response", lambda r: fetched.append(r))  # noqa: PLW0108 - playwright needs a Python function
    page.goto(station.address, wait_until="load")
    assert 0 < sum(len(r.body()) for r in fetched if "/assets/" in r.url or r.url.endswith("/")) < 300_000
    page.close()
