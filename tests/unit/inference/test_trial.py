"""`auto` takes what is fastest on the model itself, says so, and does not try again at the next start."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from skelp.domain.errors import SkelpError
from skelp.domain.status import EngineInfo
from skelp.inference import machine, trial, trial_file
from skelp.inference.engine import Engine, Network, Shape
from skelp.inference.model_file import ModelFile
from skelp.inference.providers import Candidate, Precision, Provider
from skelp.inference.screened import ScreenedSegmenter
from skelp.inference.segmenter import OnnxSegmenter
from skelp.inference.trial import settled
from tests.models import bright_spots, with_screen

BF16, FP32, CPU = (
    Candidate(Provider.OPENVINO, Precision.BF16),
    Candidate(Provider.OPENVINO, Precision.FP32),
    Candidate(Provider.CPU, Precision.FP32),
)
SHAPE: Shape = (1, 1, 512, 1000)


class Machine:
    """A machine on which a run of the network takes a given time, on a clock that only these runs move. `opened`: what was opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, run_s: dict[Candidate, float], broken: Sequence[Candidate] = ()) -> None:
        self.now, self.runs = 0.0, 0
        self.opened: list[Candidate] = []
        self._run_s, self._broken = run_s, broken
        monkeypatch.setattr(trial, "candidates", lambda *_: list(run_s))
        monkeypatch.setattr(trial, "open_network", self._open)
        monkeypatch.setattr(trial, "machine_for", lambda provider: {"runtime": f"{provider} 1.0"})

    def clock(self) -> float:
        return self.now

    def _open(self, network: Network, engine: Engine, shape: Shape, report: Any) -> tuple[Any, EngineInfo]:
        candidate = Candidate(Provider(engine.provider), Precision(engine.precision))
        self.opened.append(candidate)
        if candidate in self._broken:
            raise SkelpError(f"provider {engine.provider} cannot open the model: no memory")
        owner = self

        class Session:
            def run(self, *_: Any) -> None:
                owner.now += owner._run_s[candidate]
                owner.runs += 1

        return Session(), EngineInfo(engine.provider, engine.precision, 1, engine.why)


@pytest.fixture
def model(tmp_path: Path) -> ModelFile:
    return ModelFile.open(bright_spots(tmp_path / "m.onnx"))


def auto(folder: Path, provider: str = "auto") -> Engine:
    return Engine(provider, "auto", 2, folder)


