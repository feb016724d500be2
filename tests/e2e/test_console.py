"""The console in a real Chromium against a running station: what an operator sees and does, keyboard only."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Response, expect, sync_playwright

from skelp.api.app import CONSOLE
from skelp.domain.coverage import Interval, State
from skelp.domain.recipe import Recipe
from skelp.render.words import Language
from skelp.sinks.lock_file import Owner
from skelp.sinks.sql import Database, sqlite_url
from tests.conftest import ROOT
from tests.e2e.test_station import Running, started, station_file
from tests.fakes import coil, defect

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium")
PAGES = ("Live", "Coil map", "Alarms", "Review", "Coils", "Station")
KOREAN = ("실시간", "코일 맵", "경보", "결함 판정", "코일 목록", "검사기 상태")
WAIT_MS = 20_000
LIMIT = 140

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium (make system)"),
    pytest.mark.skipif(not (CONSOLE / "index.html").is_file(), reason="needs the console (make web)"),
]


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


def all_events(station: Running) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while news := station.get(f"/api/v1/events?after={len(found)}&limit=1000")["events"]:
        found += news
    return found


def serious_faults(page: Page) -> list[str]:
    page.add_script_tag(path=AXE)
    found: dict[str, Any] = page.evaluate("async () => await axe.run()")
    return [f"{v['id']}: {[n['html'][:120] for n in v['nodes']]}" for v in found["violations"] if v["impact"] in ("serious", "critical")]


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


def test_defects_are_reviewed_by_key_and_taken_back(page: Page, station: Running) -> None:
    station.post("/api/v1/coils", {"coil_id": "K-review"})
    station.wait_for("/api/v1/coils/K-review/defects", lambda d: len(d["defects"]) > 2)
    page.get_by_label("Operator").fill("Lee")
    page.get_by_label("Operator").press("Enter")
    page.goto(f"{station.address}/#/review/K-review")
    expect(page.locator(".picture img").first).to_be_visible(timeout=WAIT_MS)
    for key in ("c", "r", "u"):
        with page.expect_response(lambda r: r.url.endswith("/review") and r.request.method == "POST"):
            page.locator("body").press(key)
    said = [(r["verdict"], r["operator"]) for r in station.get("/api/v1/reviews")["reviews"]]
    assert said == [("confirmed", "Lee"), ("rejected", "Lee"), ("withdrawn", "Lee")]


def test_what_stands_is_what_the_station_says(page: Page, station: Running) -> None:
    station.post("/api/v1/coils", {"coil_id": "K-stands"})
    station.wait_for("/api/v1/coils/K-stands/defects", lambda d: len(d["defects"]) > 3)
    station.post("/api/v1/coils/K-stands/finish", {})
    station.wait_for("/api/v1/coils/K-stands", lambda c: c["status"] == "final")
    defects = station.get("/api/v1/coils/K-stands/defects")["defects"]

    def say(n: int, *words: tuple[str, str]) -> None:
        for operator, verdict in words:
            station.post(f"/api/v1/defects/{defects[n]['defect_id']}/review", {"operator": operator, "verdict": verdict})

    say(0, ("Kim", "confirmed"), ("Kim", "rejected"), ("Kim", "withdrawn"))
    say(1, ("Kim", "confirmed"), ("Lee", "rejected"))
    say(2, ("Kim", "rejected"))
    page.goto(f"{station.address}/#/review/K-stands")
    expect(page.get_by_text(f"{len(defects) - 2} to review")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_text("operators disagree on 1")).to_be_visible()
    page.get_by_label("Operator").fill("Park")
    page.get_by_label("Operator").press("Enter")
    page.locator("body").press("c")
    expect(page.get_by_text(f"{len(defects) - 3} to review")).to_be_visible()
    page.locator("body").press("u")
    expect(page.get_by_text(f"{len(defects) - 2} to review")).to_be_visible()


def test_a_korean_operator_reads_no_english(browser: Browser, station: Running) -> None:
    station.post("/api/v1/coils", {"coil_id": "K-han", "name": "코일 1"})
    station.wait_for("/api/v1/coils/K-han/coverage", lambda c: any(i["state"] == "lost" for i in c["intervals"]))
    station.post("/api/v1/coils/K-han/finish", {})
    station.wait_for("/api/v1/coils/K-han", lambda c: c["status"] == "final")
    page = browser.new_page(locale="ko-KR", viewport={"width": 1366, "height": 768})
    maps: list[Response] = []
    page.on("response", lambda r: maps.append(r) if "map.png" in r.url else None)
    for shown in ("map", "report", "alarms", "coils", "station", "review"):
        page.goto(f"{station.address}/#/{shown}" + ("/K-han" if shown in ("map", "report", "review") else ""))
        expect(page.get_by_text("검사 중", exact=True)).to_be_visible(timeout=WAIT_MS)
        page.wait_for_load_state("networkidle") if shown == "report" else page.wait_for_timeout(500)
        text = page.locator("main").inner_text()
        assert not re.search(r"[a-z]{3,} [a-z]{3,}", text), f"{shown}: {text}"
    assert [r.headers["content-language"] for r in maps] == ["ko"]
    page.goto(f"{station.address}/#/report/K-han")
    started = datetime.fromisoformat(station.get("/api/v1/coils/K-han")["started_at"]).astimezone()
    expect(page.locator(".report dl").first).to_contain_text(f"{started.year}. {started.month}. {started.day}.")
    expect(page.locator(".report dl").first).to_contain_text(words("ko")["reasons"]["coil.not_inspected"]["do"])
    page.close()


def words(language: Language) -> Any:
    """The words as the station's process has them: here they are reworded (tests/conftest.py)."""
    return json.loads((ROOT / "src" / "skelp" / "render" / f"words.{language}.json").read_text(encoding="utf-8"))


def test_the_coil_map_has_a_scale_of_millimetres(page: Page, station: Running) -> None:
    station.post("/api/v1/coils", {"coil_id": "K-scale"})
    station.wait_for("/api/v1/coils/K-scale/defects", lambda d: len(d["defects"]) > 2)
    page.goto(f"{station.address}/#/map/K-scale")
    width = station.get("/api/v1/coils/K-scale/coverage")["width_mm"]
    expect(page.get_by_role("img", name=re.compile(rf"\u00d7 {width:.0f} mm"))).to_be_visible(timeout=WAIT_MS)
    dark = "c => [...c.getContext('2d').getImageData(0, 0, 40, c.height - 90).data].filter((v, n) => n % 4 === 3 && v > 128).length"
    assert page.locator(".unrolled canvas").evaluate(dark) > 50  # figures stand left of the map


def test_a_coil_report_is_printed_with_map_and_pictures(page: Page, station: Running) -> None:
    station.post("/api/v1/coils", {"coil_id": "K-report", "heat": "H42"})
    station.wait_for("/api/v1/coils/K-report/defects", lambda d: len(d["defects"]) > 2)
    page.goto(f"{station.address}/#/map/K-report")
    page.get_by_role("link", name="Coil report").press("Enter")
    expect(page.get_by_role("heading", name="Coil report: Coil K-report")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_text("H42")).to_be_visible()
    expect(page.locator(".worst img").first).to_be_visible()
    assert page.evaluate("() => document.querySelector('.paper-map').decode().then(() => true)")
    assert len(page.pdf(format="A4")) > 20_000


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
