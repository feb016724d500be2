"""The documents agree with the code: links, examples, commands, layers and limits."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from typer.main import get_command

from skelp.camera_config import GenicamCamera
from skelp.capture.genicam.settings import load_camera_file
from skelp.cli import cli
from skelp.config import load_codes, load_recipe, load_station
from skelp.domain.events import OpticsFocus, OpticsLight
from skelp.domain.optics import LEAST_LIGHT, LEAST_SHARPNESS
from skelp.domain.reasons import Code, StripNarrower
from skelp.domain.recipe import ClassRule, Recipe
from skelp.domain.severity import ClassSeverity, Measures
from skelp.domain.strip import CameraView, Scale
from skelp.inference.card import ModelCard
from skelp.inference.model_file import ModelFile
from skelp.model import default_model
from skelp.pipeline.fitness import NARROWER
from skelp.plant_file import load_plant
from skelp.plugins import LANGUAGES, TRAINING
from skelp.recipe_shelf import RecipeShelf
from tests.conftest import ROOT
from tests.fakes import defect
from tests.linesim import producer
from tests.unit.render.test_words import words_on_disk
from tools import reference

PAGES = sorted(
    p for p in ROOT.rglob("*.md") if not any(part.startswith(".") or part in {"node_modules", "runs"} for part in p.relative_to(ROOT).parts)
)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_link_targets_exist(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_a_token_is_made_for_a_station_wherever_the_command_is_written() -> None:
    files = [*PAGES, *ROOT.glob("edge/**/*.toml"), *ROOT.glob("src/**/*.py")]
    said = [(file.name, line) for file in files for line in file.read_text().splitlines() if re.search("skelp token new .*--role", line)]
    assert len(said) > 8
    assert [(name, line.strip()) for name, line in said if "--station" not in line] == []


def test_the_plant_example_loads() -> None:
    assert load_plant(ROOT / "edge" / "plant.toml").server.is_local


@pytest.mark.parametrize("file", sorted(ROOT.glob("edge/station*.toml")), ids=lambda p: p.name)
def test_station_examples_load(file: Path) -> None:
    config = load_station(file)
    assert all(c.file.is_file() for c in config.cameras if isinstance(c, GenicamCamera))
    assert load_recipe(ROOT / config.recipe if config.recipe else None).name


@pytest.mark.parametrize("file", sorted(ROOT.glob("edge/recipes/*.toml")), ids=lambda p: p.name)
def test_recipe_examples_fit_the_shipped_model(file: Path) -> None:
    recipe = load_recipe(file)
    assert recipe.applied_to(ModelFile.open(default_model()).card.domain_classes)


@pytest.mark.parametrize("file", sorted(ROOT.glob("edge/codes/*.toml")), ids=lambda p: p.name)
def test_examples_of_codes_fit_the_shipped_model(file: Path) -> None:
    assert load_codes(file, [c.name for c in ModelFile.open(default_model()).card.classes])


def test_the_recipe_examples_are_the_recipes_of_one_station() -> None:
    others = [file for file in sorted(ROOT.glob("edge/recipes/*.toml")) if file.name != "default.toml"]
    shelf = RecipeShelf(ROOT / "edge/recipes/default.toml", others)
    assert shelf.of("DX51D").name == "exposed-panel"
    assert shelf.of("S235").name == "default"


@pytest.mark.parametrize("file", sorted(ROOT.glob("edge/cameras/*.toml")), ids=lambda p: p.name)
def test_the_simulated_camera_accepts_the_camera_examples(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from skelp.capture.genicam.source import GenicamSource  # noqa: PLC0415 - only this test needs harvesters

    monkeypatch.setenv("LINESIM_DEVICES", "2")
    settings = load_camera_file(file).model_copy(update={"producer": producer()})
    with GenicamSource(settings, CameraView("cam", settings.width, Scale(1, 1))) as source:
        frame = next(c for c in source.captures() if c is not None)
    assert (frame.first_line, frame.lines) == (0, settings.frame_lines)


def test_the_example_of_severity_gives_the_grades_that_its_page_says(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "severity.md").read_text(encoding="utf-8")
    recipe = load_recipe(toml_in(page, tmp_path))
    table = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (-[\d.]+) \| (\d) \|$", page, re.MULTILINE)
    assert {grade for *_, grade in table} == set("12345")
    for name, *measures, grade in table:
        names = ("area_mm2", "length_mm", "width_mm", "across_mm", "contrast")
        found = defect(1, class_name=name, **dict(zip(names, map(float, measures), strict=True)))
        assert recipe.severity_of(name).graded(Measures.of(found), 1250.0)[0] == int(grade), (name, measures)


def test_the_default_recipe_says_the_defaults_and_its_comments_are_rules(tmp_path: Path) -> None:
    file = ROOT / "edge" / "recipes" / "default.toml"
    recipe = load_recipe(file)
    assert recipe == Recipe(classes={"scratch": ClassRule(min_area_mm2=7.0)})
    said = tmp_path / "all.toml"
    said.write_text(re.sub(r"^# (\[|\w+ = )", r"\1", file.read_text(encoding="utf-8"), flags=re.MULTILINE))
    everything = load_recipe(said)
    assert (everything.severity.edge, everything.classes["roll_mark"].severity) == (-1, ClassSeverity(at_least=3))


def toml_in(page: str, folder: Path) -> Path:
    """The first TOML block of a page, as a file."""
    (block,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    file = folder / "block.toml"
    file.write_text(block, encoding="utf-8")
    return file


def code_of(page: Path) -> str:
    """Fenced blocks and inline code of a page, joined by newlines."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))])


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_and_their_options_exist(page: Path) -> None:
    skelp: Any = get_command(cli)
    for name, rest in re.findall(r"^\s*(?:\.venv/bin/)?skelp ([a-z][a-z0-9]*)(.*)", code_of(page), re.MULTILINE):
        assert name in skelp.commands or name in TRAINING | LANGUAGES, f"skelp {name}"
        if name in skelp.commands:
            command = skelp.commands[name]
            within = getattr(command, "commands", {})
            if within and rest.split():
                assert rest.split()[0] in within, f"skelp {name}{rest}"
                command = within[rest.split()[0]]
            known = {option for p in command.params for option in p.opts}
            assert set(re.findall(r"--[a-z-]+", rest.split("#")[0])) <= known | {"--help"}, f"skelp {name}{rest}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_make_targets_exist(page: Path) -> None:
    for folder, target in re.findall(r"^\s*make (?:-C (\S+) ?)?([a-z-]*)", code_of(page), re.MULTILINE):
        makefile = (ROOT / folder / "Makefile").read_text()
        assert not target or re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target}"


