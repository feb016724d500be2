"""The documents are held to the code: links lead somewhere, examples load, commands exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from skelp.app import default_model
from skelp.capture.genicam.settings import load_camera_file
from skelp.cli import cli
from skelp.config import GenicamCamera, load_recipe, load_station
from skelp.domain.strip import CameraView, Scale
from skelp.inference.card import ModelCard
from tests.conftest import ROOT
from tests.linesim import producer
from tests.unit.render.test_words import words_on_disk
from tools import reference

PAGES = sorted(
    p for p in ROOT.rglob("*.md") if not any(part.startswith(".") or part == "node_modules" for part in p.relative_to(ROOT).parts)
)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("file", sorted(ROOT.glob("edge/*.toml")), ids=lambda p: p.name)
def test_station_examples_load(file: Path) -> None:
    config = load_station(file)
    assert all(c.file.is_file() for c in config.cameras if isinstance(c, GenicamCamera))
    assert load_recipe(ROOT / config.recipe if config.recipe else None).name


@pytest.mark.parametrize("file", sorted(ROOT.glob("edge/cameras/*.toml")), ids=lambda p: p.name)
def test_camera_examples_are_what_the_simulated_camera_takes(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from skelp.capture.genicam.source import GenicamSource  # noqa: PLC0415 - only this test needs harvesters

    monkeypatch.setenv("LINESIM_DEVICES", "2")
    settings = load_camera_file(file).model_copy(update={"producer": producer()})
    with GenicamSource(settings, CameraView("cam", settings.width, Scale(1, 1))) as source:
        frame = next(c for c in source.captures() if c is not None)
    assert (frame.first_line, frame.lines) == (0, settings.frame_lines)


def test_commands_in_the_readme_exist() -> None:
    known = {c.name or c.callback.__name__ for c in cli.registered_commands if c.callback} | {g.name for g in cli.registered_groups}
    readme = (ROOT / "README.md").read_text()
    assert set(re.findall(r"^\s*skelp (\w+)", readme, re.MULTILINE)) <= known
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^\s*make (\w+)", readme, re.MULTILINE)) <= targets


def test_the_card_example_in_the_docs_holds() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", (ROOT / "docs" / "models.md").read_text(), re.DOTALL)
    assert ModelCard.parse(example, where="docs").classes[0].as_domain().growing == 0.3


def test_the_training_config_matches_the_model_that_ships() -> None:
    file = ROOT / "training" / "configs" / "strip-s.toml"
    out = tomllib.loads(file.read_text())["out"]  # from the file's folder
    assert (file.parent / out).resolve() == default_model().resolve()


def test_generated_pages_are_what_the_code_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "load", words_on_disk)
    for file, made in reference.pages():
        assert file.read_text(encoding="utf-8") == made, "run: python tools/reference.py"
