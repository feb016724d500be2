"""Takes the pictures of the console that the docs show: python -m tools.console_pictures [FOLDER] [--metres 60] [--rate 1200]

A station inspects simulated strip with two cameras, one on each side, and loses some frames. The live page is taken while a coil passes at
`--rate`, which a slow machine needs lower, and the map of a coil that passed as fast as the inspection. Needs the built console (make web)
and Debian's chromium.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.conftest import ROOT
from tests.e2e.chromium import CHROMIUM
from tests.e2e.test_station import Running, started

COIL = "K4711"
_PATIENCE_S = 3600
_NEWEST = ".latest li:first-child"
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
line_rate_hz = {rate}
drop_rate = {drop_rate}
"""


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "docs" / "images")
    parser.add_argument("--metres", type=float, default=60.0, help="length of the coil on the map")
    parser.add_argument("--rate", type=float, default=1200.0, help="lines per second on the live page")
    parser.add_argument("--seconds", type=float, default=60.0, help="for which the live page is open before its picture is taken")
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with _station(asked.rate) as station:
            station.client.announce(COIL)
            _take(browser, f"{station.address}/#/live", asked.folder, "console-live", asked.seconds, defect=True)
        with _station(0) as station:  # as fast as the inspection
            station.client.announce(COIL)
            station.wait_for_coil(COIL, lambda coil: coil.length_m > asked.metres, _PATIENCE_S)
            station.client.finish(COIL)
            station.wait_for_coil(COIL, lambda coil: coil.status == "final", _PATIENCE_S)
            _take(browser, f"{station.address}/#/map/{COIL}", asked.folder, "console-map", 3)


@contextmanager
def _station(rate: float) -> Iterator[Running]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "station.toml"
        cameras = [CAMERA.format(side=s, seed=n, rate=rate, drop_rate=0.01 if n == 1 else 0) for n, s in enumerate(("top", "bottom"), 1)]
        file.write_text(STATION.format(root=ROOT, folder=folder) + "".join(cameras))
        with started(file) as station:
            yield station


def _take(browser: Browser, address: str, folder: Path, name: str, seconds: float, *, defect: bool = False) -> None:
    """Open a page in each language, wait for some seconds, in which the strip fills it, and take its pictures.

    `defect`: wait for one more defect in the list, which then is in view.
    """
    pages = {}
    for end, language in LANGUAGES.items():
        context = browser.new_context(locale=language, viewport={"width": 1600, "height": 900}, color_scheme="light")
        pages[end] = context.new_page()
        pages[end].goto(address)
        pages[end].locator("main canvas").first.wait_for()
    time.sleep(seconds)
    if defect:
        newest = pages[""].locator(_NEWEST).inner_text()
        expect(pages[""].locator(_NEWEST)).not_to_have_text(newest, timeout=1000 * _PATIENCE_S, use_inner_text=True)
        time.sleep(1)
    for end, page in pages.items():
        page.screenshot(path=folder / f"{name}{end}.jpg", type="jpeg", quality=85)
        page.context.close()


if __name__ == "__main__":
    main()