def test_the_card_example_is_the_card_of_the_shipped_model() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", (ROOT / "docs" / "models.md").read_text(), re.DOTALL)
    shipped = ModelFile.open(default_model()).card.model_dump(mode="json", exclude_unset=True)
    assert ModelCard.parse(example, where="docs").domain_classes
    assert {key: shipped[key] for key in json.loads(example)} == json.loads(example)


def test_layers_in_the_docs_are_those_of_the_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(c["layers"] for c in contracts if c.get("containers") == ["skelp"])
    shown = (ROOT / "docs" / "architecture.md").read_text().split("## Layers")[1].split("```")[1].strip().splitlines()
    assert [re.split(r" {2,}", line)[0] for line in shown] == layers


def test_files_named_in_the_architecture_exist() -> None:
    named = re.findall(r"`((?:[\w-]+/)*[\w-]+(?:\.(?:py|json|toml|ts|tsx)|/))`", (ROOT / "docs" / "architecture.md").read_text())
    folders = (
        ROOT,
        ROOT / "src" / "skelp",
        ROOT / "src" / "skelp" / "pipeline",
        ROOT / "src" / "skelp" / "sinks",
        ROOT / "src/skelp/sinks/sql",
    )
    assert len(named) > 20
    assert [name for name in named if not any((folder / name).exists() for folder in folders)] == []


@pytest.mark.parametrize("file", sorted((ROOT / "docs" / "decisions").glob("0*.md")), ids=lambda p: p.stem)
def test_a_decision_begins_with_status_date_and_decision_and_is_listed(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    head = re.match(r"# (\d+)\. (.+)\n\nStatus: (accepted|superseded by .+)\nDate: (\d{4}-\d\d-\d\d)\n\n\*\*Decision\.\*\* ", text)
    assert head
    number, title, state, date = head.groups()
    assert int(file.name[:4]) == int(number)
    assert f"| [{number}]({file.name}) | {title} | {state} | {date} |" in (file.parent / "README.md").read_text(encoding="utf-8")
    assert "## Rejected" in text


def test_adr_4_gives_a_reason_for_every_dependency() -> None:
    reasons = (ROOT / "docs" / "decisions" / "0004-dependencies.md").read_text(encoding="utf-8")
    projects = [tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"] for folder in ("", "src/client", "training")]
    required = [
        a for p in projects for a in (*p["dependencies"], *(r for extra in p.get("optional-dependencies", {}).values() for r in extra))
    ]
    console = json.loads((ROOT / "web" / "package.json").read_text())
    names = {Requirement(a).name for a in required} | set(console["dependencies"]) | set(console["devDependencies"])
    assert sorted(n for n in names - {"skelp", "skelp-client"} if not re.search(rf"(?<![\w@/-]){re.escape(n)}(?![\w/-])", reasons)) == []


def test_all_features_of_the_simulated_camera_are_described() -> None:
    folder = ROOT / "tools" / "linesim"
    features = {n for n in re.findall(r'Name="(Sim\w+)"', (folder / "camera.xml").read_text()) if not n.endswith("Reg")}
    assert set(re.findall(r"^\| `(Sim\w+)`", (folder / "README.md").read_text(), re.MULTILINE)) == features


def test_the_training_config_writes_the_shipped_model() -> None:
    file = ROOT / "training" / "configs" / "strip-s.toml"
    out = tomllib.loads(file.read_text())["out"]  # relative to the file's folder
    assert (file.parent / out).resolve() == default_model().resolve()


def test_limits_in_the_docstrings_of_generated_pages_are_those_of_the_code() -> None:
    for named, limit in ((StripNarrower, NARROWER), (OpticsLight, LEAST_LIGHT), (OpticsFocus, LEAST_SHARPNESS)):
        assert f"less than {limit:g} of" in (named.__doc__ or "")


def test_generated_pages_are_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "load", words_on_disk)
    for file, made in reference.pages():
        assert file.read_text(encoding="utf-8") == made, "run: python tools/reference.py"
    page = (ROOT / "docs" / "reasons.md").read_text(encoding="utf-8")
    assert [code.value for code in Code if f"| `{code.value}` |" not in page] == [], "give it a section in tools/reference.py"
