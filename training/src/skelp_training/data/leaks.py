"""Do pictures that are trained on show the steel of held-out ones? Identical, flipped, turned and shifted crops are refused.

Every pair is compared by normalised cross-correlation over all shifts and the eight turns (Lewis, 1995; overlap by Padfield,
2012), coarse first, then at full resolution where the coarse map is suspicious.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from skelp.domain.errors import SkelpError
from skelp_training.commands import run
from skelp_training.config import TrainConfig, load_config
from skelp_training.data.pictures import U8, Item, read_grey
from skelp_training.data.pools import items_of

_COARSE, _LEAST_SIDE = 48, 16
"""Shorter side of a usual picture, and of the smallest, where all are compared first, px."""
_SUSPECT = 0.60
_SAME = 0.90
_LEAST_OVERLAP = 0.15
_SHOWN = 5
_SHAPES_KEPT = 4


@dataclass(frozen=True)
class Leak:
    """Two pictures of different splits that share steel: how alike (correlation, 0 to 1) on which share of a picture."""

    train: str
    held_out: str
    split: str
    alike: float
    overlap: float
    turned: int

    def __str__(self) -> str:
        turn = "" if not self.turned else f", turned {90 * (self.turned % 4)} degrees{' and mirrored' if self.turned >= 4 else ''}"
        return f"{self.train} and {self.held_out} share {self.overlap:.0%} of their steel (correlation {self.alike:.3f}{turn})"


def check_leaks(config: TrainConfig) -> frozenset[tuple[str, str]]:
    """(split, name) of pictures to leave out. Raises SkelpError with the pairs if splits share steel and the config says `check`.

    Each data set is compared with itself. What was found is kept in the run's folder, so a run that goes on does not ask again.
    """
    if config.leaks == "skip":
        return frozenset()
    sets = [items_of(d, config.class_ids) for d in config.data if not d.only_clean]
    kept = config.run / "leaks.json"
    asked = hashlib.sha256(repr([(i.name, i.split) for items in sets for i in items]).encode()).hexdigest()
    if kept.is_file() and json.loads(kept.read_text())["asked"] == asked:
        found = [Leak(**leak) for leak in json.loads(kept.read_text())["leaks"]]
    else:
        found = [leak for items in sets for leak in find_leaks(items)]
        kept.write_text(json.dumps({"asked": asked, "leaks": [asdict(leak) for leak in found]}, indent=1) + "\n")
    if config.leaks == "drop-train":
        return frozenset(("train", leak.train) for leak in found)
    if config.leaks == "drop-held-out":
        return frozenset((leak.split, leak.held_out) for leak in found)
    if found:
        shown = "; ".join(map(str, found[:_SHOWN]))
        more = f"; and {len(found) - _SHOWN} more in {kept}" if len(found) > _SHOWN else ""
        raise SkelpError(
            f"splits share steel: {shown}{more}. Give pictures of one plate one group and split by group, or set leaks "
            'to "drop-train" or "drop-held-out" to leave one side of each pair out'
        )
    return frozenset()


def find_leaks(items: Sequence[Item]) -> list[Leak]:
    """Pairs of a picture to train on and one of another split that show the same steel."""
    train, held_out = [i for i in items if i.split == "train"], [i for i in items if i.split != "train"]
    return list(_between(train, held_out)) if train and held_out else []


def _between(many: Sequence[Item], few: Sequence[Item]) -> Iterator[Leak]:
    pictures = [read_grey(i.file) for i in many]
    theirs = [read_grey(i.file) for i in few]
    sides = [min(p.shape) for p in (*pictures, *theirs)]
    factor = min(1.0, max(_COARSE / float(np.median(sides)), _LEAST_SIDE / min(sides)))
    small = [_coarse(p, factor) for p in pictures]
    spectra: dict[torch.Size, _Spectra] = {}
    for b, picture in zip(few, theirs, strict=True):
        for turn in range(8):
            turned = _turned(picture, turn)
            one = _coarse(turned, factor)
            if one.shape not in spectra:
                if len(spectra) >= _SHAPES_KEPT:  # pictures of one size are the rule; of many sizes, all would not fit into memory
                    spectra.clear()
                spectra[one.shape] = _Spectra(small, one.shape)
            for n, shift in spectra[one.shape].suspects(one):
                leak = _confirm(pictures[n], turned, shift, factor)
                if leak is not None:
                    yield Leak(many[n].name, b.name, b.split, *leak, turn)


def _turned(picture: U8, turn: int) -> U8:
    turned = np.rot90(picture, turn % 4)
    return np.ascontiguousarray(turned[:, ::-1] if turn >= 4 else turned)


def _coarse(picture: U8, factor: float) -> torch.Tensor:
    """Small, without slow changes of light, so that texture decides and not the lamp."""
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA).astype(np.float32)
    flat = small - cv2.GaussianBlur(small, (0, 0), 4)
    return torch.from_numpy(np.asarray(flat / max(float(flat.std()), 1e-3), np.float32))


class _Spectra:
    """Many small pictures in the frequency domain, to be correlated with one at all shifts at once."""

    def __init__(self, pictures: Sequence[torch.Tensor], shape: torch.Size) -> None:
        """`shape` (rows, columns) is that of the pictures that will be looked for."""
        self._reach = tuple(max(p.shape[axis] for p in pictures) for axis in (0, 1))
        self._canvas = tuple(cv2.getOptimalDFTSize(r + s) for r, s in zip(self._reach, shape, strict=True))
        self._value = self._of(pictures)
        self._there = self._of([torch.ones_like(p) for p in pictures])
        self._one_shape = len({p.shape for p in pictures}) == 1
        # what an overlap holds of these pictures depends on the other's shape alone
        there = self._of([torch.ones(shape)])[0].conj()
        overlap = torch.fft.irfft2(self._there * there, s=self._canvas)
        self._energy = torch.fft.irfft2(self._of([p * p for p in pictures]) * there, s=self._canvas).clamp(min=1e-3)
        self._beside = overlap < _LEAST_OVERLAP * shape.numel()

    def _of(self, pictures: Sequence[torch.Tensor]) -> torch.Tensor:
        return torch.stack([torch.fft.rfft2(p, s=self._canvas) for p in pictures])

    def suspects(self, one: torch.Tensor) -> Iterator[tuple[int, tuple[int, int]]]:
        """Index of a picture and the shift (rows, columns) at which it looks like `one`."""
        value, square = (self._of([x])[0].conj() for x in (one, one * one))
        there = self._there[:1] if self._one_shape else self._there
        energy = torch.fft.irfft2(there * square, s=self._canvas).clamp(min=1e-3)
        alike = torch.fft.irfft2(self._value * value, s=self._canvas).div_((self._energy * energy).sqrt_())
        alike.masked_fill_(self._beside, 0)
        best, at = alike.flatten(1).max(1)
        for n in torch.nonzero(best > _SUSPECT).flatten().tolist():
            row, column = divmod(int(at[n]), self._canvas[1])
            down, right = (v if v < r else v - size for v, r, size in zip((row, column), self._reach, self._canvas, strict=True))
            yield n, (down, right)


def _confirm(a: U8, b: U8, shift: tuple[int, int], factor: float) -> tuple[float, float] | None:
    """Correlation and share of overlap at full resolution near a coarse shift, if the steel is the same."""
    reach = int(np.ceil(2 / factor)) + 1
    down, right = (round(s / factor) for s in shift)
    top, left = max(0, down), max(0, right)
    bottom, end = min(a.shape[0], down + b.shape[0]), min(a.shape[1], right + b.shape[1])
    if min(bottom - top, end - left) < 2 * reach + 16:
        return None
    inner = a[top + reach : bottom - reach, left + reach : end - reach]
    around = b[max(0, top - down) : bottom - down, max(0, left - right) : end - right]
    alike = float(cv2.matchTemplate(_sharp(around), _sharp(inner), cv2.TM_CCOEFF_NORMED).max())
    share = (bottom - top) * (end - left) / a.size
    return (round(alike, 4), round(share, 4)) if alike >= _SAME else None


def _sharp(picture: U8) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    grey = picture.astype(np.float32)
    return np.asarray(grey - cv2.GaussianBlur(grey, (0, 0), 6), np.float32)


def main(arguments: Sequence[str]) -> None:
    """Check the data sets of a config: python -m training.leaks CONFIG.toml"""
    ask = argparse.ArgumentParser(prog="training.leaks", description=__doc__)
    ask.add_argument("config", type=Path)
    config = load_config(ask.parse_args(arguments).config)
    config.run.mkdir(parents=True, exist_ok=True)
    dropped = check_leaks(config)
    print(f"{len(dropped)} pictures are left out" if dropped else "no picture of one split shows steel of another")


if __name__ == "__main__":
    run(main)
