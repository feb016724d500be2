"""The console in Chromium against a running station: recipes are tried and changed, and a coil is decided again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from skelp.domain.coverage import Interval, State
from skelp.domain.models import KnownModel
from skelp.domain.recipe import Recipe
from skelp.sinks.lock_file import Owner
from skelp.sinks.sql import Database, sqlite_url
from tests.e2e.chromium import NEEDS_CONSOLE, WAIT_MS, serious_faults
from tests.e2e.test_station import Running, started, station_file
from tests.fakes import coil, defect

pytestmark = NEEDS_CONSOLE
LENIENT = """# agreed with the customer
name = "default"
hold_from_severity = 6
hold_above_defects_per_100m = 1e9
"""
STRICT = """name = "strict"
products = ["DC04"]
hold_from_severity = 6
hold_above_defects_per_100m = 1e9

[[rules]]
name = "scratches"
then = "downgrade"
classes = ["bright"]
"""
RULE = """
[[rules]]
name = "many"
then = "hold"
more_than = 2
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A station with two recipe files and four coils, with 0, 1, 2 and 3 defects. The defects of a fifth one were deleted."""
    folder = tmp_path_factory.mktemp("recipes")
    (folder / "default.toml").write_text(LENIENT)
    (folder / "strict.toml").write_text(STRICT)
    file = station_file(folder)
    file.write_text(f'recipe = "{folder}/default.toml"\nrecipes = ["{folder}/strict.toml"]\n{file.read_text()}')
    address = sqlite_url(folder / "data" / "skelp.db")
    inspected = Recipe(hold_from_severity=6, hold_above_defects_per_100m=1e9)
    with Database(address, inspected, Owner.this_process("test")) as database, database.writer.transaction() as change:
        change.add_recipe(inspected)
        change.add_model(KnownModel("5" * 64, ("bright",)))
        for n, defects in enumerate([0, 1, 2, 3, 2]):
            made = coil(f"K{n}", recipe_name=inspected.name, recipe_sha256=inspected.sha256, model_sha256="5" * 64)
            change.add_coil(made)
            change.record_interval(made.coil_id, "cam0", Interval(0, 10_000, State.INSPECTED))
            found = [defect(d, coil_id=made.coil_id, defect_id=f"{made.coil_id}-{d:06d}", class_name="bright") for d in range(defects)]
            change.add_defects(found)
            change.complete_coil(made.coil_id)
        change.delete_defects("K4", 99, "2021-01-01T00:00:00Z")
    with started(file) as running:
        yield running


@pytest.fixture
def office(browser: Browser, shop: Running) -> Iterator[Page]:
    """The page of the recipes, as Lee sees it. The test fails if a script on it fails."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{shop.address}/#/recipes")
    page.get_by_label("Operator").fill("Lee")
    yield page
    context.close()
    assert errors == []


def test_a_recipe_is_tried_on_recorded_coils_and_saved(office: Page, shop: Running) -> None:
    page, text = office, office.get_by_label("Text of recipe default")
    expect(text).to_have_value(LENIENT, timeout=WAIT_MS)
    attempt, save = page.get_by_role("button", name="Try on the newest 100 coils"), page.get_by_role("button", name="Save", exact=True)
    expect(save).to_be_disabled()  # nothing was changed

    text.fill(LENIENT + "hold_from = 3\n")
    attempt.click()
    expect(page.locator("main").get_by_role("alert")).to_contain_text("hold_from: unknown key; did you mean hold_from_severity?")

    text.fill(LENIENT + RULE)
    attempt.click()
    trial = page.get_by_role("region", name="What it would decide")
    expect(trial).to_contain_text("1 newly on hold; the other 3 of 4 coils as before.")
    expect(trial).to_contain_text("Not tried, because the defects were deleted: 1.")
    changed = trial.locator("table").last.locator("tbody tr")
    expect(changed).to_have_text(re.compile(r"K3accept◆ HOLDrule “many”: defects: 3, allowed are 2.*", re.I))
    expect(page.locator("main").get_by_role("alert")).to_have_count(0)
    assert serious_faults(page) == []

    page.get_by_role("link", name="strict").click()  # what was typed stays, on other pages too
    expect(page.get_by_label("Text of recipe strict")).to_have_value(STRICT)
    page.locator("body").press("5")
    expect(page.get_by_role("heading", name="Coils")).to_be_visible()
    page.locator("body").press("7")
    expect(page.get_by_role("link", name="default")).to_contain_text("not saved")
    expect(text).to_have_value(LENIENT + RULE)
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()

    save.click()
    expect(page.locator("main").get_by_role("alert")).to_have_text("Say why, in a few words.")
    page.get_by_label("Why").fill("agreed on Friday")
    save.click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    expect(page.get_by_role("link", name="default")).not_to_contain_text("not saved")
    assert shop.get("/api/v1/recipes")["recipes"][0]["toml"] == LENIENT + RULE


