"""The formats of labelled pictures. Each reader takes a folder or file and what is asked of it, and gives checked labels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from skelp_training.data.formats.coco import coco
from skelp_training.data.formats.masks import mask_folders, own
from skelp_training.data.formats.pictures_alone import clean, image_labels, marks
from skelp_training.data.formats.runs import severstal
from skelp_training.data.labels import Asked, Labels

READERS: dict[str, Callable[[Path, Asked], Labels]] = {
    "own": own,
    "masks": mask_folders,
    "coco": coco,
    "severstal": severstal,
    "marks": marks,
    "image-labels": image_labels,
    "clean": clean,
}
