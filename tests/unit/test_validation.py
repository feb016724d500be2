"""Every value in a file, an environment variable or a model card is used or refused."""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from skelp.calibration import edit
from skelp.capture.genicam.settings import load_camera_file
from skelp.cli import main
from skelp.config import ModelChoice, StationConfig, load_codes, load_recipe, load_station
from skelp.domain.errors import SkelpError, nearest, suggestion
from skelp.inference.card import CardError, ModelCard
from skelp.offline import Offline
from skelp.validation import load
from tests.conftest import ROOT
from tests.documents import misspelt, tables, written
from tests.models import CARD, bright_spots

CLASSES = ModelCard.parse(json.dumps(CARD | {"classes": [{"id": 1, "name": "scratch"}]}), where="test").domain_classes
STATION = tomllib.loads((ROOT / "edge" / "station.toml").read_text()) | {
    "cameras": [
        {"kind": "synthetic", "name": "a", "width": 512, "side": "top"},
        {"kind": "genicam", "name": "b", "file": "b.toml", "isolated": True},
    ],
    "samples": {"every_m": 10.0, "keep": 5},
}
CAMERA = tomllib.loads((ROOT / "edge" / "cameras" / "linesim-encoder-2.toml").read_text()) | {"silent_frames": 3, "flat_field": "x.npz"}
RECIPE = tomllib.loads((ROOT / "edge" / "recipes" / "default.toml").read_text()) | {
    "classes": {"scratch": {"threshold": 0.5, "min_area_mm2": 2.0, "ignore": False, "severity": {"at_least": 2, "wide_mm": 9.0}}}
}


def recipe_for_a_model(file: Path) -> object:
    return load_recipe(file).applied_to(CLASSES)


CODES = tomllib.loads((ROOT / "edge" / "codes" / "example.toml").read_text())
for of_class in (*CODES["classes"].values(), CODES["default"]):
    del of_class["text"]  # its keys are languages, and a plant may have any


def codes_for_a_model(file: Path) -> object:
    return load_codes(file, [*CODES["classes"], "stain"])


READERS: dict[str, tuple[Callable[[Path], object], dict[str, Any]]] = {
    "station": (load_station, STATION),
    "camera": (load_camera_file, CAMERA),
    "recipe": (recipe_for_a_model, RECIPE),
    "codes": (codes_for_a_model, CODES),
}
LOADERS = [load_station, load_camera_file, load_recipe, codes_for_a_model]


@pytest.mark.parametrize("kind", READERS)
def test_every_misspelt_key_in_every_table_is_refused_with_the_right_key(kind: str, tmp_path: Path) -> None:
    read, body = READERS[kind]
    read(written(tmp_path, body))
    for key, wrong, changed in misspelt(body):
        with pytest.raises(SkelpError) as refused:
            read(written(tmp_path, changed))
        if "Field required: 'kind'" not in str(refused.value):  # without its kind, the known keys of a camera are not known
            assert wrong in str(refused.value)
            assert f"did you mean {key}?" in str(refused.value)


@pytest.mark.parametrize(
    "kind", [kind for kind in READERS if kind != "codes"]
)  # a plant may have codes of classes that another model knows
def test_an_unknown_key_in_any_table_is_refused_with_all_known_keys(kind: str, tmp_path: Path) -> None:
    read, body = READERS[kind]
    for number in range(len(list(tables(body)))):
        changed = copy.deepcopy(body)
        table = list(tables(changed))[number]
        table["zzz"] = 1 if "scratch" not in table else {"ignore": True}
        with pytest.raises(SkelpError, match=r"zzz.*known are ") as refused:
            read(written(tmp_path, changed))
        assert all(key in str(refused.value) for key in table if key != "zzz")


@pytest.mark.parametrize("read", LOADERS)
def test_a_file_that_cannot_be_read_is_refused_with_the_cause(read: Callable[[Path], object], tmp_path: Path) -> None:
    latin, bom, broken = tmp_path / "latin.toml", tmp_path / "bom.toml", tmp_path / "broken.toml"
    latin.write_bytes('name = "Stra\xdfe"'.encode("latin-1"))
    bom.write_bytes(b"\xef\xbb\xbfzzz = 1")
    broken.write_text("name = \n")
    for file, message in (
        (tmp_path / "none.toml", "there is no .* holds examples"),
        (tmp_path, "is a folder, not a .* file"),
        (latin, "is not UTF-8 .byte 0xdf at 12.; save it as UTF-8"),
        (broken / "x.toml", "cannot be read: Not a directory"),
        (tmp_path / "a\0b.toml", "cannot be read: .*null"),
        (broken, "is not TOML: .*line 1"),
        (bom, "zzz: unknown key"),  # a byte order mark, as Windows writes it, is no fault
    ):
        with pytest.raises(SkelpError, match=message):
            read(file)