def test_a_change_that_somebody_else_made_meanwhile_is_not_overwritten_unseen(office: Page, shop: Running) -> None:
    page, text = office, office.get_by_label("Text of recipe strict")
    page.get_by_role("link", name="strict").click(timeout=WAIT_MS)
    text.fill(STRICT + "# mine\n")
    theirs = shop.get("/api/v1/recipes")["recipes"][1]
    change = {"toml": STRICT.replace("downgrade", "hold"), "instead_of": theirs["text_sha256"], "operator": "Park", "note": "a complaint"}
    assert page.request.put(f"{shop.address}/api/v1/recipes/strict", data=change).ok
    page.get_by_label("Why").fill("only a comment")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("main").get_by_role("alert")).to_contain_text("Somebody changed this recipe meanwhile.")
    page.get_by_text("The text that the station has now").click()
    expect(page.locator("main").get_by_role("alert").locator("pre")).to_have_text(change["toml"])
    expect(text).to_have_value(STRICT + "# mine\n")
    assert serious_faults(page) == []
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Load it again").click()
    expect(text).to_have_value(STRICT + "# mine\n")  # it was asked, and not wanted
    page.get_by_role("button", name="Go on with my text").click()
    expect(page.locator("main").get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    assert shop.get("/api/v1/recipes")["recipes"][1]["toml"] == STRICT + "# mine\n"


def test_a_coil_is_decided_again_and_its_report_says_what_caused_it(office: Page, shop: Running) -> None:
    page = office
    page.goto(f"{shop.address}/#/report/K2")
    expect(page.get_by_label("Decide again by recipe")).to_have_value("default", timeout=WAIT_MS)
    expect(page.get_by_role("heading", name="All decisions")).to_have_count(0)
    page.get_by_label("Decide again by recipe").select_option("strict")
    page.get_by_label("because", exact=True).fill("order 7")
    page.get_by_role("button", name="Decide again").click()
    expect(page.get_by_role("status")).to_have_text("Decided again by recipe strict: decision 2.", timeout=WAIT_MS)
    facts = page.locator(".report dl").first
    expect(facts).to_contain_text("Decided again by recipe strict, for Lee: order 7")
    expect(facts.locator(".findings li").first).to_contain_text(re.compile("▽ DOWNGRADE.*defects: 2.*caused by 2 defects", re.S))
    expect(facts.locator(".cause")).to_have_text(["bright 0.00 m", "bright 1.00 m"])
    rows = page.locator(".report table tbody tr")
    expect(rows).to_have_text([re.compile("^2.*DOWNGRADE.*strict.*Lee"), re.compile("^1.*accept.*default.*skelp")])
    assert serious_faults(page) == []

    page.get_by_label("because", exact=True).fill("order 7")
    page.get_by_role("button", name="Decide again").click()
    expect(page.get_by_role("status")).to_have_text("Recipe strict says what decision 2 says. Nothing was changed.")
    page.locator("body").press("5")
    row = page.locator("tbody tr", has_text="K2")
    expect(row).to_contain_text(re.compile("▽ DOWNGRADE.*by recipe strict", re.S))

    shop.post("/api/v1/coils/K2/override", {"decision": "scrap", "note": "the customer refused it", "operator": "Kim"})
    expect(row).to_contain_text(re.compile("■ SCRAP.*Decided by Kim · skelp: DOWNGRADE", re.S), timeout=WAIT_MS)


def test_a_report_says_where_what_caused_a_decision_is_gone_or_is_another_thing_now(office: Page, shop: Running) -> None:
    page = office
    page.goto(f"{shop.address}/#/report/K4")
    gone = "What caused it can no longer be shown: its 2 defects and 0 marks were deleted"
    expect(page.locator(".report dl").first).to_contain_text(gone, timeout=WAIT_MS)

    def otherwise(route: Route) -> None:
        route.fulfill(json=route.fetch().json() | {"same": False})

    page.route("**/coils/K1/decisions/*", otherwise)
    page.goto(f"{shop.address}/#/report/K1")
    expect(page.get_by_text("Deciding again from the records gives another result.")).to_be_visible(timeout=WAIT_MS)


def test_a_recipe_is_read_only_without_the_right_or_without_a_file(browser: Browser, shop: Running) -> None:
    page = browser.new_page(locale="en-GB")

    def without(rights: list[str]) -> Callable[[Route], None]:
        def answer(route: Route) -> None:
            session = route.fetch().json()
            route.fulfill(json=session | {"rights": [r for r in session["rights"] if r not in rights]})

        return answer

    page.route("**/api/v1/session", without(["recipes", "coils", "review"]))
    page.goto(f"{shop.address}/#/recipes/strict")
    expect(page.get_by_text("You may read recipes, and not try or change them.")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_label("Text of recipe strict")).not_to_be_editable()
    expect(page.get_by_role("button", name=re.compile("Try|Save"))).to_have_count(0)
    page.goto(f"{shop.address}/#/report/K0")
    expect(page.get_by_role("heading", name="Coil report")).to_be_visible(timeout=WAIT_MS)
    expect(page.locator(".decide, .again")).to_have_count(0)

    page.unroute("**/api/v1/session")
    fileless = {"name": "default", "sha256": "0" * 64, "products": [], "customers": [], "default": True, "toml": ""}
    page.route("**/api/v1/recipes", lambda route: route.fulfill(json={"recipes": [fileless]}))
    page.goto(f"{shop.address}/#/recipes")
    page.reload()
    expect(page.get_by_text("This recipe has no file, so it cannot be changed here.")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_role("textbox", name="Text of recipe")).to_have_count(0)
    page.close()
