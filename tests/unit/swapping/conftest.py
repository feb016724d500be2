"""A line with a small model, and its exchange."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from skelp.config import ModelChoice
from skelp.domain.band import Band
from skelp.domain.models import ChosenModel
from skelp.domain.recipe import Recipe
from skelp.domain.strip import CameraView
from skelp.model import open_model
from skelp.pipeline.networks import Network, Networks
from skelp.sinks.lock_file import Owner
from skelp.sinks.sql import Database, sqlite_url
from skelp.swapping.exchange import Exchange, ExchangeRules, model_changed
from skelp.swapping.opening import Held, Opener
from skelp.swapping.watch import Watch
from tests.fakes import SCALE, coil
from tests.models import CARD, bright_spots

RECIPE, BAND = Recipe(edge_margin_mm=0), Band()
VIEWS = [CameraView(name, 64, SCALE) for name in ("a", "b")]


class FakeLine:
    """What an exchange needs of a line."""

    def __init__(self, first: Network) -> None:
        self.told: list[dict[str, Any]] = []
        self.networks = Networks(first, lambda *change: self.told.append(model_changed(*change).data))
        self.has_time = True
        self.block_height = 64 + 32, 16

    def begin(self, coil_id: str) -> str:
        """Begin a coil. Returns the version of its model."""
        return self.networks.begin(coil(coil_id)).model_name.rpartition(" ")[2]


class House:
    """A station's exchange with a real database and real model files. `write` puts a model into the folder of models."""

    def __init__(self, folder: Path, *, recipe: Recipe = RECIPE, most_slower: float = 1e6, band: Band = BAND) -> None:
        self.own, self.folder = folder / "own.onnx", folder / "models"
        self.folder.mkdir(exist_ok=True)
        if not self.own.exists():
            bright_spots(self.own)
        self.database = Database(sqlite_url(folder / "s.db"), recipe, Owner.this_process("test")).__enter__()
        self.opener = Opener(ModelChoice(provider="cpu", cache=folder / "cache"), VIEWS, recipe, 64)
        self.rules = ExchangeRules(self.folder, most_slower, patience_s=0.1, look_every_s=3600)
        model = open_model(self.own)
        self.held = Held("", model, self.opener.network(model))
        self.watch = Watch(band, self.database.reader)
        self.line = FakeLine(self.held.network)
        self.exchange = self.made(self.held, None)
        self.exchange.__enter__()

    def made(self, first: Held, since: ChosenModel | None, before: ChosenModel | None = None) -> Exchange:
        exchange = Exchange(self.held, first, self.opener, self.database.writer, self.rules, self.watch)
        return exchange.on(self.line, since, before)  # type: ignore[arg-type] # the part of a line that it needs

    def write(self, name: str, **card: Any) -> str:
        bright_spots(self.folder / name, {**CARD, **card})
        return name

    def ask(self, file: str, *, watch: bool = True) -> None:
        """Ask for a model, and wait until it was chosen or refused."""
        self.exchange.ask(file, watch=watch)
        self.wait()

    def wait(self) -> None:
        while self.exchange.status().trying is not None:
            time.sleep(0.005)

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        return [(e.payload.kind.value, e.payload.data) for e in self.database.reader.events(after=0, limit=1000)]

    def close(self) -> None:
        self.exchange.__exit__(None, None, None)
        self.database.__exit__(None, None, None)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()
