"""The mean of the weights of two models of one network: python -m tools.mean_weights FIRST SECOND OUT/last.pt [--share 0.5]

FIRST and SECOND are runs (their last.pt, with averaged weights) or model files. The mean of model files is that of convolutions with
their batch norms folded in, so it needs no statistics of new crops. `skelp export` takes OUT as it takes a run of its own. It cannot be
trained on with its old optimiser, but `start_from` takes it.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import torch

from skelp.domain.errors import SkelpError
from skelp.inference.model_file import ModelFile
from skelp_training.fit.checkpoint import averaged_weights, pictures_of_run, steps_of
from skelp_training.fit.from_model import SUFFIX, load_model_file, pictures_of_file
from skelp_training.networks.make import make_network


def mean_weights(first: Path, second: Path, out: Path, share: float = 0.5) -> None:
    """Write the mean, with `share` of the second. Raises SkelpError if they are of other networks."""
    (a, steps, taught), (b, other_steps, other_taught) = _read(first), _read(second)
    if {k: v.shape for k, v in a.items()} != {k: v.shape for k, v in b.items()}:
        raise SkelpError(f"{first} and {second} are not of the same network")
    mean = {f"module.{k}": torch.lerp(v, b[k], share) if v.is_floating_point() else v for k, v in a.items()}
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"ema": mean, "step": max(steps, other_steps), "taught_by": sorted(taught | other_taught)}, out)


def _read(file: Path) -> tuple[dict[str, Any], int, frozenset[str]]:
    """Weights by name, steps, and the pictures that taught it."""
    if file.suffix != SUFFIX:
        return averaged_weights(file), steps_of(file), pictures_of_run(file)
    card = ModelFile.open(file).card
    trained: dict[str, Any] = (card.model_extra or {}).get("trained_with", {})
    network = make_network(str(trained.get("net")), 1 + card.highest_id)
    load_model_file(network, file, {c.name: c.id for c in card.classes})
    return dict(network.state_dict()), int(trained["steps"]), pictures_of_file(file)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("first", "second", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of the second")
    arguments = parser.parse_args()
    mean_weights(arguments.first, arguments.second, arguments.out, arguments.share)


if __name__ == "__main__":
    main()
