"""Reviews of a station become a labelled set; where operators disagree, pixels are unsure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from skelp.domain.defect import Patch
from skelp.domain.errors import SkelpError
from skelp.domain.outcome import Outcome, Picture
from skelp_client import Station
from skelp_training.data.collect import collect
from skelp_training.data.labels import Asked
from skelp_training.data.pictures import UNSURE, ClassMap
from skelp_training.data.readers import READERS
from tests.fakes import defect
from tests.station_server import V1, StationServer
from tests.training.conftest import skelp

SAID: dict[str, list[tuple[str, str, str | None]]] = {
    "agreed": [("kim", "confirmed", None), ("lee", "confirmed", None)],
    "rejected": [("kim", "rejected", None)],
    "relabelled": [("kim", "relabelled", "patch")],
    "disputed": [("kim", "confirmed", None), ("lee", "rejected", None)],
    "changed": [("kim", "rejected", None), ("kim", "confirmed", None)],
    "withdrawn": [("kim", "confirmed", None), ("kim", "withdrawn", None)],
    "silent": [],
    "neighbour": [("kim", "confirmed", None)],
}


def client(server: StationServer) -> Station:
    """A client that calls the station's server in this process."""
    return Station("http://localhost", http=server.http(), retry_s=0)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StationServer]:
    server = StationServer(tmp_path / "server")
    (tmp_path / "server").mkdir(exist_ok=True)
    with server.client:
        server.expose(0, 100_000)
        for n, (name, said) in enumerate(SAID.items()):
            pixels, mask = np.full((64, 64), 100, np.uint8), np.zeros((64, 64), np.uint8)
            pixels[20:40, 20:40], mask[20:40, 20:40] = 200, 255
            line = 5000 * n if name != "neighbour" else 5000 * (n - 1) + 100
            found = defect(n, coil_id="auto", defect_id=f"auto-{name}", line=line, patch=Patch(pixels, mask))
            server.sink.write([Outcome("auto", "cam", defects=(found,))])
            for operator, verdict, class_name in said:
                body = {"verdict": verdict, "operator": operator} | ({"class": class_name} if class_name else {})
                assert server.client.post(f"{V1}/defects/auto-{name}/review", json=body).status_code == 201
        clean = np.full((512, 600), 90, np.uint8)
        nothing = np.zeros((128, 150), np.uint8)
        server.sink.write([Outcome("auto", "cam", picture=Picture("cam", "auto", 0, clean, nothing, 4, 0, 600, 1, {}, nothing))])
        yield server
    server.close()


def test_reviews_become_masks(server: StationServer, tmp_path: Path) -> None:
    out = tmp_path / "set"
    collect(client(server), out, val_share=0.0)
    items = {i.name: i for i in READERS["own"](out, Asked(ClassMap({"scratch": 1, "patch": 2}, {}))).items}
    masks = {name: i.load().mask for name, i in items.items()}
    assert set(items) - {n for n in items if n.startswith("clean-")} == {f"auto-{n}" for n in SAID if n not in ("withdrawn", "silent")}
    inside = {name: int(m[30, 30]) for name, m in masks.items() if name.startswith("auto")}
    assert inside == {
        "auto-agreed": 1,
        "auto-rejected": 0,
        "auto-relabelled": 2,
        "auto-disputed": UNSURE,
        "auto-changed": 1,
        "auto-neighbour": 1,
    }
    assert masks["auto-agreed"][18, 30] == UNSURE, "the outline is unsure"
    assert masks["auto-agreed"][5, 5] == 0
    assert masks["auto-neighbour"][5, 5] == UNSURE, "another defect may show there"
    assert not masks["auto-rejected"].any()
    clean = [n for n in items if n.startswith("clean-")]
    assert len(clean) == 1
    assert not masks[clean[0]].any()
    assert {i.group for i in items.values()} == {"auto"}
    index = (out / "index.csv").read_text()
    assert "kim: confirmed; lee: rejected" in index
    assert "found nothing" in index
    kept = json.loads((out / "reviews.json").read_text())
    assert [r["verdict"] for r in kept if r["defect_id"] == "auto-withdrawn"] == ["confirmed", "withdrawn"]


def test_what_cannot_be_collected_is_refused(server: StationServer, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("")
    with pytest.raises(SkelpError, match="is not empty"):
        collect(client(server), tmp_path / "full", 0.2)
    with pytest.raises(SkelpError, match="is not a station's address"):
        skelp("collect", "file:///etc/passwd", "--out", tmp_path / "s")
    with pytest.raises(SkelpError, match="is the station running"):
        skelp("collect", "http://127.0.0.1:9", "--out", tmp_path / "s")
    with pytest.raises(SkelpError, match="cannot read"):
        skelp("collect", "http://127.0.0.1:9", "--token-file", tmp_path / "none", "--out", tmp_path / "s")
    (tmp_path / "token").write_text("skelp_secret\n")
    with pytest.raises(SkelpError, match="over https only") as found:
        skelp("collect", "http://line1:8000", "--token-file", tmp_path / "token", "--out", tmp_path / "s")
    assert "skelp_secret" not in str(found.value)
    assert not (tmp_path / "s").exists()


def test_a_station_nobody_reviewed_gives_nothing(tmp_path: Path) -> None:
    empty = StationServer(tmp_path)
    with empty.client, pytest.raises(SkelpError, match="neither reviews that stand nor samples"):
        collect(client(empty), tmp_path / "set", 0.2)
    empty.close()
