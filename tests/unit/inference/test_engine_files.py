"""An engine that was compiled ahead runs where it was compiled for, and is refused everywhere else."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skelp import cli
from skelp.config import ModelChoice
from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe
from skelp.domain.strip import CameraView, Scale, Side
from skelp.inference import compiler, engine_file, providers, sessions
from skelp.inference.compiler import compile_networks, shapes_of
from skelp.inference.engine import Engine, Ready, Shape, network_of
from skelp.inference.engine_file import EngineError, Made, with_engines, write_engines
from skelp.inference.model_file import ModelFile
from skelp.inference.providers import Offer, Provider
from skelp.inference.segmenter import OnnxSegmenter
from skelp.model import make_segmenter
from tests.models import bright_spots, with_distance, with_screen

SHAPE: Shape = (1, 1, 64, 96)
PLUGIN = providers.openvino()[0] not in (None, providers.OPENVINO)
needs_plugin = pytest.mark.skipif(not PLUGIN, reason="only the OpenVINO plug-in can open its own engines on a CPU")


def cpu(folder: Path, provider: str = "cpu", precision: str = "fp32") -> Engine:
    return Engine(provider, precision, 1, folder)


@pytest.fixture
def model(tmp_path: Path) -> ModelFile:
    return ModelFile.open(bright_spots(tmp_path / "m.onnx"))


@pytest.fixture
def file(model: ModelFile, tmp_path: Path) -> Path:
    """An engine file for the CPU provider, which only reads it: it holds the model as it is."""
    write_engines(tmp_path / "m.engine", model, cpu(tmp_path), [Made("model", SHAPE, Ready(model.data, 7, 2))])
    return tmp_path / "m.engine"


def changed(file: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the record of an engine file."""
    with zipfile.ZipFile(file) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    record = json.loads(parts["record.json"])
    change(record)
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in (parts | {"record.json": json.dumps(record).encode()}).items():
            archive.writestr(name, data)


def opened(model: ModelFile, engine: Engine, shape: Shape = SHAPE) -> OnnxSegmenter:
    return OnnxSegmenter(model, engine, batch=shape[0], height=shape[2], width=shape[3])


@pytest.mark.parametrize("provider", ["cpu", "auto"])
def test_a_file_that_fits_is_used_and_settles_auto(provider: str, model: ModelFile, file: Path, tmp_path: Path) -> None:
    segmenter = opened(model, with_engines(model, cpu(tmp_path, provider, "auto"), file))
    info = segmenter.info
    assert (info.provider, info.precision, info.nodes, info.nodes_on_cpu) == ("cpu", "fp32", 7, 2)
    assert info.reason.startswith(f"compiled ahead: {file}, 20")
    frames = np.full((1, 1, 64, 96), 250, np.uint8)
    assert np.array_equal(segmenter.run(frames).class_id, opened(model, cpu(tmp_path)).run(frames).class_id)


CASES: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("model", lambda r: r.update(model="0" * 64), r"compiled from bright 1, sha256 000000000000, and .*m\.onnx has"),
    ("version", lambda r: r["machine"].update(onnxruntime="onnxruntime 1.0"), "compiled for onnxruntime onnxruntime 1.0, here it is onnx"),
    ("driver", lambda r: r["machine"].update(driver="1.2"), "compiled for driver 1.2, here it is none"),
    ("hardware", lambda r: r["machine"].pop("cpu"), "compiled for cpu none, here it is "),
    ("format", lambda r: r.update(format=2), "its format is 2, this skelp reads 1"),
]


