"""Networks by the names that a config uses."""

from __future__ import annotations

from dataclasses import asdict

from torch import nn

from skelp.domain.errors import SkelpError
from skelp_training.networks.baselines import BASELINES
from skelp_training.networks.stripnet import SIZES, StripNet


def make_network(name: str, classes: int) -> nn.Module:
    """A network with random weights: xs, s, m, or a baseline to compare with. `classes` includes sound steel.

    Raises SkelpError if there is no network of that name.
    """
    if name in SIZES:
        return StripNet(classes, **asdict(SIZES[name]))
    if name in BASELINES:
        return BASELINES[name](classes)
    raise SkelpError(f"there is no network {name}; the config's `net` is one of {', '.join([*SIZES, *BASELINES])}")
