"""`skelp serve`: two real stations and their plant's server, by REST and in a browser; one station is killed, and so is the server."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from skelp.domain.errors import SkelpError
from skelp.plant import Plant
from skelp.plant_file import load_plant
from tests.e2e.chromium import NEEDS_CONSOLE, WAIT_MS, serious_faults
from tests.e2e.test_station import Running, started, station_file
from tests.postgres import WHY_NOT, server

pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))
NAMES = ("hot mill", "산세 2")


@dataclass
class Works:
    folder: Path
    url: str
    stations: dict[str, Running]
    plant_file: Path


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with server() as url:
        yield url


@pytest.fixture
def works(postgres: str, tmp_path: Path) -> Iterator[Works]:
    with ExitStack() as opened:
        url = f"{postgres}&options=-csearch_path%3D{tmp_path.name.lower()}"  # a schema of its own
        engine = sa.create_engine(postgres)
        with engine.begin() as connection:
            connection.exec_driver_sql(f'CREATE SCHEMA "{tmp_path.name.lower()}"')
        engine.dispose()
        file = station_file(tmp_path, drop_rate=0.05, limit=140)
        stations = {}
        for name in NAMES:
            where = {"SKELP_NAME": name, "SKELP_PLANT": "Pohang", "SKELP_LINE": f"line of {name}"}
            folder = str(tmp_path / name)
            stations[name] = opened.enter_context(started(file, **where, SKELP_STORAGE__FOLDER=folder, SKELP_STORAGE__DATABASE_URL=url))
        for station in stations.values():  # else an automatic coil could come into the records after the one that a test announces
            station.wait_for("/api/v1/coils", lambda c: c["coils"])
        plant = tmp_path / "plant.toml"
        plant.write_text(f'name = "포항 Pohang"\ndatabase_url = "{url}"\n[server]\nport = 0\n', encoding="utf-8")
        yield Works(tmp_path, url, stations, plant)


def read_all(plant: Running, after: str) -> tuple[list[tuple[str, int]], str]:
    """The station and number of every event after a cursor."""
    found = []
    while (page := plant.get(f"/api/v1/events?limit=50&after={after}"))["events"]:
        found += [(e["station"], e["event"]["seq"]) for e in page["events"]]
        after = page["last"]
        if len(page["events"]) < 50:
            break
    return found, after


def test_the_feed_of_all_lines_survives_the_death_of_a_station_and_of_the_server_itself(works: Works) -> None:
    mill, pickling = (works.stations[name] for name in NAMES)
    for station in (mill, pickling):
        station.post("/api/v1/coils", {"coil_id": "K7"})
    with started("serve", str(works.plant_file)) as plant:
        plant.wait_for("/api/v1/plant", lambda p: all(s["coil"] and s["coil"]["coil_id"] == "K7" for s in p["stations"]))
        seen, after = read_all(plant, "")
        mill.process.send_signal(signal.SIGKILL)
        mill.process.wait(20)
        plant.wait_for("/api/v1/plant", lambda p: [s["runs"] for s in p["stations"]] == [False, True])
        pickling.post("/api/v1/coils/K7/finish")
        plant.process.send_signal(signal.SIGKILL)
        plant.process.wait(20)
    with started("serve", str(works.plant_file)) as plant:
        plant.wait_for(f"/stations/{'%EC%82%B0%EC%84%B8%202'}/api/v1/coils/K7", lambda c: c["status"] == "final")
        more, _ = read_all(plant, after)
        seen += more
        coils = plant.get("/api/v1/coils?name=K7")["coils"]
        assert {(c["station"], c["line"]) for c in coils} == {(name, f"line of {name}") for name in NAMES}
    for name in NAMES:
        found = [number for station, number in seen if station == name]
        assert found == list(range(1, len(found) + 1))
    assert {name for name, _ in more} >= {NAMES[1]}


@pytest.mark.skipif(NEEDS_CONSOLE[0].args[0] or NEEDS_CONSOLE[1].args[0], reason="needs the console and Debian's chromium")
def test_a_screen_shows_all_lines_and_leads_to_a_coil_of_any_of_them(works: Works, browser: Browser) -> None:
    mill, pickling = (works.stations[name] for name in NAMES)
    pickling.post("/api/v1/coils", {"coil_id": "K8"})
    with started("serve", str(works.plant_file)) as plant:
        page = browser.new_page(locale="en-GB", viewport={"width": 1366, "height": 768})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(plant.address)
        expect(page.get_by_text("ALL LINES RUN", exact=True)).to_be_visible(timeout=WAIT_MS)
        expect(page.locator("article").filter(has_text="산세 2").get_by_role("link", name="Coil K8")).to_be_visible(timeout=WAIT_MS)
        expect(page.locator("article").filter(has_text="hot mill")).to_contain_text("Steel not inspected", timeout=WAIT_MS)
        page.screenshot(path=works.folder / "lines.png")
        assert serious_faults(page) == []
        mill.process.send_signal(signal.SIGKILL)
        mill.process.wait(20)
        expect(page.get_by_role("alert")).to_contain_text("1 OF 2 LINES RUN", timeout=WAIT_MS)
        expect(page.locator("article").filter(has_text="hot mill")).to_contain_text("Does not run")
        page.get_by_role("link", name="Coil K8").click()
        expect(page.get_by_role("heading", name="Coil K8")).to_be_visible(timeout=WAIT_MS)
        page.screenshot(path=works.folder / "map.png")
        page.get_by_role("link", name="Report").click()
        expect(page.locator(".paper-map")).to_have_js_property("complete", value=True, timeout=WAIT_MS)
        assert page.locator(".paper-map").evaluate("i => i.naturalWidth") > 100
        page.locator("body").press("2")
        expect(page.get_by_role("row").filter(has_text="line of 산세 2").filter(has_text="K8")).to_be_visible(timeout=WAIT_MS)
        page.get_by_role("button", name="한국어").press("Enter")
        page.locator("body").press("1")
        expect(page.get_by_text("2개 라인 중 1개 가동")).to_be_visible()
        expect(page.locator("article").filter(has_text="hot mill")).to_contain_text("가동하지 않음")
        page.screenshot(path=works.folder / "lines.ko.png")
        assert serious_faults(page) == []
        page.locator("article").filter(has_text="산세 2").get_by_role("link", name="K8").click()
        expect(page.get_by_role("heading", name="K8")).to_be_visible(timeout=WAIT_MS)
        pickling.process.send_signal(signal.SIGKILL)
        pickling.process.wait(20)
        expect(page.locator("main .held")).to_contain_text("검사기가 가동하지 않음", timeout=WAIT_MS)  # on the map that is open
        plant.process.kill()
        expect(page.get_by_role("alert")).to_contain_text("연결 끊김", timeout=WAIT_MS)
        assert errors == []


def test_tokens_are_made_with_the_plant_file_and_the_server_asks_for_them(works: Works) -> None:
    works.plant_file.write_text(works.plant_file.read_text().replace("port = 0", "port = 0\ntokens = true"))
    command = [sys.executable, "-m", "skelp", "token", "new", "wall", "--role", "reader", "--station", str(works.plant_file)]
    made = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "every station of its database" in " ".join(made.stderr.split())
    with started("serve", str(works.plant_file)) as plant:
        with pytest.raises(urllib.error.HTTPError, match="401"):
            plant.get("/api/v1/plant")
        asked = urllib.request.Request(plant.address + "/api/v1/plant", headers={"Authorization": f"Bearer {made.stdout.strip()}"})
        with urllib.request.urlopen(asked, timeout=5) as answer:
            assert [s["name"] for s in json.load(answer)["stations"]] == list(NAMES)


def test_what_is_wrong_with_a_plant_file_is_said_before_it_serves(tmp_path: Path) -> None:
    def refused(body: str) -> str:
        file = tmp_path / "plant.toml"
        file.write_text(body)
        with pytest.raises(SkelpError) as error, Plant(load_plant(file)):
            pass
        return str(error.value)

    assert "database_url" in refused('name = "Pohang"')
    assert "did you mean database_url?" in refused('databse_url = "postgresql+psycopg://skelp:word@x/y"')
    assert "word" not in refused('databse_url = "postgresql+psycopg://skelp:word@x/y"')
    assert "only PostgreSQL has several stations" in refused(f'database_url = "sqlite:///{tmp_path}/s.db"')
    assert "cannot open the database" in refused(f'database_url = "postgresql+psycopg://skelp@/none?host={tmp_path}"')
    assert "needs TLS" in refused('database_url = "postgresql+psycopg://x"\n[server]\nhost = "0.0.0.0"')
