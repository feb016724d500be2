from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skelp.domain.errors import SkelpError
from skelp.inference import providers
from skelp.inference.card import CardError, ModelCard
from skelp.inference.providers import Precision, Provider, choose, offers, resolve
from skelp.inference.segmenter import Engine, ModelError, ModelFile, OnnxSegmenter
from tests.models import CARD, bright_spots

CPU = Engine("cpu", "auto", 1, Path("/nonexistent"))


def without(key: str) -> dict[str, Any]:
    return {k: v for k, v in CARD.items() if k != key}


@pytest.mark.parametrize(
    ("card", "says"),
    [
        (None, "has no card"),
        (without("name"), "name: Field required"),
        (without("classes"), "classes: Field required"),
        (without("stride"), "stride: Field required"),
        (CARD | {"stride": 3}, "stride"),
        (CARD | {"classes": []}, "classes"),
        (CARD | {"classes": [{"id": 0, "name": "x"}]}, "greater than or equal to 1"),
        (CARD | {"classes": [{"id": 1, "name": "x"}, {"id": 1, "name": "y"}]}, "ids must differ"),
    ],
)
def test_a_model_whose_card_does_not_hold_is_refused(tmp_path: Path, card: dict[str, Any] | None, says: str) -> None:
    with pytest.raises(CardError, match=says):
        ModelFile.open(bright_spots(tmp_path / "m.onnx", card))


def test_only_four_keys_are_needed() -> None:
    card = ModelCard.parse(
        json.dumps({k: CARD[k] for k in ("name", "version", "stride")} | {"classes": [{"id": 3, "name": "x"}]}), where="t"
    )
    assert card.classes[0].threshold == 0.5
    assert card.highest_id == 3


def test_a_model_that_answers_what_its_card_does_not_know_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CardError, match=r"class \[7\]"):
        ModelFile.open(bright_spots(tmp_path / "m.onnx", answer=7)).verify()
    with pytest.raises(CardError, match="stride 4"):
        ModelFile.open(bright_spots(tmp_path / "m2.onnx", step=8)).verify()


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model file"):
        ModelFile.open(tmp_path / "missing.onnx")
    (tmp_path / "text.onnx").write_text("not a model")
    with pytest.raises(ModelError, match="not an ONNX model"):
        ModelFile.open(tmp_path / "text.onnx")


def test_a_segmenter_gives_maps_of_any_part_of_its_batch(bright_model: Path) -> None:
    segmenter = OnnxSegmenter(ModelFile.open(bright_model), CPU, batch=2, height=64, width=96)
    frames = np.zeros((2, 1, 64, 96), np.uint8)
    frames[1, 0, 8, 12] = 255
    for count in (1, 2):
        class_id, score = segmenter.run(frames[2 - count :])
        assert class_id.shape == score.shape == (count, 16, 24)
        assert class_id[-1, 2, 3] == 1
        assert score[-1, 2, 3] == 255
        assert class_id.sum() == 1
    with pytest.raises(ModelError, match="do not fit"):
        segmenter.run(np.zeros((1, 1, 32, 96), np.uint8))
    assert segmenter.info.provider == "cpu"
    assert segmenter.info.reason == "asked for"


def test_a_wrong_class_on_the_line_is_an_error_and_no_defect(tmp_path: Path) -> None:
    segmenter = OnnxSegmenter(ModelFile.open(bright_spots(tmp_path / "m.onnx", answer=9)), CPU, batch=1, height=32, width=32)
    with pytest.raises(CardError, match="class"):
        segmenter.run(np.full((1, 1, 32, 32), 255, np.uint8))


def test_a_provider_is_chosen_with_its_reason_and_never_replaced_silently() -> None:
    assert [o.provider for o in offers()] == list(Provider)
    auto = choose("auto")
    assert auto.usable
    assert auto.why.startswith("auto: best usable here")
    unusable = [o for o in offers() if not o.usable]
    for offer in unusable:
        assert offer.provider in auto.why
        with pytest.raises(SkelpError, match="cannot be used here"):
            choose(offer.provider)
    with pytest.raises(SkelpError, match="unknown"):
        choose("quantum")


def test_a_precision_that_a_provider_lacks_is_refused() -> None:
    assert resolve(Provider.OPENVINO, Precision.AUTO) is Precision.BF16
    with pytest.raises(SkelpError, match="cpu has no fp16"):
        resolve(Provider.CPU, Precision.FP16)


def test_an_int8_file_runs_on_cpu_as_it_is() -> None:
    with pytest.raises(SkelpError, match="int8 model file runs as it is"):
        resolve(Provider.CPU, Precision.INT8)


@pytest.mark.skipif(providers._openvino()[0] is None, reason=f"OpenVINO: {providers._openvino()[1]}")
def test_openvino_answers_as_the_cpu_does(bright_model: Path) -> None:
    frames = np.random.default_rng(1).integers(0, 256, (1, 1, 64, 64), np.uint8)
    model = ModelFile.open(bright_model)
    answers = [
        OnnxSegmenter(model, Engine(p, "fp32", 1, Path("/nonexistent")), batch=1, height=64, width=64).run(frames)
        for p in ("cpu", "openvino")
    ]
    assert np.array_equal(answers[0][0], answers[1][0])
