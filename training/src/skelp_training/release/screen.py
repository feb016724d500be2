"""Makes the screen of a model: a small network that learns from the model where it finds something (ADR 23).

Training pictures teach. The limit comes from half of the held-out groups, the figures from the other half.
"""

from __future__ import annotations

import base64
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import torch
from numpy.typing import NDArray
from torch.nn import functional as F  # noqa: N812 - torch documents this alias

from skelp.domain.errors import SkelpError
from skelp.domain.maps import TILE_PX
from skelp.inference.model_file import SUSPICION
from skelp.pipeline.rule import least_scores
from skelp_training.config import DataSet, TrainConfig, TrainingPlan
from skelp_training.data.batches import Batches, PaintedClasses
from skelp_training.data.leaks import check_leaks
from skelp_training.data.pictures import U8, Sample, marked, split_of
from skelp_training.data.pools import Pool, items_of, pools_of
from skelp_training.evaluation.detector import Detector, padded
from skelp_training.fit.progress import progress
from skelp_training.fit.train import learning_rate_schedule
from skelp_training.networks.screen import DeployedScreen, ScreenNet
from skelp_training.release.graph import write_graph
from skelp_training.release.model_file import write_card

KEPT = 0.995
"""Share of what the whole network finds that the screen must keep. It is refused if the interval of the share that it keeps lies below."""
_CHOSEN = 0.997
"""The same on the groups that choose the limit: a little more, because others are measured."""
_MOST_LIMIT = 127
_CROPS = 12
"""Crops of 256 px in a step, or as many pixels in crops of another size."""
_FOUND_WEIGHT = 4.0
"""Weight of a tile where something is found; a sound one has 1."""
_SMALL_MM2 = 10.0
_LEAST_DEFECTS = 200
"""Defects that the limit is chosen by, at least."""


@dataclass
class _Tally:
    """Defects found by the whole network and the suspicion of each, and of every tile, for one set."""

    peaks: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    tiles: list[U8] = field(default_factory=list)


def make_screen(config: TrainConfig, source: Path, out: Path, steps: int) -> dict[str, Any]:
    """Write `source` with a screen to `out`. Returns what its card says of the screen.

    Raises SkelpError, and writes nothing, if the held-out pictures show too few defects to choose a limit, or if the screen keeps less
    than 99.5% of the others, and not by chance.
    """
    detector = Detector(source)
    leaked = check_leaks(config)
    pools = pools_of(config, without=leaked)
    network = _taught(config, detector, pools, steps)
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder) / "screen.onnx"
        write_graph(DeployedScreen(network).eval(), graph, {SUSPICION: "tile"})
        data = graph.read_bytes()
    session = ort.InferenceSession(data, providers=["CPUExecutionProvider"])
    check_agreement(network, session, [pool.samples[0].image for pool in pools])
    held_out = pools_of(config, "val", [d.name for d in config.data if has_held_out(d, config)], leaked)
    choosing, measuring = _tallies(held_out, detector, session)
    limit = _limit([peak for tally in choosing.values() for peak in tally.peaks])
    quality = {name: _figures(tally, limit) for name, tally in measuring.items()}
    found, kept = (sum(int(q[what]) for q in quality.values()) for what in ("found", "kept"))
    if (all_sets := share(kept, found)) and all_sets[2] < KEPT:
        raise SkelpError(
            f"the screen keeps {kept} of {found} defects on pictures that chose nothing, less than {KEPT:.1%}; use more --steps"
        )
    growing = [c.growing for c in detector.classes]
    card = detector.card.model_dump(mode="json") | {"screen": {"limit": limit, "growing": growing, "quality": quality}}
    write_card(source, card, out, base64.b64encode(data).decode())
    return {"limit": limit, **quality}


def check_agreement(network: ScreenNet, session: ort.InferenceSession, pictures: Sequence[U8]) -> None:
    """Raise SkelpError if ONNX Runtime and PyTorch differ by more than 1 of 255 on a tile of a picture, uint8 [h, w] each."""
    deployed = DeployedScreen(network).eval()
    for picture in pictures:
        frames = padded(picture)[None, None]
        with torch.no_grad():
            expected = deployed(torch.from_numpy(frames)).numpy().astype(int)
        apart = int(np.abs(expected - session.run([SUSPICION], {"frames": frames})[0].astype(int)).max())
        if apart > 1:
            raise SkelpError(f"the screen's suspicions of ONNX Runtime and PyTorch differ by up to {apart} of 255, 1 is allowed")


def has_held_out(data: DataSet, config: TrainConfig) -> bool:
    """Whether a set has held-out pictures of steel that the model knows."""
    if data.format == "simulated" or data.steel == "unknown":
        return False
    return any(i.split == "val" for i in items_of(data, config.class_ids))


