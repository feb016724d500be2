"""Weights of a network with fewer classes, for one that has more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

_UNLIKELY = 4.0
"""How far the logit of a class that is new lies below that of sound steel at first."""


HEAD = ("head.weight", "head.bias")
"""The weights of a network that have a row for each class, sound steel included."""


def with_more_classes(state: dict[str, Any], own: Mapping[str, Tensor]) -> None:
    """Widen the head in `state` to the classes of `own`. New classes have higher ids and begin as unlikely sound steel."""
    for name in (n for n in HEAD if n in state and n in own):
        more = own[name].shape[0] - state[name].shape[0]
        if more > 0 and own[name].shape[1:] == state[name].shape[1:]:
            sound = state[name][:1] - (_UNLIKELY if name == "head.bias" else 0.0)
            state[name] = torch.cat([state[name], *[sound] * more])
