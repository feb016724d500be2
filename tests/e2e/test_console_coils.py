"""The console's pages about one coil: its map, its report, its reviews, in the operator's language."""

from __future__ import annotations

import re
from datetime import datetime

from playwright.sync_api import Browser, Page, Response, expect

from tests.e2e.console import NEEDS_A_BROWSER, WAIT_MS, words
from tests.e2e.test_station import Running

pytestmark = NEEDS_A_BROWSER


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
