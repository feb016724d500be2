"""The console in Chromium against a running station: coil map, reviews and coil report."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, Response, expect

from skelp.domain.coverage import Interval, State
from skelp.domain.recipe import Recipe
from skelp.domain.severity import Severity
from skelp.sinks.lock_file import Owner
from skelp.sinks.sql import Database, sqlite_url
from tests.e2e.chromium import NEEDS_CONSOLE, WAIT_MS, words
from tests.e2e.test_station import Running, started, station_file
from tests.fakes import coil, defect

pytestmark = NEEDS_CONSOLE


def test_defects_of_a_zoomed_range_of_the_map_are_listed(page: Page, station: Running) -> None:
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


def test_the_coil_map_has_a_scale_in_millimetres(page: Page, station: Running) -> None:
    station.post("/api/v1/coils", {"coil_id": "K-scale"})
    station.wait_for("/api/v1/coils/K-scale/defects", lambda d: len(d["defects"]) > 2)
    page.goto(f"{station.address}/#/map/K-scale")
    width = station.get("/api/v1/coils/K-scale/coverage")["width_mm"]
    expect(page.get_by_role("img", name=re.compile(rf"\u00d7 {width:.0f} mm"))).to_be_visible(timeout=WAIT_MS)
    dark = "c => [...c.getContext('2d').getImageData(0, 0, 40, c.height - 90).data].filter((v, n) => n % 4 === 3 && v > 128).length"
    assert page.locator(".unrolled canvas").evaluate(dark) > 50  # there are numbers left of the map


def test_defects_are_reviewed_by_key_and_a_review_is_withdrawn(page: Page, station: Running) -> None:
    station.post("/api/v1/coils", {"coil_id": "K-review"})
    station.wait_for("/api/v1/coils/K-review/defects", lambda d: len(d["defects"]) > 2)
    page.get_by_label("Operator").fill("Lee")
    page.get_by_label("Operator").press("Enter")
    page.goto(f"{station.address}/#/review/K-review")
    expect(page.locator(".picture img").first).to_be_visible(timeout=WAIT_MS)
    for key in ("c", "r", "u"):
        with page.expect_response(lambda r: r.url.endswith("/review") and r.request.method == "POST"):
            page.locator("body").press(key)
    verdicts = [(r["verdict"], r["operator"]) for r in station.get("/api/v1/reviews")["reviews"]]
    assert verdicts == [("confirmed", "Lee"), ("rejected", "Lee"), ("withdrawn", "Lee")]


def test_the_review_page_shows_the_standing_reviews_of_the_station(page: Page, station: Running) -> None:
    station.post("/api/v1/coils", {"coil_id": "K-stands"})
    station.wait_for("/api/v1/coils/K-stands/defects", lambda d: len(d["defects"]) > 3)
    station.post("/api/v1/coils/K-stands/finish", {})
    station.wait_for("/api/v1/coils/K-stands", lambda c: c["status"] == "final")
    defects = station.get("/api/v1/coils/K-stands/defects")["defects"]

    def review(n: int, *given: tuple[str, str]) -> None:
        for operator, verdict in given:
            station.post(f"/api/v1/defects/{defects[n]['defect_id']}/review", {"operator": operator, "verdict": verdict})

    review(0, ("Kim", "confirmed"), ("Kim", "rejected"), ("Kim", "withdrawn"))
    review(1, ("Kim", "confirmed"), ("Lee", "rejected"))
    review(2, ("Kim", "rejected"))
    page.goto(f"{station.address}/#/review/K-stands")
    expect(page.get_by_text(f"{len(defects) - 2} to review")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_text("operators disagree on 1")).to_be_visible()
    page.get_by_label("Operator").fill("Park")
    page.get_by_label("Operator").press("Enter")
    page.locator("body").press("c")
    expect(page.get_by_text(f"{len(defects) - 3} to review")).to_be_visible()
    page.locator("body").press("u")
    expect(page.get_by_text(f"{len(defects) - 2} to review")).to_be_visible()


def test_the_korean_console_has_no_english(browser: Browser, station: Running) -> None:
    station.post("/api/v1/coils", {"coil_id": "K-han", "name": "코일 1"})
    station.wait_for("/api/v1/coils/K-han/coverage", lambda c: any(i["state"] == "lost" for i in c["intervals"]))
    station.post("/api/v1/coils/K-han/finish", {})
    station.wait_for("/api/v1/coils/K-han", lambda c: c["status"] == "final")
    page = browser.new_page(locale="ko-KR", viewport={"width": 1366, "height": 768})
    maps: list[Response] = []
    page.on("response", lambda r: maps.append(r) if "map.png" in r.url else None)
    for name in ("map", "report", "alarms", "coils", "station", "review", "recipes"):
        page.goto(f"{station.address}/#/{name}" + ("/K-han" if name in ("map", "report", "review") else ""))
        expect(page.get_by_text("검사 중", exact=True)).to_be_visible(timeout=WAIT_MS)
        page.wait_for_load_state("networkidle") if name == "report" else page.wait_for_timeout(500)
        text = page.locator("main").inner_text()
        assert not re.search(r"[a-z]{3,} [a-z]{3,}", text), f"{name}: {text}"
    assert [r.headers["content-language"] for r in maps] == ["ko"]
    page.goto(f"{station.address}/#/report/K-han")
    started = datetime.fromisoformat(station.get("/api/v1/coils/K-han")["started_at"]).astimezone()
    expect(page.locator(".report dl").first).to_contain_text(f"{started.year}. {started.month}. {started.day}.")
    expect(page.locator(".report dl").first).to_contain_text(words("ko")["reasons"]["coil.not_inspected"]["do"])
    page.close()


def test_a_coil_report_prints_with_map_and_crops(page: Page, station: Running) -> None:
    station.post("/api/v1/coils", {"coil_id": "K-report", "heat": "H42"})
    station.wait_for("/api/v1/coils/K-report/defects", lambda d: len(d["defects"]) > 2)
    page.goto(f"{station.address}/#/map/K-report")
    page.get_by_role("link", name="Coil report").press("Enter")
    expect(page.get_by_role("heading", name="Coil report: Coil K-report")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_text("H42")).to_be_visible()
    expect(page.locator(".worst img").first).to_be_visible()
    assert page.evaluate("() => document.querySelector('.paper-map').decode().then(() => true)")
    assert len(page.pdf(format="A4")) > 20_000


def test_the_map_shows_all_of_50000_defects(browser: Browser, tmp_path: Path) -> None:
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


def test_a_defect_of_grade_5_is_shown_and_says_why_it_is_one(browser: Browser, tmp_path: Path) -> None:
    recipe = Recipe(severity=Severity((20.0, 200.0, 2000.0, 20000.0), wide_mm=50.0))
    places = [(10.0, 5.0, 1), (30.0, 10.0, 2), (300.0, 20.0, 3), (3000.0, 40.0, 4), (3000.0, 60.0, 5)]
    found = [
        defect(
            n,
            coil_id="K5",
            defect_id=f"K5-{n:06d}",
            area_mm2=area,
            width_mm=width,
            severity=grade,
            across_mm=200.0 * n,
            plant_code="210",
            cluster_code="SURF-SCR",
        )
        for n, (area, width, grade) in enumerate(places, 1)
    ]
    address = sqlite_url(tmp_path / "data" / "skelp.db")
    with Database(address, recipe, Owner.this_process("test")) as database, database.writer.transaction() as change:
        change.add_coil(replace(coil("K5"), recipe_sha256=recipe.sha256))
        change.add_defects(found)
        change.record_interval("K5", "cam0", Interval(0, 10_000, State.INSPECTED))
        change.complete_coil("K5")
    page = browser.new_page(locale="en-GB", viewport={"width": 1366, "height": 768})
    with started(station_file(tmp_path)) as station:
        page.goto(f"{station.address}/#/map/K5")
        expect(page.get_by_role("img", name="5 Defects")).to_be_visible(timeout=WAIT_MS)
        page.get_by_label("severity").select_option("5")
        expect(page.get_by_role("img", name=re.compile(" 1 Defects"))).to_be_visible()
        canvas = page.locator(".unrolled canvas").bounding_box()
        assert canvas is not None
        page.mouse.move(canvas["x"] + 60, canvas["y"] + 40)
        page.mouse.down()
        page.mouse.move(canvas["x"] + canvas["width"] - 4, canvas["y"] + 60, steps=4)
        page.mouse.up()
        page.locator(".inrange button").press("Enter")
        why = page.locator(".detail .because li")
        expect(why).to_have_text(
            ["area 3000.0 mm², which is 2000 mm² or more: grade 4", "width 60.0 mm, which is 50 mm or more: one grade higher"]
        )
        expect(page.locator(".detail dd", has_text="SURF-SCR")).to_have_text("plant 210 · cluster SURF-SCR")
    page.close()


def test_a_coil_whose_defects_were_deleted_does_not_look_like_one_without_defects(browser: Browser, tmp_path: Path) -> None:
    address = sqlite_url(tmp_path / "data" / "skelp.db")
    with Database(address, Recipe(), Owner.this_process("test")) as database, database.writer.transaction() as change:
        change.add_coil(coil("K9"))
        change.add_defects([defect(n, coil_id="K9", defect_id=f"K9-{n:06d}") for n in range(7)])
        change.record_interval("K9", "cam0", Interval(0, 10_000, State.INSPECTED))
        change.complete_coil("K9")
        change.delete_defects("K9", 99, "2021-01-01T00:00:00Z")
    page = browser.new_page(locale="en-GB", viewport={"width": 1366, "height": 768})
    gone = re.compile("7 defects and 0 marks were deleted")
    with started(station_file(tmp_path)) as station:
        page.goto(f"{station.address}/#/map/K9")
        expect(page.locator(".empty")).to_have_text(gone)
        expect(page.get_by_role("img", name=re.compile("Defects"))).to_have_count(0)
        page.goto(f"{station.address}/#/report/K9")
        expect(page.locator(".report > p").last).to_have_text(gone)
        expect(page.locator(".paper-map")).to_have_count(0)
        page.screenshot(path=str(tmp_path / "report.png"))
    page.close()


def test_a_coil_that_was_cut_says_what_it_is_made_of_and_has_the_pictures_of_its_defects(page: Page, station: Running) -> None:
    station.post("/api/v1/coils", {"coil_id": "K-mother"})
    station.wait_for("/api/v1/coils/K-mother/defects", lambda d: len(d["defects"]) > 3)
    station.post("/api/v1/coils/K-mother/finish", {})
    station.wait_for("/api/v1/coils/K-mother", lambda c: c["status"] == "final")
    piece = station.post("/api/v1/coils/K-mother/derive", {"coil_id": "K-piece", "cuts": [{"head_to_tail": True, "turned_over": True}]})
    assert piece["defects"] == station.get("/api/v1/coils/K-mother")["defects"]
    page.goto(f"{station.address}/#/report/K-piece")
    cut = page.locator("dd", has_text="turned over")
    expect(cut).to_contain_text("tail first", timeout=WAIT_MS)
    expect(page.locator(".worst img").first).to_have_js_property("complete", True)
    assert page.locator(".worst img").first.evaluate("i => i.naturalWidth") > 0
    cut.get_by_role("link", name="K-mother").click()
    expect(page.get_by_role("link", name="K-piece")).to_be_visible(timeout=WAIT_MS)
    page.goto(f"{station.address}/#/map/K-piece")
    expect(page.get_by_role("img", name=re.compile(r"[1-9]\d* Defects"))).to_be_visible(timeout=WAIT_MS)
