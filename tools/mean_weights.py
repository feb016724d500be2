"""The mean of the weights of two models of one network: python -m tools.mean_weights FIRST SECOND OUT/last.pt [--share 0.5]

FIRST and SECOND are two runs (their last.pt, with averaged weights) or two model files. The mean of model files is that of convolutions
with their batch norms folded in, so it needs no statistics of new crops. `skelp export` takes OUT as it takes a run of its own. It cannot
be trained on with its old optimiser, but `start_from` takes it.
"""

from __future__ import annotations

import argparse
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch

from skelp.domain.errors import SkelpError
from skelp.inference.card import ModelCard
from skelp.inference.model_file import ModelFile
from skelp_training.fit.checkpoint import Past, averaged_weights, past_of, seen_in_file
from skelp_training.fit.from_model import SUFFIX, load_model_file, seen_by_file
from skelp_training.networks.make import make_network


def mean_weights(first: Path, second: Path, out: Path, share: float = 0.5) -> None:
    """Write the mean, with `share` of the second, 0 to 1. Raises SkelpError if they are of other networks or classes."""
    if not 0 <= share <= 1:
        raise SkelpError(f"the share of the second is {share:g}; it must be 0 to 1")
    if first.suffix != second.suffix:
        raise SkelpError(f"{first} and {second} are a run and a model file, whose weights differ in kind; give two runs or two model files")
    if first.suffix == SUFFIX and len({tuple((c.id, c.name) for c in ModelFile.open(f).card.classes) for f in (first, second)}) > 1:
        raise SkelpError(f"{first} and {second} have other classes")
    a, b = _weights(first), _weights(second)
    if {k: v.shape for k, v in a.items()} != {k: v.shape for k, v in b.items()}:
        raise SkelpError(f"{first} and {second} are not of the same network")
    mean = {f"module.{k}": torch.lerp(v, b[k], share) if v.is_floating_point() else v for k, v in a.items()}
    pasts = [_past(file) for file in (first, second)]
    shares = {sha256(file.read_bytes()).hexdigest(): part for file, part in ((first, 1 - share), (second, share))}
    state = {"ema": mean, "step": max(p.steps for p in pasts), "mean_of": shares, **seen_in_file(pasts[0].seen | pasts[1].seen)}
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(state, out)


def _weights(file: Path) -> dict[str, Any]:
    """The averaged weights of a run, or those of a model file as a network has them. Raises SkelpError."""
    if file.suffix != SUFFIX:
        return averaged_weights(file)
    card = ModelFile.open(file).card
    network = make_network(_trained_with(card, file)["net"], 1 + card.highest_id)
    load_model_file(network, file, {c.name: c.id for c in card.classes})
    return dict(network.state_dict())


def _past(file: Path) -> Past:
    if file.suffix != SUFFIX:
        return past_of(file)
    return Past(int(_trained_with(ModelFile.open(file).card, file)["steps"]), seen_by_file(file), {})


def _trained_with(card: ModelCard, file: Path) -> dict[str, Any]:
    """What export wrote: `net`, `steps` and more. Raises SkelpError if the file was not written by export."""
    trained = (card.model_extra or {}).get("trained_with")
    if not isinstance(trained, dict) or not {"net", "steps"} <= trained.keys():
        raise SkelpError(f"the card of {file} does not say of which net it is (trained_with); take a file that skelp export wrote")
    return trained


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("first", "second", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of the second, 0 to 1")
    arguments = parser.parse_args()
    mean_weights(arguments.first, arguments.second, arguments.out, arguments.share)


if __name__ == "__main__":
    main()
