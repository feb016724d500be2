"""A labelled set from a line: python -m training.from_station http://127.0.0.1:8000 --out DIR

Takes what operators said of a station's defects (confirmed, rejected, relabelled) and its random sample of steel without a
finding. The set is in our own format; its index names coil, defect and who said what, and where operators disagree the defect's
pixels are left unsure instead of being outvoted. Every review, the withdrawn ones too, is kept in reviews.json.
"""

from __future__ import annotations

import argparse
import csv
import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from skelp.domain.errors import SkelpError
from skelp.domain.review import Review, Verdict, standing
from skelp_training.commands import run
from skelp_training.data.pictures import SOUND, U8, UNSURE, split_of

_RING_PX = 9
"""Nobody is sure of the outline itself: so wide a seam around a mask neither teaches nor counts."""
_NEAR_PX = 600
"""Another defect's box so near may show in the crop; what is around the mask is then unsure."""


@dataclass(frozen=True)
class Row:
    """A picture of the set and where it came from."""

    name: str
    kind: str
    group: str
    split: str
    defect_fraction: float
    said: str
    source: str


class Station:
    """A station's REST interface, read page by page."""

    def __init__(self, address: str) -> None:
        if not address.startswith(("http://", "https://")):
            raise SkelpError(f"{address} is not a station's address; it looks like http://127.0.0.1:8000")
        self._root = address.rstrip("/") + "/api/v1"

    def json(self, path: str) -> Any:
        return json.loads(self.bytes(path) or b"null")

    def bytes(self, path: str) -> bytes | None:
        """None where there is no such thing (a picture that went with the quota). Raises SkelpError if nobody answers."""
        try:
            with urllib.request.urlopen(self._root + path, timeout=30) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise SkelpError(f"{self._root}{path}: {error}") from error
        except (OSError, ValueError) as error:
            raise SkelpError(f"{self._root} does not answer: {error}; is the station running?") from error

    def reviews(self) -> Iterator[Review]:
        cursor: int | None = 0
        while cursor is not None:
            page = self.json(f"/reviews?cursor={cursor}")
            for r in page["reviews"]:
                yield Review(r["review_id"], r["defect_id"], Verdict(r["verdict"]), r["class"], r["operator"], r["note"], r["at"])
            cursor = page["next"]

    def boxes(self, coil_id: str) -> list[dict[str, Any]]:
        """Every defect of a coil: its boxes say what else a crop may show."""
        found, cursor = [], 0
        while cursor is not None:
            page = self.json(f"/coils/{coil_id}/defects?limit=10000&cursor={cursor}")
            found += page["defects"]
            cursor = page["next"]
        return found


def label(words: Sequence[Review], class_name: str) -> str | None:
    """What operators agree that it is: a class's name, `sound`, or `unsure` where they do not agree. None if nobody's word stands."""
    said = {"sound" if w.verdict is Verdict.REJECTED else w.class_name or class_name for w in words}
    return said.pop() if len(said) == 1 else "unsure" if said else None


def mask_of(defect: U8, value: int, *, alone: bool) -> U8:
    """Mask of a crop from the defect's own (uint8 [h, w], 255 where it is): its value, an unsure seam, and around it sound steel
    if the defect is `alone` there, else unsure."""
    mask = np.full(defect.shape, SOUND if alone else UNSURE, np.uint8)
    if value != SOUND:
        mask[cv2.dilate(defect, np.ones((_RING_PX, _RING_PX), np.uint8)) > 0] = UNSURE
    mask[defect > 0] = value
    return mask


