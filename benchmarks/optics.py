"""Measures how much light or sharpness may be lost before recall falls: python -m benchmarks.optics MODEL.onnx DATASET

It darkens held-out pictures, with the same sensor noise, and blurs them like a lens out of focus. The model's thresholds do not change.
It prints a Markdown table with the recall of marked defects, mIoU, and light and sharpness as pipeline/optics.py measures them, as
shares of the original pictures. The alarm limits in domain/optics.py come from this table.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from skelp.pipeline.optics import OpticsMeter
from skelp_training.data.labels import Asked
from skelp_training.data.pictures import U8, ClassMap, Sample, in_split
from skelp_training.data.readers import READERS
from skelp_training.evaluation.detector import Detector
from skelp_training.evaluation.metrics import Confusion
from skelp_training.evaluation.results import compare_with_mask

NOISE_DN = 2.0
LIGHTS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)
SIGMAS_PX = (0.4, 0.6, 0.8, 1.0, 1.3, 1.6, 2.0)


def darkened(share: float) -> Callable[[U8, np.random.Generator], U8]:
    """A change to `share` of the light, with the same noise."""

    def change(image: U8, rng: np.random.Generator) -> U8:
        return np.asarray(np.clip(image * share + rng.normal(0, NOISE_DN, image.shape), 0, 255), np.uint8)

    return change


def blurred(sigma_px: float) -> Callable[[U8, np.random.Generator], U8]:
    """A change to a picture out of focus (Gaussian blur). The noise is not blurred."""

    def change(image: U8, rng: np.random.Generator) -> U8:
        soft = cv2.GaussianBlur(image.astype(np.float32), (0, 0), sigma_px)
        return np.asarray(np.clip(soft + rng.normal(0, NOISE_DN, image.shape), 0, 255), np.uint8)

    return change


def measure(
    detector: Detector, samples: Sequence[Sample], change: Callable[[U8, np.random.Generator], U8]
) -> tuple[float, float, float, float]:
    """Recall of marked defects, mIoU, mean light in DN, and sharpness, of changed samples."""
    rng = np.random.default_rng(1)
    pixels, objects, found, meter = Confusion(1 + detector.card.highest_id), 0, 0, OpticsMeter("all")
    for s in samples:
        image = change(s.image, rng)
        maps = detector.run(image, piece=True)
        detections = detector.detect(maps)
        picture = compare_with_mask(s.name, s.name, maps, detections, s.mask, detector.defect_ids)
        pixels.add(detections.classes, s.mask)
        objects += len(picture.objects)
        found += sum(hit for _, _, hit in picture.objects)
        meter.add(np.repeat(image, 16, axis=0), 0, image.shape[1])  # the meter uses every 64th line; so it uses every fourth of the image
    optics = meter.reading()
    if optics is None:
        raise SystemExit("too few pictures to measure light and sharpness on")
    return found / max(1, objects), pixels.miou, float(np.mean(optics.light_dn)), optics.sharpness


def main() -> None:
    """Measure all changes and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--split", default="val")
    arguments = parser.parse_args()
    detector = Detector(arguments.model)
    items = in_split(READERS["own"](arguments.dataset, Asked(ClassMap(detector.class_ids, {}))).items, arguments.split, arguments.dataset)
    samples = [i.load() for i in items]
    base = measure(detector, samples, darkened(1.0))
    print("| | recall of defects | mIoU | light | sharpness |\n|---|---|---|---|---|")
    changes = [(f"light x {v:g}", darkened(v)) for v in LIGHTS] + [(f"blur, sigma {v:g} px", blurred(v)) for v in SIGMAS_PX]
    for name, change in changes:
        recall, miou, light, sharp = measure(detector, samples, change)
        print(f"| {name} | {recall:.3f} | {miou:.3f} | {light / base[2]:.2f} | {sharp / base[3]:.2f} |")


if __name__ == "__main__":
    main()