@pytest.mark.parametrize(("change", "message"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_file_for_something_else_is_refused(
    change: Callable[[dict[str, Any]], object], message: str, model: ModelFile, file: Path, tmp_path: Path
) -> None:
    changed(file, change)
    with pytest.raises(EngineError, match=message) as refused:
        with_engines(model, cpu(tmp_path), file)
    again = f"skelp model compile {model.path} --out {file} --precision fp32 --batch 1 --height 64 --width 96"
    assert str(refused.value).endswith(f"compile it again here: {again}")


@pytest.mark.parametrize(
    ("provider", "precision", "message"), [("cuda", "auto", "provider is cpu, and cuda"), ("cpu", "bf16", "precision is fp32, and bf16")]
)
def test_what_was_asked_for_is_not_replaced(
    provider: str, precision: str, message: str, model: ModelFile, file: Path, tmp_path: Path
) -> None:
    with pytest.raises(EngineError, match=f"its {message} was asked for"):
        with_engines(model, cpu(tmp_path, provider, precision), file)


def test_all_that_differs_is_named_at_once(model: ModelFile, file: Path, tmp_path: Path) -> None:
    changed(file, lambda r: r["machine"].update(onnxruntime="1.0", cpu="i386"))
    with pytest.raises(EngineError, match=r"for cpu i386, .*; it was compiled for onnxruntime 1\.0"):
        with_engines(model, cpu(tmp_path), file)


def test_another_shape_is_refused_with_the_options_for_it(model: ModelFile, file: Path, tmp_path: Path) -> None:
    with pytest.raises(
        EngineError, match=r"batches of 1 x 64 x 96 px, and the model is needed for 2 x 64 x 128; .*--batch 2 .*--width 128"
    ):
        opened(model, with_engines(model, cpu(tmp_path), file), (2, 1, 64, 128))


def test_a_network_that_is_not_what_was_written_is_refused(model: ModelFile, file: Path, tmp_path: Path) -> None:
    changed(file, lambda r: r["networks"][0].update(sha256="0" * 64))
    with pytest.raises(EngineError, match=r"damaged: model-1x64x96\.onnx is not what was written"):
        opened(model, with_engines(model, cpu(tmp_path), file))


def test_a_file_that_cannot_be_read_is_refused(model: ModelFile, file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    for content, message in (
        (b"", "no engine file, or it is damaged"),
        (whole[:-40], "no engine file, or it is damaged"),
        (whole.replace(b"record.json", b"recore.json"), "no engine file, or it is damaged"),
        (whole.replace(b'"provider"', b'"provides"'), "no engine file, or it is damaged"),  # the ZIP file's own check
    ):
        file.write_bytes(content)
        with pytest.raises(EngineError, match=message):
            with_engines(model, cpu(tmp_path), file)
    file.write_bytes(whole)
    changed(file, lambda r: r.update(provider="quantum"))
    with pytest.raises(EngineError, match=r"record.json that this skelp cannot read \(it reads format 1\)"):
        with_engines(model, cpu(tmp_path), file)
    with pytest.raises(EngineError, match="there is no engine file"):
        with_engines(model, cpu(tmp_path), tmp_path / "none")
    with pytest.raises(EngineError, match="cannot be read: Is a directory"):
        with_engines(model, cpu(tmp_path), tmp_path)


def test_a_line_uses_the_file_that_its_choice_names(model: ModelFile, file: Path) -> None:
    view, choice = CameraView("cam", 96, Scale(0.25, 0.25)), ModelChoice(path=model.path, threads=1, engine=file)
    with pytest.raises(EngineError, match=r"needed for 1 x 96 x 96; .* --batch 1 --height 96 --width 96"):
        make_segmenter(model, choice, [view], Recipe(), 64)
    write_engines(file, model, cpu(file.parent), [Made("model", (1, 1, 96, 96), Ready(model.data, 7, 2))])
    assert make_segmenter(model, choice, [view], Recipe(), 64).info.reason.startswith("compiled ahead")


def test_the_networks_of_a_screened_line_are_compiled_too(tmp_path: Path) -> None:
    model = ModelFile.open(with_screen(bright_spots(tmp_path / "m.onnx")))
    assert [(n.name, s) for n, s in shapes_of(model, (2, 1, 64, 640))] == [
        ("model", (2, 1, 64, 640)),
        ("screen", (2, 1, 64, 640)),
        ("model", (1, 1, 64, 640)),
        ("model", (1, 1, 64, 384)),
        ("model", (1, 1, 64, 512)),
    ]
    assert [s for _, s in shapes_of(model, (1, 1, 64, 512))] == [(1, 1, 64, 512), (1, 1, 64, 512), (1, 1, 64, 384)]
    assert [s for _, s in shapes_of(model, (1, 1, 64, 128))] == [(1, 1, 64, 128), (1, 1, 64, 128)], "windows are of no use here"


@pytest.mark.parametrize("provider", [Provider.CPU, Provider.CUDA])
def test_a_provider_that_compiles_nothing_ahead_says_so(provider: Provider, model: ModelFile, tmp_path: Path) -> None:
    with pytest.raises(SkelpError, match=f"provider {provider} compiles nothing ahead; .*choose tensorrt or openvino"):
        compile_networks(model, cpu(tmp_path, provider.value), np.zeros((1, 1, 32, 32), np.uint8))


def test_an_engine_that_answers_otherwise_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The CPU provider stands for one that compiles ahead; what it "compiled" is given by the test."""
    model = ModelFile.open(with_distance(tmp_path / "m.onnx", grey=100))
    other = with_distance(tmp_path / "o.onnx", grey=100, limit=240).read_bytes()
    frames = np.full((1, 1, 64, 96), 90, np.uint8)
    frames[..., :8, :32] = 220
    made: dict[str, bytes] = {}

    def compile_ahead(data: bytes, *rest: Any) -> sessions.Compiled:
        return sessions.Compiled(made["engine"], sessions.session_for(data, *rest))

    monkeypatch.setattr(compiler, "compile_ahead", compile_ahead)
    made["engine"] = model.data
    found = compile_networks(model, cpu(tmp_path), frames)
    assert (found.different, found.networks[0].ready.data) == (0.0, model.data)
    made["engine"] = other
    with pytest.raises(SkelpError, match=r"for 1x64x96 answers otherwise than the model in 100\.00% of the cells of defects"):
        compile_networks(model, cpu(tmp_path), frames)
    made["engine"] = b"nothing"
    with pytest.raises(SkelpError, match="cpu wrote an engine that it cannot run"):
        compile_networks(model, cpu(tmp_path), frames)


@needs_plugin
def test_openvino_starts_with_what_it_compiled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, engines = with_screen(with_distance(tmp_path / "m.onnx", grey=100)), tmp_path / "m.engine"
    options = ("--out", engines, "--provider", "openvino", "--precision", "fp32", "--width", 640, "--height", 96)
    assert cli.main(["model", "compile", str(path), *map(str, options)]) == 0
    said = capsys.readouterr()
    assert "model-1x96x640, screen-1x96x640, model-1x96x384, model-1x96x512" in said.out
    assert "0.00% of the cells of defects differ" in said.out
    model, view = ModelFile.open(path), CameraView("cam", 640, Scale(0.25, 0.25))
    choice = ModelChoice(path=path, precision="fp32", threads=1, engine=engines)
    for recipe in (Recipe(), Recipe(screen=(Side.TOP,))):
        compiled = make_segmenter(model, choice, [view], recipe, 64)
        plain = make_segmenter(model, choice.model_copy(update={"engine": None, "provider": "openvino"}), [view], recipe, 64)
        frames = np.random.default_rng(1).integers(0, 256, (1, 1, 96, 640), np.uint8)
        assert np.array_equal(compiled.run(frames).class_id, plain.run(frames).class_id)
        assert compiled.info == replace(plain.info, reason=compiled.info.reason)


@needs_plugin
def test_nothing_is_written_where_compiling_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = bright_spots(tmp_path / "m.onnx")
    for options, message in (
        (("--provider", "cpu"), "provider cpu compiles nothing ahead"),
        (("--height", "100"), "must be multiples of 32"),
        (("--provider", "openvino", "--out", str(tmp_path / "none" / "m.engine")), "cannot write"),
    ):
        arguments = ["model", "compile", str(path), "--out", str(tmp_path / "m.engine"), "--height", "64", "--width", "64", *options]
        assert cli.main(arguments) == 1
        assert message in capsys.readouterr().err
    assert [f.name for f in tmp_path.iterdir()] == ["m.onnx"]


def test_an_engine_file_says_for_whom_it_was_made(model: ModelFile, file: Path) -> None:
    record = engine_file.EngineFile(file).record
    assert (record.name, record.model, record.batch, record.height, record.width) == ("bright 1", model.sha256, 1, 64, 96)
    assert network_of(model).fixed((2, 1, 64, 96)) == {"n": 2, "h": 64, "w": 96}


def test_a_model_or_another_file_is_not_replaced_by_an_engine(model: ModelFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = model.path.read_bytes()
    assert cli.main(["model", "compile", str(model.path), "--out", str(model.path), "--width", "90", "--height", "64"]) == 1
    assert "m.onnx is there and is no engine file, so it stays as it is; choose another --out" in capsys.readouterr().err
    assert model.path.read_bytes() == before


def test_with_auto_a_provider_is_taken_that_compiles_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = [Offer(Provider.OPENVINO, True, ""), Offer(Provider.CPU, True, "")]
    monkeypatch.setattr(compiler, "offers", lambda: both)
    assert compiler.engine_that_compiles(cpu(tmp_path, "auto", "auto")).provider == "openvino"
    assert compiler.engine_that_compiles(cpu(tmp_path)).provider == "cpu", "what was asked for stays, and is refused with its reason"
    monkeypatch.setattr(compiler, "offers", lambda: both[1:])
    with pytest.raises(SkelpError, match=r"no provider of this machine compiles ahead \(tensorrt, openvino do\)"):
        compiler.engine_that_compiles(cpu(tmp_path, "auto", "auto"))


def test_a_station_that_asks_for_the_cpu_is_told_to_ask_for_auto(model: ModelFile, file: Path, tmp_path: Path) -> None:
    changed(file, lambda record: record.update(provider="openvino"))
    with pytest.raises(EngineError, match=r"set provider to auto, because it compiles nothing ahead") as told:
        with_engines(model, cpu(tmp_path), file)
    assert "--provider" not in str(told.value)


@pytest.mark.parametrize("bit", range(8))
def test_a_damaged_directory_of_the_zip_file_is_a_known_error_or_no_damage(model: ModelFile, file: Path, tmp_path: Path, bit: int) -> None:
    whole = bytearray(file.read_bytes())
    directory = whole.index(b"PK\x01\x02")
    for at in range(directory, directory + 46):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
        try:
            opened = with_engines(model, cpu(tmp_path), file)
            assert opened.compiled is not None
            assert opened.compiled("model", SHAPE).data == model.data
        except EngineError:
            continue
