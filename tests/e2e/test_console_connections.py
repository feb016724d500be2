"""The console in Chromium against a running station: what each connection to the plant's systems does, and a person has one send again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from skelp.domain.connections import ConnectionReport, ConnectionState, ConnectionStatus
from skelp.domain.recipe import Recipe
from skelp.sinks.lock_file import Owner
from skelp.sinks.sql import Database, sqlite_url
from skelp_client import ConnectionReport as Report
from tests.e2e.chromium import NEEDS_CONSOLE, WAIT_MS, serious_faults
from tests.e2e.test_station import Running, started, station_file

pytestmark = NEEDS_CONSOLE

LATELY = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
NOW = datetime.now(UTC).isoformat(timespec="seconds")
MES = Report("level2", "10.0.0.9:3000", "connected", "", 2, 1, NOW, NOW, waiting=1)


def record_silent_one(folder: Path) -> None:
    """A connection whose process has not reported since the last run of the station."""
    said = ConnectionReport(
        "opcua", "opc.tcp://0.0.0.0:4840", ConnectionState.CONNECTED, "1 client: PC-7", 17, 12, LATELY, LATELY, waiting=5
    )
    with (
        Database(sqlite_url(folder / "data" / "skelp.db"), Recipe(), Owner.this_process("test")) as database,
        database.writer.transaction() as change,
    ):
        change.keep_connection(ConnectionStatus("scada", said, LATELY, silent=True, was_connected=True, failing_since=LATELY))


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("connections")
    file = station_file(folder)
    record_silent_one(folder)
    with started(file) as running:
        yield running


@pytest.fixture
def page(browser: Browser, station: Running) -> Iterator[Page]:
    """The page of the station. Every question is answered with yes. The test fails if a script on the page fails."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{station.address}/#/station")
    yield page
    context.close()
    assert errors == []


def test_a_connection_is_seen_has_everything_sent_again_and_is_removed_when_it_is_gone(page: Page, station: Running) -> None:
    station.client.report_connection("mes", MES)
    main = page.locator("main")
    expect(main.locator(".connected")).to_have_text("◆ 1 to look at · 1/2 connected", timeout=WAIT_MS)
    main.get_by_role("link", name="Connections").click()
    mes, scada = main.locator(".cards li").filter(has_text="mes"), main.locator(".cards li").filter(has_text="scada")
    expect(mes).to_contain_text(re.compile(r"mes Level 2.*connected.*10\.0\.0\.9:3000.*event 2, .*event 1, .*wait1", re.S), timeout=WAIT_MS)
    expect(scada).to_contain_text(re.compile(r"OPC UA.*◆ process not heard.*2026-11-20 .*event 17.*wait5.*1 client: PC-7", re.S))
    assert serious_faults(page) == []

    again = mes.get_by_label("After event")
    expect(again).to_have_value("1")
    mes.get_by_role("button", name="Send again …").click()
    expect(main.get_by_role("alert")).to_be_visible()  # nobody has said who they are
    page.get_by_label("Operator").fill("Lee")
    again.fill("x")
    mes.get_by_role("button").click()
    expect(main.get_by_role("alert")).to_have_text("Give the number of an event.")
    again.fill("0")
    mes.get_by_role("button").click()
    expect(mes).to_contain_text(re.compile(r"after event 0, asked for by Lee.*the process has not done it yet"), timeout=WAIT_MS)
    expect(main.get_by_role("alert")).to_have_count(0)
    answer = station.client.report_connection("mes", MES)
    assert (answer.resend_number, answer.resend_after) == (1, 0)
    station.client.report_connection("mes", Report("level2", "10.0.0.9:3000", "refused", "telegram 17: NAK", 2, 1, resend_handled=1))
    expect(mes).to_contain_text(re.compile(r"◆ refused by the other end.*NAK.*after event 0, .*: done", re.S), timeout=WAIT_MS)

    scada.get_by_role("button", name="Remove").click()
    expect(scada).to_have_count(0, timeout=WAIT_MS)
    assert [c.name for c in station.client.connections()] == ["mes"]
    assert serious_faults(page) == []
