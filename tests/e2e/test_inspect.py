"""`skelp inspect` and other commands, with the shipped model."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from skelp.capture.synthetic import MarkKind, Planted, SyntheticConfig, SyntheticStrip
from skelp.capture.synthetic.planting import Density
from skelp.cli import main
from tests.conftest import PHOTOGRAPHS
from tests.models import bright_spots, with_distance, with_screen

PLANTED = (
    Planted(MarkKind.SCRATCH, 300, 300, 1200, 5, seed=1),
    Planted(MarkKind.PATCH, 2000, 500, 120, 110, seed=2),
    Planted(MarkKind.INCLUSION, 2600, 200, 90, 26, seed=3),
)


@pytest.fixture
def strip(tmp_path: Path) -> Path:
    """A folder with three image files of one strip, with three defects."""
    made = SyntheticStrip(SyntheticConfig(seed=9, width=1024, density=Density.clean(), extra=PLANTED))
    folder = tmp_path / "strip"
    folder.mkdir()
    for n in range(3):
        Image.fromarray(made.pixels(n * 1000, 1000)).save(folder / f"{n}.png")
    return folder


def even_steel(lines: int, width: int) -> NDArray[np.uint8]:
    """Steel without structure. A picture of one grey everywhere would be no picture."""
    steel = np.full((lines, width), 90, np.uint8)
    steel[0, 0] = 91
    return steel


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(a) for a in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_inspect_writes_defects_coverage_crops_and_coil_map(strip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    code, stdout, _ = run(capsys, "inspect", strip, "--out", out, "--json")
    assert code == 0
    facts = json.loads(stdout)
    assert (facts["lines"], facts["inspected_lines"], facts["lost_lines"]) == (3000, 3000, 0)
    assert facts["by_class"] == {"inclusion": 1, "patch": 1, "scratch": 1}
    assert facts["length_m"] == 0.75
    defects = json.loads((out / "defects.json").read_text())
    assert [d["class"] for d in defects] == ["scratch", "patch", "inclusion"]
    for found, planted in zip(defects, PLANTED, strict=True):
        assert found["along_mm"] == pytest.approx(planted.line * 0.25, abs=4)
        assert found["cut_by_gap"] is False
    with (out / "defects.csv").open() as f:
        assert [r["defect_id"] for r in csv.DictReader(f)] == [d["defect_id"] for d in defects]
    assert len(list((out / "crops").glob("*.jpg"))) == 3
    with Image.open(out / "coil-map.png") as picture:
        assert picture.size == (1600, 686)
    coil = json.loads((out / "coil.json").read_text())
    assert coil["decision"] in ("accept", "hold")
    assert sum(i["lines"] for i in coil["coverage"]) == 3000


def test_a_folder_that_is_used_again_holds_only_the_last_strip(strip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, clean = tmp_path / "out", tmp_path / "clean.png"
    Image.fromarray(even_steel(640, 1024)).save(clean)
    assert run(capsys, "inspect", strip, "--out", out)[0] == 0
    (out / "crops" / "mine.jpg").write_bytes(b"of the user")
    assert run(capsys, "inspect", clean, "--out", out)[0] == 0
    assert json.loads((out / "coil.json").read_text())["defects"] == 0
    assert [f.name for f in (out / "crops").iterdir()] == ["mine.jpg"]


def test_each_image_is_a_strip_with_option_each(strip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (strip / "9.png").write_text("not an image")
    Image.fromarray(even_steel(77, 300)).save(strip / "8.png")
    code, stdout, _ = run(capsys, "inspect", strip, "--each", "--out", tmp_path / "out", "--json")
    facts = json.loads(stdout)
    assert code == 0
    assert [s["name"] for s in facts["strips"]] == ["0", "1", "2", "8", "9"]
    assert [s["lines"] for s in facts["strips"]] == [1000, 1000, 1000, 77, 0]
    assert facts["strips"][4]["reasons"][0]["code"] == "file.not_an_image"
    assert facts["lines"] == 3077
    assert (tmp_path / "out" / "1" / "coil-map.png").is_file()


def test_the_coil_map_is_in_the_requested_language(strip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def map_of(out: str, *options: str) -> bytes:
        code, _, _ = run(capsys, "inspect", strip / "0.png", "--out", tmp_path / out, *options)
        assert code == 0
        return next((tmp_path / out).rglob("coil-map.png")).read_bytes()

    english, korean = map_of("plain"), map_of("ko", "--lang", "ko")
    assert map_of("en", "--lang", "en") == english != korean
    assert map_of("each", "--each", "--lang", "ko") == korean
    assert run(capsys, "inspect", strip, "--out", tmp_path / "no", "--lang", "xx")[0] == 1


def test_a_broken_image_is_lost_and_the_coil_is_held(strip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = (strip / "1.png").read_bytes()
    (strip / "1.png").write_bytes(whole[: len(whole) // 2])
    code, stdout, _ = run(capsys, "inspect", strip, "--out", tmp_path / "out", "--json")
    facts = json.loads(stdout)
    assert code == 0
    assert (facts["inspected_lines"], facts["lost_lines"]) == (2000, 1000)
    assert facts["decision"] == "hold"
    coil = json.loads((tmp_path / "out" / "coil.json").read_text())
    assert coil["coverage"][1]["reason"]["code"] == "file.broken"


def test_a_strip_from_which_pictures_were_left_out_is_held_and_names_them(
    strip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = bright_spots(tmp_path / "bright.onnx", limit=250)
    (strip / "sub").mkdir()
    (strip / "2.png").rename(strip / "sub" / "2.png")
    (strip / "notes.txt").write_text("a note")
    for command, decision in ((["inspect", strip], "hold"), (["inspect", strip, "--recursive"], "accept")):
        out = tmp_path / decision
        code, stdout, stderr = run(capsys, *command, "--out", out, "--model", bare, "--json")
        coil = json.loads((out / "coil.json").read_text())
        assert code == 0
        assert coil["decision"] == decision
        assert "notes.txt" in stderr
        assert json.loads(stdout)["left_out"] == coil["left_out"]
        expected = {"notes.txt": 0} | ({"sub": 1} if decision == "hold" else {})
        assert {x["file"]: x["pictures"] for x in coil["left_out"]} == expected
        assert ("coil.pictures_left_out" in [r["code"] for r in coil["reasons"]]) is (decision == "hold")


def test_results_in_the_folder_of_the_pictures_are_not_inspected_as_steel(
    strip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = bright_spots(tmp_path / "bright.onnx", limit=250)
    for _ in range(2):
        _, stdout, _ = run(capsys, "inspect", strip, "--out", strip, "--model", bare, "--json")
        facts = json.loads(stdout)
        assert (facts["lines"], facts["decision"]) == (3000, "accept")
    assert {x["why"] for x in facts["left_out"]} == {"result"}


def test_a_picture_of_a_format_that_is_not_read_is_lost_in_its_place(
    strip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (strip / "1.png").rename(strip / "1.heic")
    (strip / "1.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    _, stdout, _ = run(capsys, "inspect", strip, "--out", tmp_path / "out", "--json")
    coil = json.loads((tmp_path / "out" / "coil.json").read_text())
    assert [(i["first_line"], i["state"]) for i in coil["coverage"]] == [(0, "inspected"), (1000, "lost"), (2000, "inspected")]
    assert coil["coverage"][1]["reason"]["code"] == "file.format"
    (part,) = json.loads(stdout)["not_inspected"]
    assert (part["lines"], part["reason"]["args"]["file"]) == (1000, "1.heic")
    assert coil["decision"] == "hold"


@pytest.mark.parametrize("name", ["열연강판코일검사사진폴더열일곱자임", "가" * 80, "a b (1)", "코일 2026-11-26"])
def test_a_folder_may_have_any_name(name: str, strip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = strip.rename(tmp_path / name)
    code, stdout, _ = run(capsys, "inspect", folder, "--out", tmp_path / "out" / name, "--json")
    assert code == 0
    assert json.loads(stdout)["defects"] == 3
    assert json.loads((tmp_path / "out" / name / "coil.json").read_text())["name"] == name
    crops = list((tmp_path / "out" / name / "crops").iterdir())
    assert len(crops) == 6
    (folder / "0.png").rename(folder / f"{name}.png")
    code, stdout, _ = run(capsys, "inspect", folder / f"{name}.png", "--each", "--out", tmp_path / "each", "--json")
    assert (code, json.loads(stdout)["strips"][0]["name"]) == (0, name)
    assert len(list((tmp_path / "each").glob("*/coil.json"))) == 1


def test_the_depth_of_the_values_can_be_stated(strip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def found(*options: str) -> Any:
        return json.loads(run(capsys, "inspect", strip, "--out", tmp_path / "out", "--json", *options)[1])

    eight = found()
    for file in strip.glob("*.png"):
        Image.fromarray(np.asarray(Image.open(file)).astype(np.uint16) << 4).save(file)
    assert found("--bits", "12")["by_class"] == eight["by_class"]
    refused = found()
    assert (refused["inspected_lines"], {p["reason"]["code"] for p in refused["not_inspected"]}) == (0, {"file.depth"})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["inspect", "{tmp}/missing", "--out", "{tmp}/o"], "there is no file or folder"),
        (["inspect", "{tmp}", "--out", "{tmp}/o"], "no picture in"),
        (["inspect", "{tmp}/strip", "--out", "{tmp}/strip/0.png/x"], "choose another folder with --out"),
        (["inspect", "{tmp}/strip", "--out", "{tmp}/o", "--model", "{tmp}/none.onnx"], "no model file"),
        (["inspect", "{tmp}/strip", "--out", "{tmp}/o", "--model", "{tmp}/bare.onnx"], "has no card"),
        (["inspect", "{tmp}/strip", "--out", "{tmp}/o", "--provider", "quantum"], "--provider quantum"),
        (["inspect", "{tmp}/strip", "--out", "{tmp}/o", "--bits", "7"], "--bits"),
        (["inspect", "{tmp}/strip", "--out", "{tmp}/o", "--float-range", "1,0"], "--float-range"),
        (["inspect", "{tmp}/strip", "--out", "{tmp}/o", "--float-range", "dark"], "--float-range"),
        (["inspect", "{tmp}/strip"], "Missing option '--out'"),
        (["inspect", "{tmp}/strip", "--out", "{tmp}/o", "--mm-per-px", "-1"], "--mm-per-px"),
        (["run", "{tmp}/none.toml"], "edge/ holds examples"),
        (["model", "verify", "{tmp}/bare.onnx"], "has no card"),
        (["nonsense"], "No such command"),
    ],
)
def test_a_known_error_is_printed_in_one_line_with_what_to_do(
    arguments: list[str], message: str, strip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bright_spots(tmp_path / "bare.onnx", None)
    code, _, stderr = run(capsys, *(a.format(tmp=tmp_path) for a in arguments))
    assert code == 1
    assert message in stderr
    assert len(stderr.strip().splitlines()) == 1


def test_model_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = bright_spots(tmp_path / "m.onnx")
    code, stdout, _ = run(capsys, "model", "show", file)
    assert (code, json.loads(stdout)["name"]) == (0, "bright")
    assert run(capsys, "model", "verify", file)[0] == 0


def test_doctor_accepts_this_machine(capsys: pytest.CaptureFixture[str]) -> None:
    code, stdout, _ = run(capsys, "doctor")
    assert code == 0
    assert "provider chosen" in stdout


def test_bench_measures_throughput_and_latency(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = bright_spots(tmp_path / "m.onnx")
    code, stdout, _ = run(capsys, "bench", "--model", file, "--width", 512, "--lines", 128, "--seconds", 1, "--json")
    facts = json.loads(stdout)
    assert code == 0
    assert {"provider", "precision", "mpix_per_s", "line_rate_hz", "latency_ms", "stage_share"} <= set(facts)
    assert facts["line_rate_hz"] > 0
    assert facts["latency_ms"]["p99"] >= facts["latency_ms"]["p50"] > 0


@pytest.mark.photographs
def test_every_line_of_real_strip_is_recorded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    images = PHOTOGRAPHS / "line-scan-strips" / "images"
    code, stdout, _ = run(capsys, "inspect", images, "--mm-per-px", 0.5, "--out", tmp_path / "out", "--json")
    facts = json.loads(stdout)
    assert code == 0
    assert facts["lines"] == 22_528
    assert facts["inspected_lines"] + facts["degraded_lines"] + facts["lost_lines"] == 22_528
    assert facts["lost_lines"] == 0
    assert len(list((tmp_path / "out" / "crops").glob("*.jpg"))) == facts["defects"] + sum(facts["marks"].values())


def test_a_screened_strip_has_the_same_defects_and_says_how_much_the_whole_network_saw(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = with_screen(with_distance(tmp_path / "m.onnx", grey=150))
    steel = np.random.default_rng(2).normal(90, 4, (3000, 1024)).astype(np.uint8)
    for line, column in ((40, 900), (505, 300), (1500, 20), (2980, 500)):
        steel[line : line + 16, column : column + 60] = 250
    Image.fromarray(steel).save(tmp_path / "strip.png")
    found = {}
    for screen in ("off", "on"):
        out = tmp_path / screen
        code, stdout, _ = run(capsys, "inspect", tmp_path / "strip.png", "--model", model, "--screen", screen, "--out", out, "--json")
        assert code == 0
        screened = json.loads((out / "coil.json").read_text())["screened"]
        assert json.loads(stdout)["screened"] == screened
        assert (screened is None) == (screen == "off")
        assert screened is None or 0.1 < screened["whole_network_share"] < 0.9
        found[screen] = json.loads((out / "defects.json").read_text())
    assert len(found["off"]) == 4
    assert found["on"] == found["off"]


def test_a_model_without_a_screen_is_refused_with_what_to_do(strip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = bright_spots(tmp_path / "m.onnx")
    code, _, stderr = run(capsys, "inspect", strip, "--model", model, "--screen", "on", "--out", tmp_path / "out")
    assert (code, "make a screen (skelp screen), or leave screening off" in stderr) == (1, True)


def test_each_screened_strip_has_its_own_share(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, folder = with_screen(bright_spots(tmp_path / "m.onnx")), tmp_path / "strips"
    folder.mkdir()
    steel = even_steel(512, 1024)
    Image.fromarray(steel + 160).save(folder / "a.png")
    Image.fromarray(steel).save(folder / "b.png")
    code, stdout, _ = run(capsys, "inspect", folder, "--each", "--model", model, "--screen", "on", "--out", tmp_path / "out", "--json")
    assert code == 0
    assert [s["screened"] for s in json.loads(stdout)["strips"]] == [
        {"suspicious_share": 1.0, "whole_network_share": 1.0},
        {"suspicious_share": 0.0, "whole_network_share": 0.0},
    ]
