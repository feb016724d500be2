"""The console in Chromium against a running station: another model is put on the line, refused, taken back; a second one is compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from skelp.domain.alone import Alone, LoneDefect
from skelp.domain.coilmap import Tally
from skelp.domain.coverage import Interval, State
from skelp.domain.decision import Decision
from skelp.domain.drifting import ClassLearned
from skelp.domain.models import KnownModel
from skelp.domain.reasons import CoilSevereDefects
from skelp.domain.recipe import Recipe
from skelp.domain.shadow import ModelVerdict, ShadowResult
from skelp.domain.status import ModelId
from skelp.domain.strip import Side
from skelp.sinks.lock_file import Owner
from skelp.sinks.sql import Database, sqlite_url
from tests.e2e.chromium import NEEDS_CONSOLE, WAIT_MS, serious_faults
from tests.e2e.test_station import Running, started, station_file
from tests.fakes import coil, defect
from tests.models import CARD, bright_spots

pytestmark = NEEDS_CONSOLE


def verdict(version: str, scratches: int, decision: Decision, *alone: LoneDefect) -> ModelVerdict:
    reasons = (CoilSevereDefects(scratches, 3),) if decision is Decision.HOLD else ()
    model = ModelId("strip-s", version, version * 64)
    return ModelVerdict(model, Tally({"scratch": scratches}, {3: scratches}), decision, reasons, Alone(len(alone), alone))


def record_shadows(folder: Path) -> None:
    """Three coils of the station. A second model saw two of them. It finds a scratch on K2 that the first one does not."""
    lone = LoneDefect("scratch", 3, 0.93, Side.TOP, 4711.0, 312.0, 140.0, 2.0, 95.0)
    with (
        Database(sqlite_url(folder / "data" / "skelp.db"), Recipe(), Owner.this_process("test")) as database,
        database.writer.transaction() as change,
    ):
        for n, second in ((1, verdict("4", 2, Decision.ACCEPT)), (2, verdict("4", 3, Decision.HOLD, lone)), (3, None)):
            change.add_coil(coil(f"K{n}"))
            change.record_interval(f"K{n}", "cam0", Interval(0, 10_000, State.INSPECTED))
            change.complete_coil(f"K{n}")
            if second is not None:
                change.add_shadow(ShadowResult(f"K{n}", 10_000, 7350, verdict("3", 2, Decision.ACCEPT), second))


def record_drift(folder: Path) -> None:
    """Coils of product DC04 on which a model finds scratches with other scores than on its card's pictures."""
    model = "9" * 64
    with (
        Database(sqlite_url(folder / "data" / "skelp.db"), Recipe(), Owner.this_process("test")) as database,
        database.writer.transaction() as change,
    ):
        change.add_model(KnownModel(model, ("scratch", "dent"), {"scratch": ClassLearned(91, 0.87), "dent": ClassLearned(40, 0.95)}))
        for n in range(24):
            name = f"D{n}"
            change.add_coil(coil(name, product="DC04", model_name="strip-s 9", model_sha256=model))
            change.record_interval(name, "cam0", Interval(0, 100_000, State.INSPECTED))
            change.add_defects([defect(d, defect_id=f"{name}-{d}", coil_id=name, severity=1, mean_score=0.71) for d in range(1, 3 + n % 3)])
            change.complete_coil(name)


def with_models(folder: Path) -> Path:
    """The file of a station with a folder of models: one that fits, and one with other classes."""
    record_drift(folder)
    record_shadows(folder)
    file, models = station_file(folder), folder / "models"
    models.mkdir()
    bright_spots(models / "bright-2.onnx", {**CARD, "version": "2"})
    bright_spots(models / "other.onnx", {**CARD, "classes": [{"id": 1, "name": "dark"}]})
    file.write_text(file.read_text().replace('provider = "cpu"', f'provider = "cpu"\nfolder = "{models}"\nmost_slower = 100.0'))
    return file


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with started(with_models(tmp_path_factory.mktemp("models"))) as running:
        yield running


@pytest.fixture
def page(browser: Browser, station: Running) -> Iterator[Page]:
    """The page of the models. Every question is answered with yes. The test fails if a script on the page fails."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{station.address}/#/models")
    yield page
    context.close()
    assert errors == []


def put_on_line(page: Page, file: str) -> None:
    page.get_by_role("listitem").filter(has_text=file).get_by_role("button", name="Put on the line").click()


def test_a_model_is_put_on_the_line_another_is_refused_and_the_first_comes_back(page: Page, station: Running) -> None:
    station.post("/api/v1/coils", {"coil_id": "K11"})
    station.wait_for_coil("K11", lambda c: c.lines > 0)
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
    station.post("/api/v1/coils", {"coil_id": "K12"})
    expect(main.locator("dl dd").first).to_contain_text(re.compile(r"bright 2 .*since coil K12, "), timeout=WAIT_MS)

    page.get_by_role("button", name="Go back to it").click()
    expect(main.get_by_text("From the next coil on")).to_be_visible(timeout=WAIT_MS)
    expect(main.locator("table").last.locator("tbody tr")).to_have_text(
        [re.compile("bright 1.*model of the station file.*went back"), re.compile("bright-2.onnx.*asked")]
    )
    expect(page.get_by_role("button", name="Go back to it")).to_have_count(0)
    assert serious_faults(page) == []


def test_what_a_second_model_would_have_held_and_what_only_it_found(page: Page) -> None:
    page.get_by_role("link", name="What the second model would have said").click()
    main = page.locator("main")
    expect(main).to_contain_text("Of the newest 2 coils that both saw, they would decide the same on 1.", timeout=WAIT_MS)
    expect(main.locator("table").first.locator("tbody tr")).to_have_text([re.compile("accept.*hold.*1", re.I)])
    expect(main.locator("table").last.locator("tbody tr")).to_have_count(2)
    assert serious_faults(page) == []
    page.get_by_label("Only where they differ").check()
    expect(main.locator("table").last.locator("tbody tr")).to_have_text(re.compile("K2.*differently.*only: 1"))
    main.get_by_role("link", name="K2").click()
    expect(main).to_contain_text("the same lines, 73.5 % of the coil", timeout=WAIT_MS)
    expect(main.get_by_role("heading", name="Found only by strip-s 4: 1")).to_be_visible()
    expect(main.locator("table").last.locator("tbody tr")).to_have_text(re.compile("scratch140 . 2 mm34.71 m312 mm.*95 mm²0.93"))
    assert serious_faults(page) == []
    main.get_by_role("link", name="Coil report").click()
    differ = main.get_by_role("link", name="They would decide differently")
    expect(differ).to_have_attribute("href", "#/shadow/K2", timeout=WAIT_MS)
    page.goto(page.url.replace("K2", "K3"))
    expect(main.get_by_role("heading", name="Coil report: Coil K3")).to_be_visible(timeout=WAIT_MS)
    expect(differ).to_have_count(0)


def test_what_the_model_finds_is_shown_beside_what_its_card_says(page: Page) -> None:
    main = page.locator("main")
    main.get_by_label("Product").select_option("DC04")
    expect(main.get_by_text("the newest 20 coils, and the 4 before")).to_be_visible(timeout=WAIT_MS)
    expect(main.get_by_text("mean score 0.71 on the newest 20 coils")).to_be_visible()
    rows = main.locator("table.drift tr")
    expect(rows.filter(has_text="pictures of its card").first).to_contain_text("0.95")
    expect(rows.filter(has_text="newest coils").last).to_have_text(re.compile(r"scratch ◆\s*newest coils.*0\.71"))
    assert serious_faults(page) == []
