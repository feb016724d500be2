"""Takes the pictures of the console that the docs show: python -m tools.console_pictures [FOLDER] [--metres 60]

A station inspects simulated strip with two cameras, one on each side, and loses some frames. While a coil passes, the live page is taken;
when the coil is final, its map. Needs the built console (make web) and Debian's chromium.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.conftest import ROOT
from tests.e2e.chromium import CHROMIUM
from tests.e2e.test_station import Running, started

COIL = "K4711"
LANGUAGES = {"": "en-GB", "-ko": "ko-KR"}
"""The end of each picture's name, and the browser's language."""
STATION = """
name = "CGL 2"

[model]
path = "{root}/models/strip-s/model.onnx"
provider = "cpu"

[storage]
folder = "{folder}/data"
disk_min_free_gb = 0

[server]
port = 0
"""
CAMERA = """
[[cameras]]
kind = "synthetic"
name = "{side}-1"
side = "{side}"
seed = {seed}
width = 2048
line_rate_hz = 0
drop_rate = {drop_rate}
"""


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "docs" / "images")
    parser.add_argument("--metres", type=float, default=60.0, help="length of the coil")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "station.toml"
        cameras = [CAMERA.format(side=s, seed=n, drop_rate=0.01 if n == 1 else 0) for n, s in enumerate(("top", "bottom"), 1)]
        file.write_text(STATION.format(root=ROOT, folder=folder) + "".join(cameras))
        with started(file) as station, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            _take_all(browser, station, asked.folder, asked.metres)


def _take_all(browser: Browser, station: Running, folder: Path, metres: float) -> None:
    station.client.announce(COIL)
    patience_s = 3600
    station.wait_for_coil(COIL, lambda coil: coil.length_m > metres * 0.9, patience_s)
    for end, language in LANGUAGES.items():
        _take(browser, f"{station.address}/#/live", folder / f"console-live{end}.jpg", language, seconds=12)
    station.wait_for_coil(COIL, lambda coil: coil.length_m > metres, patience_s)
    station.client.finish(COIL)
    station.wait_for_coil(COIL, lambda coil: coil.status == "final", patience_s)
    for end, language in LANGUAGES.items():
        _take(browser, f"{station.address}/#/map/{COIL}", folder / f"console-map{end}.jpg", language, seconds=3)


def _take(browser: Browser, address: str, file: Path, language: str, *, seconds: float) -> None:
    """Open a page, wait until its canvas is there and for some seconds more, in which the strip fills it, and take its picture."""
    context = browser.new_context(locale=language, viewport={"width": 1600, "height": 900}, color_scheme="light")
    page = context.new_page()
    page.goto(address)
    page.locator("main canvas").first.wait_for()
    page.wait_for_timeout(1000 * seconds)
    page.screenshot(path=file, type="jpeg", quality=85)
    context.close()


if __name__ == "__main__":
    main()
