"""Weights from a model file, to train on from: what a plant has of the model that runs on its line, where the checkpoint stayed elsewhere.

Export folds each batch norm into the convolution before it. They are taken apart again: the folded weights become the convolution's,
and the batch norm gets the statistics of the features on the pictures that are trained on, with a scale and a shift that undo them. So
the network computes what the file computes, and its batch norms are ready to train.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from skelp.domain.errors import SkelpError
from skelp.inference.model_file import ModelFile
from skelp_training.data.seen import Seen
from skelp_training.fit.checkpoint import load_into
from skelp_training.fit.more_classes import with_more_classes

SUFFIX = ".onnx"
_NETWORK, _FOLDED = "net.", "weight_bias"
"""What export calls the network inside the graph, and the bias that a folded batch norm leaves beside a convolution's `weight`."""


def load_model_file(network: nn.Module, file: Path, class_ids: Mapping[str, int]) -> int:
    """Load the weights of a model file that skelp exported from the same net. Call `settle` before training.

    The network may have more classes than the file, with higher ids. Returns the number of the file's classes, sound steel included.
    Raises SkelpError if the weights or the classes do not fit.
    """
    model = ModelFile.open(file)
    learned = {c.name: c.id for c in model.card.classes}
    if not learned.items() <= class_ids.items():
        raise SkelpError(f"{file} learned the classes {learned}, the config has {dict(class_ids)}: same names need the same ids")
    found = _initializers(model)
    state: dict[str, Any] = {}
    for convolution, norm in _folded(network):
        bias = found.pop(f"{convolution}.{_FOLDED}", None)
        if bias is None:
            raise SkelpError(
                f"{file}: it has no float weights of {convolution}, because it is int8 or of another net; "
                "take the float model file of this net"
            )
        state |= {f"{norm}.weight": torch.ones_like(bias), f"{norm}.bias": bias}
        state |= {f"{norm}.running_mean": torch.zeros_like(bias), f"{norm}.running_var": torch.ones_like(bias)}
        state[f"{norm}.num_batches_tracked"] = torch.tensor(0)
    own = network.state_dict()
    state |= {name: tensor for name, tensor in found.items() if name in own}
    with_more_classes(state, own)
    load_into(network, state, file)
    for _, norm in _folded(network):
        layer = network.get_submodule(norm)
        assert isinstance(layer, nn.BatchNorm2d)
        assert layer.running_var is not None
        layer.running_var -= layer.eps  # so that it divides by exactly one
    return 1 + max(learned.values())


def seen_by_file(file: Path) -> Seen:
    """The pictures that the model in a file has seen. Raises SkelpError if it is no model."""
    model = ModelFile.open(file)
    metadata = {p.key: p.value for p in onnx.load_model_from_string(model.data).metadata_props}
    return Seen.of_file(metadata, model.card.chosen_on)


@torch.no_grad()
def settle(network: nn.Module, frames: Iterable[Tensor]) -> None:
    """Give each batch norm the statistics of its input on `frames` [n, 1, h, w]; what the network computes stays the same."""
    seen: dict[nn.BatchNorm2d, list[Tensor]] = {m: [] for m in network.modules() if isinstance(m, nn.BatchNorm2d)}

    def note(layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(layer, nn.BatchNorm2d)
        x = inputs[0].float()
        seen[layer].append(torch.stack([x.mean((0, 2, 3)), x.square().mean((0, 2, 3))]))

    hooks = [layer.register_forward_pre_hook(note) for layer in seen]
    was_training = network.training
    network.eval()
    for batch in frames:
        network(batch)
    network.train(was_training)
    for hook in hooks:
        hook.remove()
    for layer, sums in seen.items():
        assert layer.running_mean is not None
        assert layer.running_var is not None
        mean, square = torch.stack(sums).mean(0)
        variance = (square - mean.square()).clamp(min=0)
        before, after = (layer.running_var + layer.eps).sqrt(), (variance + layer.eps).sqrt()
        layer.bias.add_(layer.weight * (mean - layer.running_mean) / before)
        layer.weight.mul_(after / before)
        layer.running_mean.copy_(mean)
        layer.running_var.copy_(variance)


def _folded(network: nn.Module) -> list[tuple[str, str]]:
    """The names of each batch norm and the convolution before it."""
    leaves = [(name, m) for name, m in network.named_modules() if not list(m.children())]
    return [(a, b) for (a, first), (b, second) in pairwise(leaves) if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d)]


def _initializers(model: ModelFile) -> dict[str, Tensor]:
    """The float constants of the network inside the graph, by their names in the network."""
    graph = onnx.load_model_from_string(model.data).graph
    arrays = {i.name.removeprefix(_NETWORK): numpy_helper.to_array(i) for i in graph.initializer if i.name.startswith(_NETWORK)}
    return {name: torch.from_numpy(a.copy()) for name, a in arrays.items() if a.dtype == np.float32}