def collect(station: Station, out: Path, val_share: float) -> list[Row]:
    """Write the set. Returns its rows. Raises SkelpError if there is nothing to learn from, or `out` is not empty."""
    if out.exists() and any(out.iterdir()):
        raise SkelpError(f"{out} is not empty; a set is made anew each time, name another folder")
    for folder in ("images", "masks"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    given = list(station.reviews())
    of: dict[str, list[Review]] = {}
    for r in given:
        of.setdefault(r.defect_id, []).append(r)
    values: dict[str, int] = {}
    coils: dict[str, list[dict[str, Any]]] = {}
    rows = [row for defect_id, said in of.items() if (row := _defect(station, out, defect_id, said, values, coils, val_share))]
    rows += [row for sample in station.json("/samples")["samples"] if (row := _sample(station, out, sample, val_share))]
    if not rows:
        raise SkelpError("the station has neither reviews that stand nor samples of clean steel, or their pictures are gone")
    (out / "classes.json").write_text(json.dumps({"0": "background", **{str(v): n for n, v in values.items()}, str(UNSURE): "unsure"}))
    kept = [
        {
            "defect_id": r.defect_id,
            "verdict": r.verdict,
            "class": r.class_name,
            "operator": r.operator,
            "note": r.note,
            "at": r.at,
        }
        for r in given
    ]
    (out / "reviews.json").write_text(json.dumps(kept, indent=1) + "\n")
    with (out / "index.csv").open("w", newline="", encoding="utf-8") as f:
        writer = csv.writer(f)
        writer.writerow(["name", "class", "group", "split", "defect_fraction", "said", "source"])
        writer.writerows([r.name, r.kind, r.group, r.split, r.defect_fraction, r.said, r.source] for r in rows)
    return rows


def _defect(
    station: Station,
    out: Path,
    defect_id: str,
    said: Sequence[Review],
    values: dict[str, int],
    coils: dict[str, list[dict[str, Any]]],
    val_share: float,
) -> Row | None:
    words = standing(said)
    about = station.json(f"/defects/{defect_id}")
    agreed = label(words, about["class"])
    picture, mask = (_decoded(station.bytes(f"/defects/{defect_id}/{f}")) for f in ("crop.jpg", "mask.png"))
    if agreed is None or picture is None or mask is None:
        return None
    coil = about["coil_id"]
    if coil not in coils:
        coils[coil] = station.boxes(coil)
    alone = not any(_near(about, other) for other in coils[coil] if other["defect_id"] != defect_id)
    value = {"sound": SOUND, "unsure": UNSURE}.get(agreed)
    if value is None:
        value = values.setdefault(agreed, len(values) + 1)
    full = mask_of(mask, value, alone=alone)
    words_said = "; ".join(f"{w.operator}: {w.verdict}{f' as {w.class_name}' if w.class_name else ''}" for w in words)
    share = 0.0 if value in (SOUND, UNSURE) else round(float((full == value).mean()), 6)
    row = Row(defect_id, agreed, coil, split_of(coil, val_share), share, words_said, f"defect {defect_id}")
    return _write(out, row, picture, full)


def _sample(station: Station, out: Path, sample: dict[str, Any], val_share: float) -> Row | None:
    picture = _decoded(station.bytes(f"/samples/{sample['sample_id']}.png"))
    if picture is None:
        return None
    coil, name = sample["coil_id"], f"clean-{sample['sample_id']}"
    said = f"nobody: model {sample['model_sha256'][:12]} found nothing"
    source = f"coil {coil}, camera {sample['camera']}, line {sample['line']}, column {sample['column']}"
    row = Row(name, "clean", coil, split_of(coil, val_share), 0.0, said, source)
    return _write(out, row, picture, np.zeros_like(picture))


def _near(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two boxes lie so near, on one camera, that one may show in the other's crop."""
    if one["camera"] != other["camera"]:
        return False
    return all(
        one[start] - _NEAR_PX < other[start] + other[size] and other[start] < one[start] + one[size] + _NEAR_PX
        for start, size in (("line", "lines"), ("column", "columns"))
    )


def _decoded(data: bytes | None) -> U8 | None:
    image = None if data is None else cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    return None if image is None else np.asarray(image, np.uint8)


def _write(out: Path, row: Row, picture: U8, mask: U8) -> Row:
    for folder, image in (("images", picture), ("masks", mask)):
        if not cv2.imwrite(str(out / folder / f"{row.name}.png"), image):
            raise SkelpError(f"cannot write {out / folder / row.name}.png; is the disk full?")
    return row


def main(arguments: Sequence[str]) -> None:
    """Make a labelled set of what a station's operators said."""
    ask = argparse.ArgumentParser(prog="training.from_station", description=__doc__)
    ask.add_argument("station", help="address, as in http://127.0.0.1:8000")
    ask.add_argument("--out", type=Path, required=True)
    ask.add_argument("--val-share", type=float, default=0.2, help="share of the coils that are held out")
    asked = ask.parse_args(arguments)
    rows = collect(Station(asked.station), asked.out, asked.val_share)
    kinds = sorted({r.kind for r in rows})
    print(
        f"{len(rows)} pictures of {len({r.group for r in rows})} coils: "
        + ", ".join(f"{sum(r.kind == k for r in rows)} {k}" for k in kinds)
    )


if __name__ == "__main__":
    run(main)
