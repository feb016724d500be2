"""Webhooks of a real station: through kill -9 and a receiver that was away every coil arrives, and the console shows what does not."""

from __future__ import annotations

import base64
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.chromium import NEEDS_CONSOLE, WAIT_MS, serious_faults
from tests.e2e.test_station import started, station_file
from tests.receiver import Receiver, receiving

KEY = bytes(range(40, 72))


def station_with_webhook(folder: Path, url: str) -> Path:
    file = station_file(folder)
    (folder / "mes.key").write_text("whsec_" + base64.b64encode(KEY).decode())
    with file.open("a") as f:
        f.write(f'\n[[webhooks]]\nname = "mes"\nurl = "{url}"\nsecret = "mes.key"\n')
    return file


def finals(receiver: Receiver) -> list[str]:
    """The ids of the coils whose end arrived, each once, in order."""
    return [m["data"]["event"]["coil_id"] for m in receiver.letters.values() if m["type"] == "coil.final"]


def test_every_coil_arrives_once_and_in_order_through_kill_9_and_a_receiver_that_was_away(tmp_path: Path) -> None:
    with receiving(KEY) as first:
        url = first.url
        file = station_with_webhook(tmp_path, url)
        with started(file) as station:
            for coil in ("K1", "K2"):
                station.post("/api/v1/coils", {"coil_id": coil})
                station.wait_for_coil(coil, lambda c: c.lines > 200)
            first.wait(lambda: "K1" in finals(first))
    port = int(url.split(":")[2].split("/")[0])
    with started(file) as station:  # nobody receives
        station.post("/api/v1/coils", {"coil_id": "K3"})
        station.wait_for_coil("K3", lambda c: c.lines > 200)
        station.post("/api/v1/coils/K3/finish")
        station.wait_for("/api/v1/webhooks", lambda w: w["webhooks"][0]["reason"])
        station.process.send_signal(signal.SIGKILL)
        station.process.wait(20)
    with receiving(KEY, port) as second, started(file) as station:
        station.wait_for("/api/v1/webhooks", lambda w: w["webhooks"][0]["behind"] == 0 and not w["webhooks"][0]["dead"])
        announced = [c for c in finals(first) + finals(second) if not c.startswith("auto-")]
        ends = [e["coil_id"] for e in station.get("/api/v1/events?limit=1000")["events"] if e["kind"] == "coil.final"]
        assert [c for c in ends if not c.startswith("auto-")] == ["K1", "K2", "K3"]
        assert sorted(set(announced)) == ["K1", "K2", "K3"]
        assert finals(second) == [c for c in ends if c in finals(second)]


def test_the_command_tries_a_webhook_and_says_what_the_receiver_answers(tmp_path: Path) -> None:
    def tried() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "skelp", "webhook", "try", "mes", "--station", str(file)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    with receiving(KEY) as receiver:
        file = station_with_webhook(tmp_path, receiver.url)
        assert tried().returncode == 0
        assert [m["type"] for m in receiver.letters.values()] == ["skelp.test"]
        receiver.answer = lambda _: 404
        assert "404 as said" in " ".join(tried().stderr.split())
    refused = " ".join(tried().stderr.split())
    assert "Connection refused" in refused
    assert "does not answer" in refused


@pytest.mark.skipif(NEEDS_CONSOLE[0].args[0] or NEEDS_CONSOLE[1].args[0], reason="needs the console and Debian's chromium")
def test_the_console_says_what_does_not_arrive(browser: Browser, tmp_path: Path) -> None:
    with receiving(KEY) as gone:
        file = station_with_webhook(tmp_path, gone.url)
    with started(file) as station:
        station.post("/api/v1/coils", {"coil_id": "K1"})
        station.wait_for_coil("K1", lambda c: c.lines > 200)
        station.post("/api/v1/coils/K1/finish")
        page = browser.new_page(locale="en-GB", viewport={"width": 1366, "height": 900})
        page.goto(station.address)
        page.locator("body").press("6")
        expect(page.get_by_role("heading", name="Webhooks")).to_be_visible(timeout=WAIT_MS)
        expect(page.get_by_text("The receiver of webhook mes does not answer", exact=False)).to_be_visible(timeout=WAIT_MS)
        page.screenshot(path=tmp_path / "webhooks.png")
        assert serious_faults(page) == []
        page.get_by_role("button", name="Send again").click()
        page.get_by_role("button", name="한국어").press("Enter")
        expect(page.get_by_text("수신 측이 응답하지 않음", exact=False)).to_be_visible()
