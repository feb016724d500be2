"""The wheel states the right licences: of the code, the shipped models, the fonts and the packages in the console."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.licenses import canonicalize_license_expression

from skelp.inference.model_file import ModelFile
from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
STATED = set(PROJECT["project"]["license"].split(" AND "))
TARGETS = PROJECT["tool"]["hatch"]["build"]["targets"]
WHEEL = {ROOT / source for source in TARGETS["wheel"]["force-include"]}
MODELS = sorted(p.parent for p in (ROOT / "models").glob("*/README.md"))


def test_the_licence_expression_is_valid_spdx() -> None:
    assert canonicalize_license_expression(PROJECT["project"]["license"]) == PROJECT["project"]["license"]
    assert "Apache-2.0" in STATED


@pytest.mark.parametrize("folder", MODELS, ids=lambda p: p.name)
def test_every_model_has_a_licence_and_the_wheel_states_that_of_its_own(folder: Path) -> None:
    text = (folder / "LICENSE").read_text()
    (identifier,) = re.findall(r"^SPDX-License-Identifier: (\S+)$", text, re.MULTILINE)
    assert identifier in (folder / "README.md").read_text()
    stated = {f for pattern in PROJECT["project"]["license-files"] for f in ROOT.glob(pattern)}
    assert (folder in WHEEL) == (folder / "LICENSE" in stated) == (identifier in STATED)
    files = sorted(folder.glob("*.onnx"))
    assert files
    for file in files:
        card = ModelFile.open(file).card
        assert card.licence
        assert file.name in text
        for part in card.trained_on:
            assert re.search(rf"^{re.escape(part.name)} .*\S$", text, re.MULTILINE), (
                f"the licence file does not name the data set {part.name}"
            )


def test_every_model_in_the_checkout_is_checked() -> None:
    assert {f.parent for f in (ROOT / "models").rglob("*.onnx") if "retired" not in f.parts} == set(MODELS)
    assert set(MODELS) >= WHEEL
    left_out = {ROOT / folder for folder in TARGETS["sdist"]["exclude"]}
    assert set(MODELS) - WHEEL == left_out, "what may not be used freely is in neither of the published archives"


def test_licences_of_packages_in_the_console_are_stated() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())
    bundled = {name: p["license"] for name, p in lock["packages"].items() if name and not p.get("dev") and not p.get("peer")}
    assert "node_modules/preact" in bundled
    assert set(bundled.values()) <= STATED
    assert (ROOT / "web" / "vite.config.ts").read_text().count("license: {") == 1  # adds their licence texts to the built console


def test_every_shipped_font_has_a_licence_that_the_wheel_states() -> None:
    fonts = [p for p in (ROOT / "src").rglob("*") if p.suffix in {".otf", ".ttf", ".ttc", ".woff", ".woff2"}]
    assert fonts
    for font in fonts:
        licence = font.parent / "OFL.txt"
        assert licence in {f for pattern in PROJECT["project"]["license-files"] for f in ROOT.glob(pattern)}
        assert font.name in licence.read_text()
    assert "OFL-1.1" in STATED