def _taught(config: TrainConfig, detector: Detector, pools: Sequence[Pool], steps: int) -> ScreenNet:
    plan = config.train
    crops = max(1, _CROPS * 256**2 // plan.crop**2)
    plan = TrainingPlan.model_validate(plan.model_dump() | {"steps": steps, "batch": crops})
    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    network = ScreenNet().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), lr=plan.lr, weight_decay=plan.weight_decay)
    schedule = learning_rate_schedule(optimiser, plan)
    batches = Batches(pools, plan, PaintedClasses.of(plan, config.class_ids))
    with progress(steps) as bar:
        for _, images, masks in batches.stream(1, steps):
            sure, perhaps = (torch.from_numpy(tiles) for tiles in tiles_found(detector, images))
            counts = sure | ~(perhaps | torch.from_numpy(tiles_of(marked(masks))))
            logits = network(torch.from_numpy(images)[:, None].float().contiguous(memory_format=torch.channels_last))
            weight = torch.where(sure, _FOUND_WEIGHT, 1.0) * counts
            loss = F.binary_cross_entropy_with_logits(logits, sure.float(), weight, reduction="sum") / weight.sum().clamp(min=1)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call] # torch does not type it
            optimiser.step()
            schedule.step()
            bar.advance(loss.item())
        bar.report(f"screen: loss {bar.mean:.4f} after {steps} steps")
    return network.eval()


def tiles_of(pixels: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which tiles have a pixel that is true: bool [n, h, w] to [n, h/32, w/32]."""
    n, h, w = pixels.shape
    return np.asarray(pixels.reshape(n, h // TILE_PX, TILE_PX, w // TILE_PX, TILE_PX).any(axis=(2, 4)), bool)


def tiles_found(detector: Detector, images: U8) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tiles with a cell that reaches the threshold of its class, and with one that reaches its growing threshold: bool [n, h/32, w/32].

    The first make a defect. The others belong to one only if it reaches into them, so they teach nothing. Images uint8 [n, h, w].
    """
    maps, s = detector.infer_all(images), detector.card.stride

    def reached(limits: Mapping[int, float]) -> NDArray[np.bool_]:
        return tiles_of((maps.score >= least_scores(limits)[maps.class_id]).repeat(s, 1).repeat(s, 2))

    return reached({c.id: c.threshold for c in detector.classes}), reached({c.id: c.growing for c in detector.classes})


def _tallies(pools: Sequence[Pool], detector: Detector, session: ort.InferenceSession) -> tuple[dict[str, _Tally], dict[str, _Tally]]:
    """What the whole network finds on held-out pictures and how suspicious the screen is there: the groups that choose, and the others."""
    choosing, measuring = defaultdict[str, _Tally](_Tally), defaultdict[str, _Tally](_Tally)
    for pool in pools:
        for sample in pool.samples:
            tally = (choosing if split_of(f"screen {sample.group or sample.name}", 0.5) == "val" else measuring)[pool.name]
            suspicion = _suspicion(session, sample.image)
            tally.tiles.append(suspicion.ravel())
            for peak, kind in _peaks(detector, sample, suspicion):
                tally.peaks.append(peak)
                tally.kinds.append(kind)
    return choosing, measuring


def _suspicion(session: ort.InferenceSession, image: U8) -> U8:
    return np.asarray(session.run([SUSPICION], {"frames": padded(image)[None, None]})[0][0], np.uint8)


def _peaks(detector: Detector, sample: Sample, suspicion: U8) -> Iterator[tuple[int, str]]:
    """The highest suspicion on each defect or mark that the line reports, and its kind: class and size."""
    found = detector.detect(detector.run(sample.image, piece=sample.piece))
    names = {c.id: c.name for c in detector.classes}
    cell_mm2 = detector.scale.area_mm2(detector.card.stride**2)
    rows, columns = np.nonzero(found.labels)
    labels = found.labels[rows, columns]
    peaks = np.zeros(len(found.regions) + 1, np.int64)
    np.maximum.at(peaks, labels, suspicion[rows // TILE_PX, columns // TILE_PX])
    for peak, region in zip(peaks[1:].tolist(), found.regions, strict=True):
        size = "below" if region.area * cell_mm2 < _SMALL_MM2 else "from"
        yield peak, f"{names[region.class_id]} {size} {_SMALL_MM2:g} mm2"


def _limit(peaks: Sequence[int]) -> int:
    """The highest limit that keeps almost every defect. Raises SkelpError if there are too few to choose by."""
    if len(peaks) < _LEAST_DEFECTS:
        raise SkelpError(f"the held-out pictures show {len(peaks)} defects, but a limit needs {_LEAST_DEFECTS}: add held-out pictures")
    may_be_lost = int((1 - _CHOSEN) * len(peaks))
    return min(max(1, sorted(peaks)[may_be_lost]), _MOST_LIMIT)


def _figures(tally: _Tally, limit: int) -> dict[str, Any]:
    """What the limit keeps and passes on in one set."""
    kept = np.array(tally.peaks, int) >= limit
    tiles = np.concatenate(tally.tiles)
    kinds = {kind: np.array([k == kind for k in tally.kinds]) for kind in sorted(set(tally.kinds))}
    return {
        "found": len(kept),
        "kept": int(kept.sum()),
        "kept_share": share(int(kept.sum()), len(kept)),
        "by_kind": {kind: f"{int(kept[of].sum())} of {int(of.sum())}" for kind, of in kinds.items()},
        "tiles": int(tiles.size),
        "tiles_passed_on": round(float((tiles >= limit).mean()), 4),
    }


def share(count: int, of: int) -> list[float] | None:
    """A share with its 95% interval (Wilson, 1927): the share, its low and its high end. None of nothing."""
    if not of:
        return None
    z2, p = 1.96**2, count / of
    middle, half = (p + z2 / (2 * of)) / (1 + z2 / of), 1.96 * sqrt(p * (1 - p) / of + z2 / (4 * of**2)) / (1 + z2 / of)
    return [round(v, 4) for v in (p, max(0.0, middle - half), min(1.0, middle + half))]
