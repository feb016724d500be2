"""A labelled set from a station: reviewed defects, and random samples of steel on which the model found nothing.

The set is in skelp's own format. Its index names the coil, the defect and the reviews. Where operators disagree about a defect,
its pixels are UNSURE. reviews.json keeps every review, withdrawn ones included.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from skelp.domain.errors import SkelpError
from skelp.domain.passes import first_id
from skelp.domain.review import Result, Review, StandingReview, standing_review
from skelp_client import Defect, Sample, Station
from skelp_training.data.pictures import SOUND, U8, UNSURE, split_of
from skelp_training.data.station import if_there, reviews

_OUTLINE_PX = 9
"""Width of the seam round a mask that is UNSURE: the outline of a defect is not exact."""
_NEAR_PX = 600
"""If the box of another defect is so near, that defect may show in the crop; the steel around the mask is then UNSURE."""


@dataclass(frozen=True)
class Row:
    """One picture of the set and where it came from."""

    name: str
    kind: str
    group: str
    split: str
    defect_fraction: float
    said: str
    source: str


class Collection:
    """Writes pictures and masks of one station into a folder. `collect` is the whole of it."""

    def __init__(self, station: Station, out: Path, val_share: float) -> None:
        self._station, self._out, self._val_share = station, out, val_share
        self.values: dict[str, int] = {}
        """Mask value of each class."""
        self._coils: dict[str, list[Defect]] = {}

    def defect(self, defect_id: str, given: Sequence[Review]) -> Row | None:
        """Write a reviewed defect. None if no review stands, or if it or its picture is gone."""
        about = if_there(self._station.defect, defect_id)
        if about is None:
            return None
        stands = standing_review(defect_id, about.class_name, given)
        agreed = label(stands)
        picture, mask = (_decoded(if_there(part, defect_id)) for part in (self._station.crop, self._station.mask))
        if agreed is None or picture is None or mask is None:
            return None
        value = {"sound": SOUND, "unsure": UNSURE}.get(agreed)
        if value is None:
            value = self.values.setdefault(agreed, len(self.values) + 1)
        full = crop_mask(mask, value, alone=self._alone(about))
        said = "; ".join(f"{r.operator}: {r.verdict}{f' as {r.class_name}' if r.class_name else ''}" for r in stands.reviews)
        share = 0.0 if value in (SOUND, UNSURE) else round(float((full == value).mean()), 6)
        coil = first_id(about.coil_id)  # all passes of a coil are the same steel, so they belong to one split
        row = Row(defect_id, agreed, coil, split_of(coil, self._val_share), share, said, f"defect {defect_id}")
        return self._write(row, picture, full)

    def sample(self, sample: Sample) -> Row | None:
        """Write a sample of steel without a finding. None if its picture is gone."""
        picture = _decoded(if_there(self._station.sample_png, sample.sample_id))
        if picture is None:
            return None
        coil, name = first_id(sample.coil_id), f"clean-{sample.sample_id}"
        said = f"nobody: model {sample.model_sha256[:12]} found nothing"
        source = f"coil {sample.coil_id}, camera {sample.camera}, line {sample.line}, column {sample.column}"
        row = Row(name, "clean", coil, split_of(coil, self._val_share), 0.0, said, source)
        return self._write(row, picture, np.zeros_like(picture))

    def _alone(self, about: Defect) -> bool:
        """Whether no other defect of the coil is near."""
        coil = about.coil_id
        if coil not in self._coils:
            self._coils[coil] = list(self._station.defects(coil))
        return not any(_near(about, other) for other in self._coils[coil] if other.defect_id != about.defect_id)

    def _write(self, row: Row, picture: U8, mask: U8) -> Row:
        for folder, image in (("images", picture), ("masks", mask)):
            if not cv2.imwrite(str(self._out / folder / f"{row.name}.png"), image):
                raise SkelpError(f"cannot write {self._out / folder / row.name}.png; is the disk full?")
        return row


def collect(station: Station, out: Path, val_share: float) -> list[Row]:
    """Write the set into the folder `out` and return its rows.

    Raises SkelpError if `out` is not empty or there is nothing to collect, and ClientError as the station's calls do.
    """
    if out.exists() and any(out.iterdir()):
        raise SkelpError(f"{out} is not empty; a set is always collected into a new folder, name another one")
    for folder in ("images", "masks"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    said = reviews(station)
    by_defect: dict[str, list[Review]] = {}
    for r in said:
        by_defect.setdefault(r.defect_id, []).append(r)
    collection = Collection(station, out, val_share)
    rows = [row for defect_id, given in by_defect.items() if (row := collection.defect(defect_id, given))]
    rows += [row for sample in station.samples() if (row := collection.sample(sample))]
    if not rows:
        raise SkelpError("the station has neither reviews that stand nor samples of clean steel, or their pictures are gone")
    names = {"0": "background", **{str(v): n for n, v in collection.values.items()}, str(UNSURE): "unsure"}
    (out / "classes.json").write_text(json.dumps(names))
    (out / "reviews.json").write_text(json.dumps([_as_json(r) for r in said], indent=1) + "\n")
    with (out / "index.csv").open("w", newline="", encoding="utf-8") as f:
        writer = csv.writer(f)
        writer.writerow(["name", "class", "group", "split", "defect_fraction", "said", "source"])
        writer.writerows([r.name, r.kind, r.group, r.split, r.defect_fraction, r.said, r.source] for r in rows)
    return rows


def label(stands: StandingReview) -> str | None:
    """The label of a reviewed defect: a class's name, `sound` if it was rejected, `unsure` if operators differ. None without a review."""
    return {Result.OPEN: None, Result.DISPUTED: "unsure", Result.REJECTED: "sound"}.get(stands.result, stands.class_name)


def crop_mask(defect: U8, value: int, *, alone: bool) -> U8:
    """Mask of a crop from the defect's own mask, uint8 [h, w], 255 on the defect.

    The defect gets `value` and an UNSURE seam. The steel around it is SOUND if the defect is `alone` there, else UNSURE.
    """
    mask = np.full(defect.shape, SOUND if alone else UNSURE, np.uint8)
    if value != SOUND:
        mask[cv2.dilate(defect, np.ones((_OUTLINE_PX, _OUTLINE_PX), np.uint8)) > 0] = UNSURE
    mask[defect > 0] = value
    return mask


def _near(one: Defect, other: Defect) -> bool:
    """Whether two boxes of one camera are so near that one defect may show in the other's crop."""
    beside = _overlap(one.column, one.columns, other.column, other.columns)
    return one.camera == other.camera and beside and _overlap(one.line, one.lines, other.line, other.lines)


def _overlap(first: int, length: int, other: int, other_length: int) -> bool:
    """Whether two stretches of pixels overlap or are less than _NEAR_PX apart."""
    return first - _NEAR_PX < other + other_length and other < first + length + _NEAR_PX


def _decoded(data: bytes | None) -> U8 | None:
    image = None if data is None else cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    return None if image is None else np.asarray(image, np.uint8)


def _as_json(review: Review) -> dict[str, Any]:
    return {
        "defect_id": review.defect_id,
        "verdict": review.verdict,
        "class": review.class_name,
        "operator": review.operator,
        "note": review.note,
        "at": review.at,
    }