@pytest.mark.parametrize(
    ("kind", "path", "value", "message"),
    [
        ("station", ("cameras", 0, "width"), -1, "cameras.0.width: Input should be greater than or equal to 128 (got -1)"),
        ("station", ("cameras", 0, "mm_per_px"), float("nan"), "cameras.0.mm_per_px: Input should be a finite number (got nan)"),
        ("station", ("cameras", 0, "line_rate_hz"), float("inf"), "cameras.0.line_rate_hz: Input should be a finite number (got inf)"),
        ("station", ("cameras", 0, "kind"), "sinthetic", "did you mean synthetic?"),
        ("station", ("cameras", 0, "side"), "tob", "did you mean top?"),
        ("station", ("model", "provider"), "openvini", "did you mean openvino?"),
        ("station", ("server", "port"), "many", "server.port: Input should be a valid integer"),
        ("station", ("storage", "crops_max_gb"), float("inf"), "storage.crops_max_gb: Input should be a finite number"),
        ("station", ("storage", "retention"), {"events_years": 0.0}, "events_years: Input should be greater than or equal to 0.1"),
        ("camera", ("mm_per_line",), float("nan"), "mm_per_line: Input should be a finite number"),
        ("camera", ("features", 0), ["Gain", [1]], "features.0.1: Input should be a valid boolean"),
        ("recipe", ("classes", "scratch", "threshold"), 1.5, "classes.scratch: threshold must be from 0 to 1, got 1.5"),
        ("recipe", ("classes", "scratch", "threshold"), float("nan"), "classes.scratch.threshold: Input should be a finite number"),
        ("recipe", ("classes", "scratch", "min_area_mm2"), -1.0, "classes.scratch: min_area_mm2 must be 0 or more, got -1.0"),
        ("recipe", ("severity", "area_mm2"), [50.0, 20.0, 10.0], "severity: area_mm2 must rise"),
        ("recipe", ("severity", "area_mm2"), [50.0, 50.0, 60.0], "severity: area_mm2 must rise"),
        ("recipe", ("severity", "area_mm2"), [-1.0, 5.0, 6.0], "severity: area_mm2 must rise"),
        ("recipe", ("severity", "area_mm2"), [1.0, 2.0, 3.0, 3.0], "severity: area_mm2 must rise"),
        ("recipe", ("severity", "area_mm2"), [1.0, 2.0], "severity: area_mm2 must have 3 limits, for grades 2 to 4, or 4"),
        ("recipe", ("severity", "area_mm2"), [1.0, float("nan"), 3.0], "severity.area_mm2.1: Input should be a finite number"),
        ("recipe", ("severity", "long_mm"), -1.0, "severity: long_mm must be 0 or more"),
        ("recipe", ("severity", "wide_mm"), -1.0, "severity: wide_mm must be 0 or more"),
        ("recipe", ("severity", "contrast"), -0.1, "severity: contrast must be 0 or more, got -0.1"),
        ("recipe", ("severity", "edge"), 5, "severity: edge must be from -4 to 4, got 5"),
        ("recipe", ("severity", "edge"), -1, "severity: edge -1 needs edge_mm"),
        ("recipe", ("severity", "at_least"), 0, "severity: at_least must be from 1 to 5, got 0"),
        ("recipe", ("severity", "at_most"), 6, "severity: at_most must be from 1 to 5, got 6"),
        ("recipe", ("severity",), {"at_least": 3, "at_most": 2}, "severity: at_least 3 is more than at_most 2"),
        ("recipe", ("classes", "scratch", "severity"), {"area_mm2": [3, 2, 1]}, "classes.scratch.severity: area_mm2 must rise"),
        ("recipe", ("classes", "scratch", "severity"), {"long_mm": -1.0}, "classes.scratch.severity: long_mm must be 0 or more"),
        (
            "recipe",
            ("classes", "scratch", "severity"),
            {"edge": 2},
            "scratch.severity: with the rules for all classes, edge 2 needs",
        ),
        ("recipe", ("hold_from_severity",), 0, "hold_from_severity must be from 1 to 6, got 0"),
        ("recipe", ("hold_from_severity",), 7, "hold_from_severity must be from 1 to 6, got 7"),
        ("recipe", ("hold_above_defects_per_100m",), float("nan"), "hold_above_defects_per_100m: Input should be a finite number"),
        ("recipe", ("hold_above_uninspected_m",), -0.1, "hold_above_uninspected_m must be 0 or more"),
        ("recipe", ("hold_above_uninspected_m",), float("inf"), "hold_above_uninspected_m: Input should be a finite number"),
        ("recipe", ("bridge_mm",), -1.0, "bridge_mm must be 0 or more"),
        ("recipe", ("edge_margin_mm",), -1.0, "edge_margin_mm must be 0 or more"),
        ("recipe", ("strip_width_mm",), 4.0, "edge_margin_mm 2.0 at either edge leaves nothing of strip_width_mm 4.0"),
    ],
)
def test_a_wrong_value_is_refused_with_file_key_and_value(
    kind: str, path: tuple[str | int, ...], value: object, message: str, tmp_path: Path
) -> None:
    read, body = READERS[kind]
    changed: Any = copy.deepcopy(body)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    file = written(tmp_path, changed)
    with pytest.raises(SkelpError) as refused:
        read(file)
    assert message in str(refused.value)
    assert str(file) in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("SKELP_SERVR__PORT", "1", "SKELP_SERVR__PORT in the environment has no effect; did you mean SKELP_SERVER__PORT?"),
        ("SKELP_SERVER__PROT", "1", "did you mean SKELP_SERVER__PORT?"),
        ("skelp_nmae", "x", "skelp_nmae in the environment has no effect; did you mean SKELP_NAME?"),
        ("SKELP_CAMERAS__0__WIDTH", "512", "did you mean SKELP_CAMERAS?"),
        ("SKELP_SERVER__PORT", "many", "SKELP_SERVER__PORT: Input should be a valid integer"),
        ("SKELP_SERVER", '{"prot": 1}', "SKELP_SERVER.prot: unknown key; did you mean port?"),
        ("SKELP_SERVER", "{", "its value must be JSON"),
        ("SKELP_SAMPLES__EVERY_M", "nan", "SKELP_SAMPLES__EVERY_M: Input should be a finite number"),
    ],
)
def test_an_unknown_or_wrong_environment_variable_is_refused_by_its_name(
    name: str, value: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, STATION)
    monkeypatch.setenv(name, value)
    with pytest.raises(SkelpError) as refused:
        load_station(file)
    assert message in str(refused.value)


