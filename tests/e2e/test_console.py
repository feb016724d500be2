"""The console in a real Chromium against a running station: what an operator sees and does, keyboard only."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Response, expect

from skelp.domain.coverage import Interval, State
from skelp.domain.recipe import Recipe
from skelp.sinks.lock_file import Owner
from skelp.sinks.sql import Database, sqlite_url
from tests.e2e.console import NEEDS_A_BROWSER, WAIT_MS, all_events, serious_faults, words
from tests.e2e.test_station import Running, started, station_file
from tests.fakes import coil, defect

PAGES = ("Live", "Coil map", "Alarms", "Review", "Coils", "Station")
KOREAN = ("실시간", "코일 맵", "경보", "결함 판정", "코일 목록", "검사기 상태")
pytestmark = NEEDS_A_BROWSER


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_by_key_in_both_languages_without_a_serious_fault_of_accessibility(page: Page, theme: str) -> None:
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


def test_the_strip_runs_and_stops_when_it_is_frozen(page: Page) -> None:
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


def test_a_defect_is_seen_at_full_resolution_while_the_strip_is_frozen(page: Page) -> None:
    expect(page.locator(".latest li").nth(2)).to_be_visible(timeout=WAIT_MS)
    page.locator("body").press("f")
    page.locator(".latest li button").nth(1).press("Enter")
    expect(page.locator(".look img")).to_be_visible()
    natural = page.locator(".look img").evaluate("async i => { await i.decode(); return i.naturalWidth }")
    page.locator("body").press("+")
    box = page.locator(".look img").bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(6 * natural, abs=1)  # it began at 4
    looked = page.locator(".look img").get_attribute("src")
    page.locator("body").press("ArrowRight")
    expect(page.locator(".look img")).not_to_have_attribute("src", looked or "")
    assert serious_faults(page) == []
    page.locator("body").press("Escape")
    expect(page.locator(".look")).to_be_hidden()
    canvas = page.locator(".lanes canvas")
    size = canvas.bounding_box()
    assert size is not None
    page.wait_for_timeout(2000)  # a defect is reported when all of it has passed
    for n in range(20):  # somewhere on the strip that is shown there is one
        canvas.click(position={"x": size["width"] * (1 - n / 20) - 2, "y": size["height"] / 2})
        page.wait_for_timeout(300)
        if page.locator(".look").is_visible():
            break
    expect(page.locator(".look img")).to_be_visible()


def test_a_defect_that_cannot_be_fetched_says_why(page: Page) -> None:
    expect(page.locator(".latest li").first).to_be_visible(timeout=WAIT_MS)
    page.locator("body").press("f")
    refusal = {"title": "Not Found", "detail": "no defect of this name"}
    page.route("**/api/v1/defects/*", lambda route: route.fulfill(status=404, json=refusal))
    page.locator(".latest li button").first.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="no defect of this name")).to_be_visible()
    page.locator("body").press("Escape")
    expect(page.locator(".look")).to_be_hidden()


def test_the_defects_of_a_range_that_is_zoomed_to_are_listed(page: Page, station: Running) -> None:
    station.post("/api/v1/coils", {"coil_id": "K-brush"})
    station.wait_for("/api/v1/coils/K-brush/defects", lambda d: len(d["defects"]) > 5)
    page.goto(f"{station.address}/#/map/K-brush")
    canvas = page.locator(".unrolled canvas")
    expect(page.get_by_role("img", name=re.compile(r"[1-9]\d* Defects"))).to_be_visible(timeout=WAIT_MS)
    size = canvas.bounding_box()
    assert size is not None
    page.mouse.move(size["x"] + 60, size["y"] + 40)
    page.mouse.down()
    page.mouse.move(size["x"] + size["width"] - 4, size["y"] + 60, steps=4)
    page.mouse.up()
    page.locator(".inrange button").first.press("Enter")
    expect(page.locator(".detail .picture img")).to_be_visible()
    page.locator("body").press("Escape")
    page.locator("body").press("0")
    expect(page.locator(".inrange")).to_be_hidden()


def test_lost_steel_is_shown_as_lost_and_the_alarm_is_seen_with_a_key(page: Page, station: Running) -> None:
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
    seen = [e["data"] for e in all_events(station) if e["kind"] == "alarm.acknowledged"]
    assert [(d["operator"], d["key"]) for d in seen] == [("Kim", "coverage.lost/cam0/line.frame_dropped")]


def test_a_new_coil_is_named_at_once(page: Page, station: Running) -> None:
    station.post("/api/v1/coils", {"coil_id": "K4711"})
    expect(page.locator("header")).to_contain_text("Coil K4711", timeout=WAIT_MS)
    page.locator("body").press("5")
    expect(page.get_by_role("link", name="K4711")).to_be_visible(timeout=WAIT_MS)


def test_a_coil_with_50000_defects_is_on_the_map_to_the_last_one(browser: Browser, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    many = [
        defect(n, coil_id="K50", defect_id=f"K50-{n:06d}", along_mm=float(along), across_mm=float(rng.uniform(0, 1200)))
        for n, along in enumerate(rng.uniform(0, 1e6, 50_000))
    ]
    address = sqlite_url(tmp_path / "data" / "skelp.db")
    with Database(address, Recipe(), Owner.this_process("test")) as database, database.writer.transaction() as change:
        change.add_coil(coil("K50"))
        change.add_defects(many)
        change.record_interval("K50", "cam0", Interval(0, 1_000_000, State.INSPECTED))
        change.complete_coil("K50")
    page = browser.new_page(locale="en-GB", viewport={"width": 1366, "height": 768})
    with started(station_file(tmp_path)) as station:
        page.goto(f"{station.address}/#/map/K50")
        expect(page.get_by_role("img", name="50000 Defects")).to_be_visible(timeout=3 * WAIT_MS)
        page.get_by_label("severity").select_option("3")
        expect(page.get_by_role("img", name=re.compile(" 0 Defects"))).to_be_visible()
    page.close()


def test_a_station_that_is_gone_is_said_at_once_and_the_page_catches_up_by_itself(browser: Browser, tmp_path: Path) -> None:
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


def test_the_first_page_is_light(browser: Browser, station: Running) -> None:
    page = browser.new_page()
    fetched: list[Response] = []
    page.on("response", lambda r: fetched.append(r))  # noqa: PLW0108 - playwright asks for a function of its own
    page.goto(station.address, wait_until="load")
    assert 0 < sum(len(r.body()) for r in fetched if "/assets/" in r.url or r.url.endswith("/")) < 300_000
    page.close()
