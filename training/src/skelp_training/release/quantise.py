"""An int8 model file: python -m training.quantise CONFIG.toml [--model MODEL.onnx] [--out INT8.onnx]

Static quantisation by ONNX Runtime: QuantizeLinear / DequantizeLinear pairs, int8, symmetric, weights per channel, which
TensorRT and OpenVINO both take. The head and everything after it (classes, scores) stays as it was: thresholds are set on its
scores. The file is kept only if it is as good as the one it was made from on the config's validation sets.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import onnx
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from skelp.domain.errors import SkelpError
from skelp.inference.segmenter import ModelFile
from skelp_training.commands import run
from skelp_training.config import TrainConfig, load_config
from skelp_training.data.leaks import check_leaks
from skelp_training.data.pictures import U8
from skelp_training.data.pools import Batches, Pool, pools_of
from skelp_training.evaluation.detector import Judge
from skelp_training.evaluation.results import Picture, figures, judged
from skelp_training.release.export import write_card

DICE_MAY_FALL = 0.005
RECALL_MAY_FALL = 0.01
"""Of the mean Dice of the defect classes, and of each class's recall by pixels."""
_BATCHES = 12
_SHOWN = ("miou_fg", "dice_fg", "pixel_recall", "object_recall", "regions_per_mpix")


class _Crops(CalibrationDataReader):  # type: ignore[misc] # onnxruntime is untyped
    """Crops as the network was trained on, whose activations set the scales."""

    def __init__(self, pools: Sequence[Pool], config: TrainConfig) -> None:
        batches = Batches(pools, config.train)
        self._frames: Iterator[U8] = (batches.batch(config.train.steps + n)[0][:, None] for n in range(1, 1 + _BATCHES))

    def get_next(self) -> dict[str, U8] | None:
        frames = next(self._frames, None)
        return None if frames is None else {"frames": frames}


def quantise(config: TrainConfig, source: Path, out: Path) -> dict[str, Any]:
    """Write `out` and return the evidence that its card carries. Raises SkelpError, and writes nothing, if it is worse than allowed."""
    pools = pools_of(config)
    with tempfile.TemporaryDirectory() as folder:
        prepared, draft = Path(folder) / "prepared.onnx", Path(folder) / "int8.onnx"
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(draft),
            _Crops(pools, config),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["Conv", "Add", "Resize"],
            nodes_to_exclude=_head_and_after(prepared),
            extra_options={"ActivationSymmetric": True, "WeightSymmetric": True},
        )
        card = ModelFile.open(source).card.model_dump(mode="json")
        write_card(draft, card, draft)
        evidence = compared(Judge(source), Judge(draft), pools_of(config, "val", config.validate_on, check_leaks(config)))
        card["parent"] = ModelFile.open(source).sha256
        card["quality"] = {**card["quality"], "int8": evidence}
        out.parent.mkdir(parents=True, exist_ok=True)
        write_card(draft, card, out)
    return evidence


def _head_and_after(file: Path) -> list[str]:
    """Names of the nodes that are not to be rounded: the last convolution, those that lead straight into it, and all behind it."""
    nodes = list(onnx.load(file).graph.node)
    convolutions = {node.output[0]: node for node in nodes if node.op_type == "Conv"}
    if not convolutions:
        raise SkelpError(f"{file} holds no convolution; there is nothing to quantise")
    first = list(convolutions.values())[-1]
    while before := convolutions.get(first.input[0]):
        first = before
    at = next(n for n, node in enumerate(nodes) if node is first)
    reached, kept = set(first.output), [first.name]
    for node in nodes[at + 1 :]:
        if reached & set(node.input):
            reached |= set(node.output)
            kept.append(node.name)
    return kept


def compared(whole: Judge, rounded: Judge, pools: Sequence[Pool]) -> dict[str, Any]:
    """Both models on the same pictures. Raises SkelpError if the rounded one loses more than DICE_MAY_FALL or RECALL_MAY_FALL."""
    names = {c.id: c.name for c in whole.classes}
    evidence: dict[str, Any] = {}
    for pool in pools:
        a, b = (figures(_judged(judge, pool), names, judge.card.mm_per_px) for judge in (whole, rounded))
        evidence[pool.name] = {k: {"whole": a[k], "int8": b[k]} for k in _SHOWN}
        if a["dice_fg"] is not None and b["dice_fg"] < a["dice_fg"] - DICE_MAY_FALL:
            raise SkelpError(
                f"int8 costs too much on {pool.name}: Dice {a['dice_fg']} -> {b['dice_fg']}, {DICE_MAY_FALL} is allowed; "
                "ship the model as it is, or train on with more steps"
            )
        for name, before in a["pixel_recall"].items():
            after = b["pixel_recall"][name]
            if after < before - RECALL_MAY_FALL:
                raise SkelpError(f"int8 costs too much on {pool.name}: recall of {name} {before} -> {after}, {RECALL_MAY_FALL} is allowed")
    return evidence


def _judged(judge: Judge, pool: Pool) -> list[Picture]:
    maps = [(s, judge.maps(s.image)) for s in pool.samples]
    return [judged(s.name, s.name, m, judge.defects(m), s.mask, 1 + judge.card.highest_id) for s, m in maps]


def main(arguments: Sequence[str]) -> None:
    """Quantise what a config trained."""
    ask = argparse.ArgumentParser(prog="training.quantise", description=__doc__)
    ask.add_argument("config", type=Path)
    ask.add_argument("--model", type=Path, help="the model file, if not the one that the config writes")
    ask.add_argument("--out", type=Path, help="default: beside it, NAME.int8.onnx")
    asked = ask.parse_args(arguments)
    config = load_config(asked.config)
    source = asked.model or config.out
    out = asked.out or source.with_suffix(".int8.onnx")
    for name, evidence in quantise(config, source, out).items():
        print(f"{name}: " + ", ".join(f"{k} {v['whole']} -> {v['int8']}" for k, v in evidence.items()))
    print(out)


if __name__ == "__main__":
    run(main)
