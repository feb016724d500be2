"""The mean of the averaged weights of two runs of one network: python -m tools.mean_weights A/last.pt B/last.pt OUT/last.pt

`skelp export` takes OUT as it takes a run of its own. It cannot be trained on with its old optimiser, but `start_from` takes it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from skelp.domain.errors import SkelpError
from skelp_training.fit.checkpoint import averaged_weights, pictures_of_run


def mean_weights(first: Path, second: Path, out: Path) -> None:
    """Write the mean. Raises SkelpError if the runs are of other networks."""
    a, b = averaged_weights(first), averaged_weights(second)
    if {k: v.shape for k, v in a.items()} != {k: v.shape for k, v in b.items()}:
        raise SkelpError(f"{first} and {second} are not of the same network")
    mean = {f"module.{k}": (v + b[k]) / 2 if v.is_floating_point() else v for k, v in a.items()}
    runs = [torch.load(file, map_location="cpu", weights_only=True) for file in (first, second)]
    taught_by = sorted(pictures_of_run(first) | pictures_of_run(second))
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"ema": mean, "step": max(int(run["step"]) for run in runs), "taught_by": taught_by}, out)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("first", "second", "out"):
        parser.add_argument(name, type=Path)
    arguments = parser.parse_args()
    mean_weights(arguments.first, arguments.second, arguments.out)


if __name__ == "__main__":
    main()
