"""Quantises a model file to int8.

Static quantisation by ONNX Runtime: QuantizeLinear / DequantizeLinear pairs, symmetric int8, weights per channel, which TensorRT and
OpenVINO both accept. The head and everything after it stay in float, because thresholds are set on its scores. The file is written
only if it is as good as the original on the config's validation sets.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import onnx
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from skelp.domain.errors import SkelpError
from skelp.domain.maps import TILE_PX
from skelp.inference.model_file import MAPS, ModelFile
from skelp.pipeline.familiar import is_beyond
from skelp_training.config import TrainConfig
from skelp_training.data.batches import Batches
from skelp_training.data.leaks import check_leaks
from skelp_training.data.pictures import U8
from skelp_training.data.pools import Pool, held_out_that_taught, pools_of
from skelp_training.evaluation.detector import Detector
from skelp_training.evaluation.results import PictureResult
from skelp_training.evaluation.summary import summarise
from skelp_training.evaluation.trials import measure
from skelp_training.release.model_file import write_card

FLAGS_MAY_DIFFER = 0.01
"""Share of the pictures that may lie on the other side of the limit of known steel."""
DICE_MAY_FALL = 0.005
RECALL_MAY_FALL = 0.01
"""How much the mean Dice of the defect classes, and each class's recall of pixels, may fall."""
_BATCHES = 12
_PERCENTILE = 99.99
"""How much of the activations the scales cover (percentile calibration, Wu et al., 2020). With all, inclusions lose 3 points of recall."""
_SHOWN = ("miou_fg", "dice_fg", "pixel_recall", "object_recall", "regions_per_mpix")


class _Crops(CalibrationDataReader):  # type: ignore[misc] # onnxruntime is untyped
    """Training crops, whose activations set the scales."""

    def __init__(self, pools: Sequence[Pool], config: TrainConfig) -> None:
        batches = Batches(pools, config.train)
        self._frames: Iterator[U8] = (batches.batch(config.train.steps + n)[0][:, None] for n in range(1, 1 + _BATCHES))

    def get_next(self) -> dict[str, U8] | None:
        frames = next(self._frames, None)
        return None if frames is None else {"frames": frames}


def quantise(config: TrainConfig, source: Path, out: Path) -> dict[str, Any]:
    """Write `out` and return the comparison that its card carries. Raises SkelpError, and writes nothing, if int8 is worse than allowed."""
    pools, learned = pools_of(config), {c.name: c.id for c in ModelFile.open(source).card.classes}
    if config.class_ids != learned:
        raise SkelpError(f"{source} has the classes {learned}, the config has {config.class_ids}; take the config that it was trained with")
    with tempfile.TemporaryDirectory() as folder:
        prepared, draft = Path(folder) / "prepared.onnx", Path(folder) / "int8.onnx"
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        with redirect_stdout(sys.stderr):  # onnxruntime prints how far it is
            quantize_static(
                str(prepared),
                str(draft),
                _Crops(pools, config),
                quant_format=QuantFormat.QDQ,
                per_channel=True,
                activation_type=QuantType.QInt8,
                weight_type=QuantType.QInt8,
                op_types_to_quantize=["Conv", "Add", "Resize"],
                nodes_to_exclude=_in_float(prepared),
                calibrate_method=CalibrationMethod.Percentile,
                extra_options={"ActivationSymmetric": True, "WeightSymmetric": True, "CalibPercentile": _PERCENTILE},
            )
        card = ModelFile.open(source).card.model_dump(mode="json") | {"screen": None, "found": {}}  # those figures are of the float network
        write_card(draft, card, draft)
        original = Detector(source)
        without = check_leaks(config) | held_out_that_taught(config, original.seen.taught)
        evidence = compare(original, Detector(draft), pools_of(config, "val", config.validate_on, without))
        card["parent"] = ModelFile.open(source).sha256
        card["quality"] = {**card["quality"], "int8": evidence}
        out.parent.mkdir(parents=True, exist_ok=True)
        write_card(draft, card, out)
    return evidence


def _in_float(file: Path) -> list[str]:
    """Names of the nodes that stay in float: the last convolution of the classes, convolutions that feed it directly, every node after
    them, and what only the distance from known steel needs.
    """
    every = list(onnx.load(file).graph.node)
    needed: set[str] = set(MAPS)
    nodes: list[onnx.NodeProto] = []
    for node in reversed(every):
        if needed & set(node.output):
            needed |= set(node.input)
            nodes.insert(0, node)
    convolutions = {node.output[0]: node for node in nodes if node.op_type == "Conv"}
    if not convolutions:
        raise SkelpError(f"{file} holds no convolution; there is nothing to quantise")
    first = list(convolutions.values())[-1]
    while before := convolutions.get(first.input[0]):
        first = before
    at = next(n for n, node in enumerate(nodes) if node is first)
    reached, kept = set(first.output), [first.name, *(node.name for node in every if node not in nodes)]
    for node in nodes[at + 1 :]:
        if reached & set(node.input):
            reached |= set(node.output)
            kept.append(node.name)
    return kept


def compare(original: Detector, quantised: Detector, pools: Sequence[Pool]) -> dict[str, Any]:
    """Figures of both models on the same pictures.

    Raises SkelpError if int8 loses more than DICE_MAY_FALL or RECALL_MAY_FALL, or if no picture shows a defect that it could lose.
    """
    names = {c.id: c.name for c in original.classes}
    evidence: dict[str, Any] = {}
    for pool in pools:
        a, b = (summarise(_results(d, pool), names, d.card.mm_per_px) for d in (original, quantised))
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
        if original.measures_distance:
            evidence[pool.name]["unfamiliar_pictures"] = _compare_flags(original, quantised, pool)
    if all(figures["dice_fg"]["whole"] is None for figures in evidence.values()):
        raise SkelpError("no held-out picture of validate_on shows a defect, so nothing says what int8 loses; name a set that shows some")
    return evidence


def _compare_flags(original: Detector, quantised: Detector, pool: Pool) -> dict[str, int]:
    """How many pictures each model does not know; those smaller than a tile are left out. Raises SkelpError if too many differ."""
    sides = [tuple(side // TILE_PX * TILE_PX for side in s.image.shape) for s in pool.samples]
    cut = [s.image[:rows, :columns] for s, (rows, columns) in zip(pool.samples, sides, strict=True) if min(rows, columns)]
    flags = [[_is_unfamiliar(d, image) for image in cut] for d in (original, quantised)]
    other = sum(a != b for a, b in zip(*flags, strict=True))
    if other > FLAGS_MAY_DIFFER * len(cut):
        raise SkelpError(f"int8 changes which steel is known: it judges {other} of {len(cut)} pictures of {pool.name} otherwise")
    return {"whole": sum(flags[0]), "int8": sum(flags[1])}


def _is_unfamiliar(detector: Detector, image: U8) -> bool:
    distance = detector.infer(image).distance
    return distance is not None and is_beyond(distance)


def _results(detector: Detector, pool: Pool) -> list[PictureResult]:
    """Every cell is compared, so edges are not looked for."""
    return [measure(detector, s, detector.run(s.image, piece=True), group=s.name) for s in pool.samples]