def test_the_fastest_is_taken_and_the_reason_names_the_speeds(model: ModelFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = Machine(monkeypatch, {BF16: 0.02, FP32: 0.01, CPU: 0.04})
    found = settled(model, auto(tmp_path), SHAPE, clock=there.clock)
    assert (found.provider, found.precision) == ("openvino", "fp32")
    assert found.why.startswith("auto: 51.2 MPix/s, openvino bf16 25.6 MPix/s, cpu fp32 12.8 MPix/s in a trial")
    assert (found.threads, found.cache) == (2, tmp_path)
    assert settled(model, found, SHAPE, clock=there.clock) is found, "what is settled is not tried again"


def test_of_those_that_are_about_as_fast_the_better_provider_is_taken(
    model: ModelFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = Machine(monkeypatch, {FP32: 0.0105, CPU: 0.01})
    assert settled(model, auto(tmp_path / "close"), SHAPE, clock=close.clock).provider == "openvino"
    apart = Machine(monkeypatch, {FP32: 0.012, CPU: 0.01})
    assert settled(model, auto(tmp_path / "apart"), SHAPE, clock=apart.clock).provider == "cpu"


def test_a_trial_takes_about_a_second_and_no_more_than_some_runs(model: ModelFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Machine(monkeypatch, {FP32: 0.3, CPU: 2.0})
    settled(model, auto(tmp_path / "slow"), SHAPE, clock=slow.clock)
    warm_ups, least = 2 * (0.3 + 2.0), 0.3 + 2.0
    assert slow.now <= warm_ups + least + trial._TRIAL_S
    quick = Machine(monkeypatch, {FP32: 1e-4, CPU: 1e-4})
    settled(model, auto(tmp_path / "quick"), SHAPE, clock=quick.clock)
    assert quick.runs == 2 * (2 + trial._MOST_RUNS)


def test_the_next_start_takes_what_was_found(model: ModelFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = Machine(monkeypatch, {FP32: 0.02, CPU: 0.01})
    first = settled(model, auto(tmp_path), SHAPE, clock=there.clock)
    again = Machine(monkeypatch, {FP32: 0.001, CPU: 0.01})
    second = settled(model, auto(tmp_path), SHAPE, clock=again.clock)
    assert (second.provider, again.opened) == (first.provider, [])
    assert "cpu" in first.provider
    assert "in a trial on 2" in second.why


@pytest.mark.parametrize("changed", ["model", "shape", "threads", "machine", "candidates", "format"])
def test_another_model_shape_or_machine_is_tried_anew(
    changed: str, model: ModelFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(model, auto(tmp_path), SHAPE, clock=Machine(monkeypatch, {FP32: 0.02, CPU: 0.01}).clock)
    again = Machine(monkeypatch, {FP32: 0.01, CPU: 0.02} if changed != "candidates" else {BF16: 0.1, FP32: 0.01, CPU: 0.02})
    engine = replace(auto(tmp_path), threads=1 if changed == "threads" else 2)
    if changed == "machine":
        monkeypatch.setattr(trial, "machine_for", lambda provider: {"runtime": f"{provider} 2.0"})
    if changed == "format":
        monkeypatch.setattr(trial, "Conditions", lambda **facts: trial_file.Conditions(format=2, **facts))
    other = replace(model, sha256="f" * 64) if changed == "model" else model
    found = settled(other, engine, (2, 1, 512, 1000) if changed == "shape" else SHAPE, clock=again.clock)
    assert (found.provider, found.precision) == ("openvino", "fp32")
    assert again.opened


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\x00", b'{"mpix_per_s": {}}', None])
def test_a_broken_file_is_ignored_and_written_anew(
    content: bytes | None, model: ModelFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = Machine(monkeypatch, {FP32: 0.02, CPU: 0.01})
    settled(model, auto(tmp_path), SHAPE, clock=there.clock)
    (file,) = (tmp_path / "trials").glob("*.json")
    if content is None:
        stored = json.loads(file.read_text())
        stored["mpix_per_s"]["cpu fp32"] = -1
        content = json.dumps(stored).encode()
    file.write_bytes(content)
    again = Machine(monkeypatch, {FP32: 0.02, CPU: 0.01})
    assert settled(model, auto(tmp_path), SHAPE, clock=again.clock).provider == "cpu"
    assert again.opened == [FP32, CPU]
    assert json.loads(file.read_text())["mpix_per_s"]["cpu fp32"] == pytest.approx(51.2)
    assert sorted(f.name for f in file.parent.iterdir()) == sorted([file.name, "lock"]), "no draft is left"


def test_what_cannot_open_is_not_taken_and_tried_again_at_the_next_start(
    model: ModelFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = Machine(monkeypatch, {FP32: 0.001, CPU: 0.01}, broken=[FP32])
    found = settled(model, auto(tmp_path), SHAPE, clock=there.clock)
    assert found.provider == "cpu"
    assert "openvino fp32 failed: provider openvino cannot open the model: no memory" in found.why
    healed = Machine(monkeypatch, {FP32: 0.001, CPU: 0.01})
    assert settled(model, auto(tmp_path), SHAPE, clock=healed.clock).provider == "openvino"
    broken = Machine(monkeypatch, {FP32: 0.001, CPU: 0.01}, broken=[FP32, CPU])
    with pytest.raises(SkelpError, match=r"no provider can run the model; openvino fp32 failed: .*; cpu fp32 failed: .*run skelp doctor"):
        settled(model, auto(tmp_path / "other"), SHAPE, clock=broken.clock)


def test_a_cache_that_cannot_be_written_stops_no_station(model: ModelFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    reports: list[str] = []
    there = Machine(monkeypatch, {FP32: 0.02, CPU: 0.01})
    assert settled(model, auto(tmp_path / "file"), SHAPE, reports.append, clock=there.clock).provider == "cpu"
    assert reports[0] == "trying openvino fp32, cpu fp32 on the model, about 1 s"
    assert "the next start tries again: cannot write" in reports[1]
    assert "set model.cache" in reports[1]


def test_what_was_asked_for_is_not_tried(model: ModelFile, tmp_path: Path) -> None:
    found = settled(model, Engine("cpu", "auto", 1, tmp_path / "none"), SHAPE)
    assert (found.provider, found.precision, found.why) == ("cpu", "fp32", "requested")
    assert not (tmp_path / "none").exists()


def test_of_a_requested_provider_only_the_precision_is_tried(model: ModelFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = Machine(monkeypatch, {BF16: 0.01, FP32: 0.02})
    found = settled(model, auto(tmp_path, "openvino"), SHAPE, clock=there.clock)
    assert found.precision == "bf16"
    assert found.why.startswith("provider requested, precision auto: 51.2 MPix/s, openvino fp32 25.6 MPix/s in a trial")


def test_a_segmenter_with_auto_says_how_it_was_chosen(tmp_path: Path) -> None:
    model = ModelFile.open(with_screen(bright_spots(tmp_path / "m.onnx")))
    engine = Engine("auto", "auto", 1, tmp_path / "cache")
    whole = OnnxSegmenter(model, engine, batch=2, height=64, width=640)
    screened = ScreenedSegmenter(model, engine, batch=2, height=64, width=640)
    for info in (whole.info, screened.info):
        assert info.reason.startswith("auto: ")
    tried = list((tmp_path / "cache").glob("trials/*.json"))
    assert len(tried) in (0, 2), "none if there is one provider only; else one for each batch: windows and screen use what the whole does"


def test_a_machine_is_named_by_versions_and_processor() -> None:
    for provider in Provider:
        facts = machine.machine_for(provider)
        assert facts["onnxruntime"].startswith("onnxruntime")
        assert facts["cpu"]
        assert all(facts.values())


def test_two_starts_at_once_do_not_measure_each_other(model: ModelFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one waits, and takes what the first one found."""
    slow = Machine(monkeypatch, {FP32: 0.02, CPU: 0.01})
    found: list[Engine] = []
    second = threading.Thread(target=lambda: found.append(settled(model, auto(tmp_path), SHAPE)))
    measured = trial._try

    def trying(*arguments: Any) -> Any:
        second.start()
        second.join(0.3)
        assert not found, "it waits"
        return measured(*arguments)

    monkeypatch.setattr(trial, "_try", trying)
    first = settled(model, auto(tmp_path), SHAPE, clock=slow.clock)
    second.join(10)
    assert [e.provider for e in found] == [first.provider] == ["cpu"]
    assert "in a trial on 2" in found[0].why
