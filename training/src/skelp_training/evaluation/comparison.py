"""Two models on the same pictures: what differs, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from skelp_training.evaluation.metrics import F64, bootstrap, mean_iou
from skelp_training.evaluation.results import Picture


@dataclass(frozen=True)
class Measure:
    """A figure of merit: sums per picture and what they give together. `margin`: what may be lost without being called worse."""

    name: str
    sums: Callable[[Picture], F64]
    of: Callable[[F64], float]
    higher_is_better: bool
    margin: float


def _share(sums: F64) -> float:
    return float(sums[0] / sums[1]) if sums[1] else float("nan")


def _iou(sums: F64) -> float:
    n = round(len(sums) ** 0.5)
    return mean_iou(sums.reshape(n, n))


def _found(p: Picture) -> F64:
    return np.array([sum(o[2] for o in p.objects), len(p.objects)], float)


def _real(p: Picture) -> F64:
    known = [r for r in p.regions if r[2] is not None]
    return np.array([sum(bool(r[2]) for r in known), len(known)], float)


def _false(p: Picture) -> F64:
    return np.array([sum(r[2] is False for r in p.regions), p.mpix], float) if p.sound else np.zeros(2)


MEASURES = (
    Measure("miou_fg", lambda p: p.pixels.ravel().astype(float), _iou, True, 0.01),
    Measure("object_recall", _found, _share, True, 0.01),
    Measure("region_precision", _real, _share, True, 0.02),
    Measure("regions_per_mpix", _false, _share, False, 0.2),
)


@dataclass(frozen=True)
class Difference:
    """A measure of champion and challenger, and the 95% interval of what the challenger gains (signed so that more is better)."""

    measure: str
    champion: float
    challenger: float
    gain: float
    low: float
    high: float
    margin: float

    @property
    def better(self) -> bool:
        """Surely: the whole interval lies above nothing."""
        return self.low > 0

    @property
    def worse(self) -> bool:
        """Surely, or by more than the margin as far as can be seen."""
        return self.high < 0 or self.gain < -self.margin

    def __str__(self) -> str:
        return (
            f"{self.measure} {self.champion:.4g} -> {self.challenger:.4g} (gain {self.gain:+.4g}, 95% {self.low:+.4g} to {self.high:+.4g})"
        )


def differences(champion: Sequence[Picture], challenger: Sequence[Picture]) -> list[Difference]:
    """Each measure that the pictures can tell, by paired bootstrap over groups: both models see the same draw of plates."""
    groups: dict[str, list[tuple[Picture, Picture]]] = {}
    for a, b in zip(champion, challenger, strict=True):
        groups.setdefault(a.group, []).append((a, b))
    found = []
    for m in MEASURES:
        sign = 1 if m.higher_is_better else -1
        sums = [np.stack([np.sum([m.sums(p) for p in side], axis=0) for side in zip(*pairs, strict=True)]) for pairs in groups.values()]
        whole = np.sum(sums, axis=0)
        before, after = m.of(whole[0]), m.of(whole[1])
        if np.isnan(before) or np.isnan(after):
            continue
        low, high = bootstrap(sums, lambda s, m=m, sign=sign: sign * (m.of(s[1]) - m.of(s[0])))  # type: ignore[misc]
        found.append(Difference(m.name, before, after, sign * (after - before), low, high, m.margin))
    return found