@pytest.mark.parametrize("name", ["SKELP_BLOCK_LINES", "SKELP_BLOCK_LINE"])
def test_the_demo_also_refuses_wrong_environment_variables(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, "33")
    assert main(["demo", "--port", "0", "--seconds", "1", "--no-browser"]) == 1
    assert name in capsys.readouterr().err


def test_the_environment_overrides_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKELP_SERVER__PORT", "9000")
    monkeypatch.setenv("skelp_samples__keep", "7")
    config = load_station(written(tmp_path, STATION), name="from-code")
    assert (config.name, config.server.port, config.server.host) == ("from-code", 9000, STATION["server"]["host"])
    assert (config.samples.keep, config.samples.every_m) == (7, 10.0)
    monkeypatch.delenv("SKELP_SERVER__PORT")
    assert load_station(written(tmp_path, STATION)).server.port == STATION["server"]["port"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"classes": [{"id": 1, "name": "x", "treshold": 0.9}]}, "classes.0.treshold: unknown key; did you mean threshold"),
        ({"classes": [{"id": 1, "name": "x", "threshold": 1.5}]}, "classes.0.threshold: .*less than or equal to 1"),
        ({"license": "x"}, "unknown key license; did you mean licence"),
        ({"trained_onn": []}, "did you mean trained_on"),
        ({"mm_per_px": float("nan")}, "mm_per_px: Input should be a finite number"),
    ],
)
def test_a_card_with_a_misspelt_key_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(CardError, match=message):
        ModelCard.parse(json.dumps(CARD | change), where="m.onnx")


def test_a_card_may_have_other_keys() -> None:
    card = ModelCard.parse(json.dumps(CARD | {"trained_with": {"net": "s"}, "quality": {}, "qualities": 1}), where="m.onnx")
    assert card.model_extra == {"trained_with": {"net": "s"}, "qualities": 1}


def test_inspect_and_run_refuse_a_recipe_with_a_class_that_the_model_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, recipe = bright_spots(tmp_path / "m.onnx"), written(tmp_path, {"classes": {"brigt": {"ignore": True}}})
    message = r"\[classes.brigt\] is no class of the model; did you mean bright\?"
    choice = ModelChoice(path=model, provider="cpu")
    with pytest.raises(SkelpError, match=message):
        Offline(choice, load_recipe(recipe))
    station = {"recipe": str(recipe), "model": {"path": str(model), "provider": "cpu"}, "storage": {"folder": str(tmp_path / "data")}}
    file = tmp_path / "station.toml"
    file.write_text(tomlkit.dumps({**station, "server": {"port": 0}, "cameras": [{"kind": "synthetic", "width": 512}]}))
    assert main(["run", str(file)]) == 1
    assert "[classes.brigt] is no class of the model" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()  # refused before the last run's coil is made final


def test_the_nearest_name_is_found_in_upper_and_lower_case() -> None:
    assert nearest("Scrach", ["scratch", "patch"]) == "scratch"
    assert nearest("zzz", ["scratch"]) is None
    assert suggestion("zzz", ["scratch", "patch"]) == "known are patch, scratch"


def test_a_file_is_read_into_a_pydantic_model(tmp_path: Path) -> None:
    assert load(written(tmp_path, STATION), StationConfig, "station file", "").name == "line-1"


def test_a_missing_camera_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SkelpError, match="there is no camera file"):
        edit(tmp_path / "gone.toml", {"width": 1})


def test_the_command_line_refuses_an_unknown_provider_with_the_nearest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--provider", "cbu"]) == 1
    assert "did you mean cpu?" in capsys.readouterr().err
