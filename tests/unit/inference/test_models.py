"""Model cards, execution providers and the segmenter."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto

from skelp.domain.errors import SkelpError
from skelp.inference import providers
from skelp.inference.card import CardError, ModelCard
from skelp.inference.engine import Engine
from skelp.inference.model_file import ModelError, ModelFile
from skelp.inference.providers import Offer, Precision, Provider, choose, offers, resolve
from skelp.inference.segmenter import OnnxSegmenter
from skelp.model import frames_at_once
from tests.models import CARD, bright_spots, with_distance

CPU = Engine("cpu", "auto", 1, Path("/nonexistent"))


def without(key: str) -> dict[str, Any]:
    return {k: v for k, v in CARD.items() if k != key}


@pytest.mark.parametrize(
    ("card", "message"),
    [
        (None, "has no card"),
        (without("name"), "name: Field required"),
        (without("classes"), "classes: Field required"),
        (without("stride"), "stride: Field required"),
        (CARD | {"stride": 3}, "stride"),
        (CARD | {"classes": []}, "classes"),
        (CARD | {"found": {"neu": {"pictures": 3, "classes": {"other": {"defects": 1, "mean_score": 0.5}}}}}, "found names other"),
        (CARD | {"found": {"neu": {"pictures": 3, "classes": {"bright": {"defects": 0, "mean_score": 0.5}}}}}, "defects"),
        (CARD | {"classes": [{"id": 0, "name": "x"}]}, "greater than or equal to 1"),
        (CARD | {"classes": [{"id": 1, "name": "x", "pseudo": True}]}, "every class is pseudo"),
        (CARD | {"classes": [{"id": 1, "name": "x"}, {"id": 1, "name": "y"}]}, "ids must differ"),
    ],
)
def test_a_model_with_a_missing_or_wrong_card_is_refused(tmp_path: Path, card: dict[str, Any] | None, message: str) -> None:
    with pytest.raises(CardError, match=message):
        ModelFile.open(bright_spots(tmp_path / "m.onnx", card))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        (json.dumps(CARD)[:-1] + ', "stride": 8}', "key 'stride' twice"),
        ("[" * 100_000, "nested too deep"),
        ('{"stride": ' + "4" * 5000 + "}", "a number of 5000 digits"),
    ],
)
def test_a_card_that_is_not_one_json_text_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(SkelpError, match=message):
        ModelCard.parse(text, where="t")


def test_what_a_model_found_on_several_sets_is_one_figure_a_class() -> None:
    def found(**classes: tuple[int, float]) -> dict[str, Any]:
        return {"pictures": 9, "classes": {name: {"defects": n, "mean_score": score} for name, (n, score) in classes.items()}}

    classes = [{"id": 1, "name": "pit"}, {"id": 2, "name": "scratch"}]
    card = ModelCard.model_validate(
        CARD | {"classes": classes, "found": {"a": found(pit=(10, 0.9)), "b": found(pit=(30, 0.7), scratch=(1, 0.5))}}
    )
    assert {name: (c.defects, round(c.mean_score, 6)) for name, c in card.learned.items()} == {"pit": (40, 0.75), "scratch": (1, 0.5)}
    assert ModelCard.model_validate(CARD).learned == {}


def test_a_card_needs_only_four_keys() -> None:
    card = ModelCard.parse(
        json.dumps({k: CARD[k] for k in ("name", "version", "stride")} | {"classes": [{"id": 3, "name": "x"}]}), where="t"
    )
    assert card.classes[0].threshold == 0.5
    assert card.highest_id == 3


def test_a_model_with_output_that_does_not_fit_its_card_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CardError, match=r"class \[7\]"):
        ModelFile.open(bright_spots(tmp_path / "m.onnx", answer=7)).verify()
    with pytest.raises(CardError, match="stride 4"):
        ModelFile.open(bright_spots(tmp_path / "m2.onnx", step=8)).verify()


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model file"):
        ModelFile.open(tmp_path / "missing.onnx")
    (tmp_path / "text.onnx").write_text("not a model")
    with pytest.raises(ModelError, match="not an ONNX model"):
        ModelFile.open(tmp_path / "text.onnx")


def test_a_segmenter_runs_any_number_of_frames(bright_model: Path) -> None:
    segmenter = OnnxSegmenter(ModelFile.open(bright_model), CPU, batch=2, height=64, width=96)
    frames = np.zeros((5, 1, 64, 96), np.uint8)
    frames[-1, 0, 8, 12] = 255
    for count in (1, 2, 3, 5):
        class_id, score, *_ = segmenter.run(frames[5 - count :])
        assert class_id.shape == score.shape == (count, 16, 24)
        assert class_id[-1, 2, 3] == 1
        assert score[-1, 2, 3] == 255
        assert class_id.sum() == 1
    with pytest.raises(ModelError, match="do not fit"):
        segmenter.run(np.zeros((1, 1, 32, 96), np.uint8))
    assert segmenter.info.provider == "cpu"
    assert segmenter.info.reason == "requested"


def test_on_a_cpu_each_cameras_frame_is_shown_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert frames_at_once(CPU, 8) == 1
    for usable, at_once in (((Provider.OPENVINO, Provider.CPU), 1), ((Provider.CUDA, Provider.CPU), 8)):
        offered = [Offer(provider, provider in usable, "") for provider in Provider]
        monkeypatch.setattr("skelp.inference.providers.offers", lambda offered=offered: offered)
        assert frames_at_once(replace(CPU, provider="auto"), 8) == at_once


def test_a_model_may_say_how_unlike_steel_is_to_what_it_learned(tmp_path: Path) -> None:
    model = ModelFile.open(with_distance(tmp_path / "m.onnx", grey=100))
    model.verify()
    assert model.measures_distance
    assert not ModelFile.open(bright_spots(tmp_path / "plain.onnx")).measures_distance
    segmenter = OnnxSegmenter(model, CPU, batch=2, height=64, width=96)
    frames = np.full((2, 1, 64, 96), 50, np.uint8)
    frames[1, 0, 32:, 64:] = 150
    for count in (1, 2):
        distance = segmenter.run(frames[2 - count :]).distance
        assert distance is not None
        assert distance.shape == (count, 2, 3)
        assert distance[-1].tolist() == [[0.5, 0.5, 0.5], [0.5, 0.5, 1.5]]


def test_distances_of_another_type_or_for_other_tiles_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CardError, match=r"'distance' must be float \[N, H/32, W/32\]"):
        ModelFile.open(with_distance(tmp_path / "m.onnx", grey=100, dtype=TensorProto.UINT8))
    with pytest.raises(CardError, match=r"'distance' must be \(2, 2, 3\), it is \(2, 4, 6\)"):
        ModelFile.open(with_distance(tmp_path / "m.onnx", grey=100, tile=16)).verify()


def test_a_segmenter_raises_for_a_class_that_the_card_lacks(tmp_path: Path) -> None:
    segmenter = OnnxSegmenter(ModelFile.open(bright_spots(tmp_path / "m.onnx", answer=9)), CPU, batch=1, height=32, width=32)
    with pytest.raises(CardError, match="class"):
        segmenter.run(np.full((1, 1, 32, 32), 255, np.uint8))


def test_a_provider_is_chosen_with_a_reason_and_an_unusable_one_is_refused() -> None:
    assert [o.provider for o in offers()] == list(Provider)
    auto = choose("auto")
    assert auto.usable
    assert auto.why.startswith("auto: best usable here")
    unusable = [o for o in offers() if not o.usable]
    for offer in unusable:
        if list(Provider).index(offer.provider) < list(Provider).index(auto.provider):
            assert offer.provider in auto.why, "a better one that cannot be used is named"
        with pytest.raises(SkelpError, match="cannot be used here"):
            choose(offer.provider)
    with pytest.raises(SkelpError, match="unknown"):
        choose("quantum")


def test_a_precision_that_a_provider_or_cpu_lacks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "has_bf16", lambda: True)
    assert resolve(Provider.OPENVINO, Precision.AUTO) is Precision.BF16
    monkeypatch.setattr(providers, "has_bf16", lambda: False)
    assert resolve(Provider.OPENVINO, Precision.AUTO) is Precision.FP32
    with pytest.raises(SkelpError, match="openvino has no bf16; choose auto or fp32; this CPU has no bf16"):
        resolve(Provider.OPENVINO, Precision.BF16)
    with pytest.raises(SkelpError, match="cpu has no fp16"):
        resolve(Provider.CPU, Precision.FP16)


def test_precision_int8_on_cpu_is_refused_with_a_hint() -> None:
    with pytest.raises(SkelpError, match="int8 model file runs as it is"):
        resolve(Provider.CPU, Precision.INT8)


@pytest.mark.skipif(providers.openvino()[0] is None, reason=f"OpenVINO: {providers.openvino()[1]}")
def test_openvino_gives_the_same_classes_as_the_cpu(bright_model: Path) -> None:
    frames = np.random.default_rng(1).integers(0, 256, (1, 1, 64, 64), np.uint8)
    model = ModelFile.open(bright_model)
    outputs = [
        OnnxSegmenter(model, Engine(p, "fp32", 1, Path("/nonexistent")), batch=1, height=64, width=64).run(frames)
        for p in ("cpu", "openvino")
    ]
    assert np.array_equal(outputs[0][0], outputs[1][0])
