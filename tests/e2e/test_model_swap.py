"""The model of a line changes while it runs, between two coils, and no line is lost (ADR 30)."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import onnx
import pytest

from skelp.app import Station
from skelp.capture.synthetic import SyntheticConfig, SyntheticStrip
from skelp.config import ModelChoice, load_station
from skelp.domain.coilmap import Coil
from skelp.domain.coverage import State, Totals
from skelp.domain.errors import SkelpError
from skelp.domain.outcome import Outcome
from skelp.domain.recipe import Recipe
from skelp.domain.strip import CameraView, Scale
from skelp.inference.model_file import ModelFile
from skelp.model import default_model
from skelp.pipeline.assembly import Limits, assemble
from skelp.ports import CoilLookup
from skelp.swapping.opening import Opener
from tests.e2e.test_station import Running, station_file
from tests.fakes import ListSink, coil, frame, in_turn
from tests.models import CARD, bright_spots
from tests.unit.conftest import skelp

pytestmark = pytest.mark.alone

SWAPS = 100
_LINES, _FRAME = 160, 64


class Known(ListSink):
    """A sink that keeps each coil as it is when its first result comes."""

    def __init__(self, coils: CoilLookup) -> None:
        super().__init__()
        self._coils, self.known = coils, dict[str, Coil]()

    def write(self, outcomes: Sequence[Outcome]) -> None:
        super().write(outcomes)
        for outcome in outcomes:
            self.known.setdefault(outcome.coil_id, self._coils.coil(outcome.coil_id))
            if outcome.coil_complete:
                self._coils.forget(outcome.coil_id)


def versioned(file: Path, version: str) -> ModelFile:
    """The shipped model with another version in its card."""
    model = onnx.load(default_model())
    for entry in model.metadata_props:
        if entry.key == "skelp.card":
            entry.value = json.dumps({**json.loads(entry.value), "version": version})
    onnx.save(model, file)
    return ModelFile.open(file)


def test_the_shipped_model_is_exchanged_a_hundred_times_and_no_line_is_lost(tmp_path: Path) -> None:
    views = [CameraView(f"top-{n}", 128, Scale(0.25, 0.25), first_column=128 * n) for n in range(2)]
    opener = Opener(ModelChoice(provider="cpu", cache=tmp_path), views, Recipe(), 128)
    networks = [opener.network(versioned(tmp_path / f"{n}.onnx", str(n))) for n in range(2)]
    frames = SWAPS * _LINES // _FRAME
    strip = SyntheticStrip(SyntheticConfig(seed=2, width=256)).pixels(0, frames * _FRAME)
    order = [
        frame(v.camera, n * _FRAME, strip[n * _FRAME : (n + 1) * _FRAME, v.first_column : v.first_column + 128])
        for n in range(frames)
        for v in views
    ]
    sinks, arrived, coils, expected = list[Known](), count(), count(), dict[str, str]()

    def act() -> None:
        """Exchange the network about every 2.5 frames of each camera, while one camera is a frame ahead of the other."""
        if next(arrived) % 5 == 2:
            number = next(coils)
            line.networks.choose(networks[number % 2])
            expected[f"C{number}"] = str(number % 2)
            line.tracker.start(coil(f"C{number}"))

    def sink(known: CoilLookup) -> Known:
        sinks.append(Known(known))
        return sinks[0]

    line = assemble(in_turn(order, views, act), networks[1], Recipe(), lambda: coil("before"), sink, Limits(block_lines=128, ring_frames=8))
    line.run()

    known = sinks[0].known
    assert len(expected) == SWAPS
    assert {c: known[c].model_name.rpartition(" ")[2] for c in expected} == expected
    for view in views:
        totals = [Totals.of(sinks[0].coverage(c, view.camera)) for c in known]
        assert sum(t.exposed for t in totals) == len(strip)
        assert sum(t.lost for t in totals) == 0
    assert sum(o.coil_complete for o in sinks[0].outcomes) == len(known)


@contextmanager
def running(file: Path) -> Iterator[tuple[Station, Running]]:
    """A station in this process, and requests to it."""
    with Station(load_station(file)) as station:
        worker = threading.Thread(target=station.run)
        worker.start()
        try:
            yield station, Running(None, station.address)  # type: ignore[arg-type] # it has no process
        finally:
            station.stop()
            worker.join()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = station_file(tmp_path, cameras=2)
    models = tmp_path / "models"
    models.mkdir()
    for version in ("2", "3"):
        bright_spots(models / f"{version}.onnx", {**CARD, "version": version})
    bright_spots(models / "other.onnx", {**CARD, "classes": [{"id": 1, "name": "dark"}]})
    file.write_text(file.read_text().replace('provider = "cpu"', f'provider = "cpu"\nfolder = "{models}"\nmost_slower = 100.0'))
    return file


def ask(station: Running, path: str, body: Any = None) -> dict[str, Any]:
    """Ask for a model, and wait until it was tried."""
    station.post(path, body)
    found: dict[str, Any] = station.wait_for("/api/v1/model", lambda m: m["trying"] is None)
    return found


def model_of(station: Running, coil_id: str) -> str:
    """Begin a coil, and wait for its first lines. Returns the version of the model that inspects it."""
    station.post("/api/v1/coils", {"coil_id": coil_id})
    found = station.wait_for(f"/api/v1/coils/{coil_id}", lambda c: c["lines"] > 0)
    return str(found["model"]["name"].rpartition(" ")[2])


def test_a_station_takes_another_model_and_keeps_it_over_a_restart(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running(file) as (_, station):
        assert model_of(station, "K1") == "1"
        skelp("model", "swap", "2.onnx", "--at", station.address)
        assert "bright 2" in capsys.readouterr().out
        assert station.get("/api/v1/coils/K1")["model"]["name"] == "bright 1"
        assert model_of(station, "K2") == "2"
        with pytest.raises(SkelpError, match=r"^other\.onnx is refused: "):
            skelp("model", "swap", "other.onnx", "--at", station.address)
        with pytest.raises(SkelpError, match=r"there is no model '\.\./bright\.onnx'"):
            skelp("model", "swap", "../bright.onnx", "--at", station.address)
        assert [a["kind"] for a in station.get("/api/v1/alarms")["alarms"] if a["kind"].startswith("model.")] == ["model.refused"]
    with running(file) as (_, station):
        assert model_of(station, "K3") == "2"
        assert station.get("/api/v1/station")["model"]["version"] == "2"
        skelp("model", "swap-back", "--at", station.address)
        assert model_of(station, "K4") == "1"
        with pytest.raises(SkelpError, match="there is no model before"):
            skelp("model", "swap-back", "--at", station.address)
        told = [e["data"] for e in station.get("/api/v1/events?limit=1000")["events"] if e["kind"] == "model.changed"]
        assert [(d["before"], d["model"], d["first_coil"]) for d in told] == [
            ("bright 1", "bright 2", "K2"),
            ("bright 2", "bright 1", "K4"),
        ]


def test_a_station_under_load_is_given_ten_models_and_keeps_every_line(file: Path) -> None:
    with running(file) as (station, rest):
        for n in range(10):
            version = str(2 + n % 2)
            assert ask(rest, "/api/v1/model", {"file": f"{version}.onnx"})["refused"] is None
            assert model_of(rest, f"K{n}") == version
    lines, exposed = station.line.meter.lines(), station.line.meter.counts()["lines_exposed"]
    assert sum(c.lines for c in lines if not (c.code or "").startswith("camera.")) == exposed
    assert sum(c.lines for c in lines if c.state is not State.LOST) > 0


def test_a_second_model_follows_in_the_shadow_of_the_first(file: Path, tmp_path: Path) -> None:
    file.write_text(file.read_text().replace("most_slower", f'shadow = "{tmp_path}/models/3.onnx"\nmost_slower'))
    with running(file) as (_, rest):
        rest.wait_for("/api/v1/station", lambda s: s["counts"].get("lines_segmented", 0) > 2000)
        assert model_of(rest, "K1") == "1"
        rest.wait_for("/api/v1/coils/K1", lambda c: c["lines"] > 2000)
        assert model_of(rest, "K2") == "1"
        rest.wait_for("/api/v1/coils/K1", lambda c: c["status"] == "final")
        while not (found := shadow_of(rest, "K1")):
            time.sleep(0.05)
    assert found["seen_lines"] > 0
    assert [found[side]["model"]["version"] for side in ("first", "second")] == ["1", "3"]
    assert found["first"]["by_class"] == found["second"]["by_class"]
    assert found["agree"]


def shadow_of(rest: Running, coil_id: str) -> dict[str, Any] | None:
    """What the second model would have said; None if that is not stored yet."""
    try:
        found: dict[str, Any] = rest.get(f"/api/v1/coils/{coil_id}/shadow")
    except urllib.error.HTTPError:
        return None
    return found
