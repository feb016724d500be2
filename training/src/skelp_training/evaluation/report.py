"""An HTML page about a model: its figures, the calibration of its scores, and its worst pictures."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import matplotlib as mpl
import numpy as np

mpl.use("Agg")  # draws without a display
from matplotlib import pyplot as plt

from skelp_training.data.overlay import overlay
from skelp_training.data.pictures import Item
from skelp_training.evaluation.detector import Detector
from skelp_training.evaluation.metrics import mean_iou
from skelp_training.evaluation.results import PictureResult

_WORST = 12
_PAGE = """<!doctype html><meta charset="utf-8"><title>{title}</title>
<style>body{{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#222}}
table{{border-collapse:collapse}}td,th{{padding:.2rem .8rem;border-bottom:1px solid #ddd;text-align:left}}
img{{max-width:100%}}figure{{margin:1rem 0}}figcaption{{color:#555}}</style>
<h1>{title}</h1><p>{where}</p><table>{rows}</table>
<h2>Calibration</h2><p>On the grey line, a score of 0.8 is right in 80 of 100 pixels. Calibration error {error}.</p>
<img src="calibration.png" alt="score against share of right pixels">
<h2>Recall and false alarms by threshold</h2><p>Each point is one threshold for all classes. False regions are counted on steel that is
known to be sound.</p><img src="curve.png" alt="recall of marked objects against false regions per megapixel">
<h2>Worst pictures</h2><p>Left: the picture. Middle: marked. Right: detected. Hatched grey: unsure.</p>{worst}"""
_SHOWN = [
    "pictures",
    "groups",
    "miou_fg",
    "miou_fg_interval",
    "iou",
    "dice_fg",
    "dice",
    "object_recall",
    "object_recall_interval",
    "object_recall_by_size",
    "objects",
    "region_precision",
    "region_precision_interval",
    "regions",
    "sound_pictures",
    "sound_mpix",
    "regions_per_mpix",
    "regions_per_mpix_interval",
    "regions_per_100m",
]


def write_report(
    folder: Path,
    found: dict[str, Any],
    detector: Detector,
    items: Sequence[Item],
    pictures: Sequence[PictureResult],
    points: Sequence[dict[str, float]],
) -> None:
    """Write index.html with its pictures into `folder`. `points` are those of `trials.threshold_curve`."""
    folder.mkdir(parents=True, exist_ok=True)
    _plot_curve(folder / "curve.png", points)
    _plot_calibration(folder / "calibration.png", found["calibration"])
    names = {c.id: c.name for c in detector.classes}
    worst = []
    for n, (item, p) in enumerate(sorted(zip(items, pictures, strict=True), key=lambda pair: _badness(pair[1]))[:_WORST]):
        sample = item.load()
        found_classes = detector.detect(detector.run(sample.image, piece=sample.piece)).classes
        panels = [cv2.cvtColor(sample.image, cv2.COLOR_GRAY2BGR), *(overlay(sample.image, m, names) for m in (sample.mask, found_classes))]
        stacked = np.hstack(panels) if sample.image.shape[1] < 640 else np.vstack(panels)
        cv2.imwrite(str(folder / f"worst-{n}.png"), stacked)
        missed, false = sum(not o[2] for o in p.objects), sum(r[2] is False for r in p.regions)
        text = f"{html.escape(p.name)}: {missed} of {len(p.objects)} objects missed, {false} regions on sound steel"
        worst.append(f'<figure><img src="worst-{n}.png" alt="{text}"><figcaption>{text}</figcaption></figure>')
    rows = "".join(f"<tr><th>{k}</th><td>{html.escape(str(found[k]))}</td></tr>" for k in _SHOWN)
    title = html.escape(found["model"])
    where = html.escape(f"{found['set']}, split {found['split']}; model file sha256 {found['sha256']}")
    page = _PAGE.format(title=title, where=where, rows=rows, error=found["calibration_error"], worst="".join(worst))
    (folder / "index.html").write_text(page, encoding="utf-8")


def _badness(p: PictureResult) -> float:
    """Lower is worse: IoU where something is marked, false regions elsewhere."""
    missed = sum(not o[2] for o in p.objects) + sum(r[2] is False for r in p.regions)
    iou = mean_iou(p.pixels)
    return (1.0 if np.isnan(iou) else iou) - missed


def _plot_calibration(file: Path, bins: Sequence[dict[str, float]]) -> None:
    figure, axes = plt.subplots(figsize=(5, 4.2), layout="constrained")
    axes.plot([0, 1], [0, 1], color="0.7", lw=1)
    axes.plot([b["score"] for b in bins], [b["right"] for b in bins], marker="o", color="#1f5fa8")
    axes.set(xlabel="score of the predicted class", ylabel="share of pixels of that class", xlim=(0, 1), ylim=(0, 1))
    figure.savefig(file, dpi=110)
    plt.close(figure)


def _plot_curve(file: Path, points: Sequence[dict[str, float]]) -> None:
    figure, axes = plt.subplots(figsize=(5, 4.2), layout="constrained")
    axes.plot([p["false_per_mpix"] for p in points], [p["recall"] for p in points], marker="o", color="#1f5fa8")
    for p in points:
        axes.annotate(f"{p['threshold']:g}", (p["false_per_mpix"], p["recall"]), xytext=(4, -10), textcoords="offset points", fontsize=7)
    axes.set(xlabel="false regions per megapixel", ylabel="share of marked objects that are detected", ylim=(0, 1.02))
    axes.set_xlim(left=0)
    figure.savefig(file, dpi=110)
    plt.close(figure)
