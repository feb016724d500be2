"""Write the labels that the line-scan mill's strips are trained on: python -m tools.line_mill_labels [--data FOLDER] [--out FOLDER]

Two sets of format `own` come out; their pictures are links. Held-out strips keep the labels that they had.

- severstal: the mill's official truth. Some strips have only boxes there. Pixels with contrast inside such a box become the defect.
- line-scan-strips: our own notes. On strips for which two contest teams' masks are at hand, what both mark is a defect, and what one team
  alone or only the notes mark is unsure.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from skelp.terminal import print_line
from skelp_training.config import DataSet
from skelp_training.data.boxes import LabelledBox, find_contrast
from skelp_training.data.pictures import SOUND, U8, UNSURE, Item
from skelp_training.data.pools import labels_of

CLASSES = {"inclusion": 1, "patch": 2, "scratch": 3, "roll_mark": 4, "marking": 5, "stain": 6, "oxide": 7}
MARKS = ("marking", "stain", "oxide")
OFFICIAL = {"class1": "inclusion", "class2": "scratch", "class3": "scratch", "class4": "patch"}
"""What the mill's numbered classes are."""
_TEAMS = ("masks", "masks-farrell0828")
_FAINT, _NARROW_PX = 0.12, 80
"""If less than this share of a narrow box has a clear contrast, slight contrast counts."""


def marked_in_boxes(image: U8, mask: U8, boxes: Iterable[LabelledBox]) -> U8:
    """The mask, uint8 [h, w], in which pixels with contrast inside a box have the box's class where they were unsure."""
    mask, (clear, slight) = mask.copy(), find_contrast(image)
    for box in boxes:
        inside = np.s_[box.y : box.y + box.height, box.x : box.x + box.width]
        free = mask[inside] == UNSURE
        found = free & (cv2.morphologyEx(clear[inside], cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)) > 0)
        if found.mean() < _FAINT and min(box.width, box.height) < _NARROW_PX:
            found = free & (slight[inside] > 0)
        mask[inside][found] = box.class_id
    return mask


def agreed(notes: U8, first: U8, second: U8, marks: Sequence[int]) -> U8:
    """One mask of three, all uint8 [h, w] of class ids: a defect where the two teams mark one, by the first team's class.

    Unsure: what one team alone marks, the rim of what both mark, and defects that only the notes have. Marks are those of the notes.
    """
    both, one = (first > 0) & (second > 0), (first > 0) ^ (second > 0)
    is_mark = np.isin(notes, marks)
    mask = np.where((notes != SOUND) & (notes != UNSURE), UNSURE, SOUND).astype(np.uint8)
    mask[is_mark] = notes[is_mark]
    mask[one] = UNSURE
    mask[cv2.dilate(both.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0] = UNSURE
    mask[both] = first[both]
    return mask


def severstal(data: Path) -> list[tuple[Item, U8]]:
    """The official strips and their masks."""
    marks = Path("data/severstal-marks.csv")
    items = _items(DataSet(name="severstal", format="own", path=data / "severstal", marks=marks, classes=OFFICIAL))
    with (data / "severstal" / "index.csv").open(newline="") as f:
        only_boxes = {r["name"] for r in csv.DictReader(f) if r["truth"] == "boxes"}
    boxes: dict[str, list[LabelledBox]] = defaultdict(list)
    with (data / "severstal" / "boxes.csv").open(newline="") as f:
        for row in csv.DictReader(f):
            place = (int(float(row[key])) for key in ("x", "y", "width", "height"))
            boxes[row["name"]].append(LabelledBox(CLASSES[OFFICIAL[f"class{row['class']}"]], *place))
    labelled = []
    for item in items:
        sample = item.load()
        weak = item.split == "train" and item.name in only_boxes
        labelled.append((item, marked_in_boxes(sample.image, sample.mask, boxes[item.name]) if weak else sample.mask))
    return labelled


def line_scan_strips(data: Path) -> list[tuple[Item, U8]]:
    """The other strips of that mill and their masks."""
    notes = Path("data/line-scan-strips-notes.csv")
    items = _items(DataSet(name="line-scan-strips", format="marks", path=notes, images=data / "line-scan-strips" / "images"))
    names = json.loads((data / "pseudo-severstal" / "classes.json").read_text())
    ids = {int(value): CLASSES[OFFICIAL[name]] for value, name in names.items() if name in OFFICIAL}
    labelled = []
    for item in items:
        mask = item.load().mask
        files = [data / "pseudo-severstal" / team / f"{item.name}.png" for team in _TEAMS]
        if item.split == "train" and files[0].is_file() and (mask != UNSURE).any():  # floor plate is wholly unsure and stays so
            first, second = (_renamed(f, ids) for f in files)
            mask = agreed(mask, first, second, [CLASSES[m] for m in MARKS])
        labelled.append((item, mask))
    return labelled


def write(folder: Path, labelled: Sequence[tuple[Item, U8]]) -> None:
    """A set of format `own` in the folder."""
    for sub in ("images", "masks"):
        (folder / sub).mkdir(parents=True, exist_ok=True)
    shown: set[int] = set()
    with (folder / "index.csv").open("w", newline="") as f:
        rows = csv.writer(f)
        rows.writerow(["name", "class", "group", "split", "defect_fraction"])
        for item, mask in labelled:
            link = folder / "images" / item.file.name
            link.unlink(missing_ok=True)
            link.symlink_to(item.file.resolve())
            cv2.imwrite(str(folder / "masks" / f"{item.file.stem}.png"), mask)
            present = {int(v) for v in np.unique(mask)} - {SOUND, UNSURE}
            shown |= present
            share = np.isin(mask, list(present)).mean() if present else 0.0
            rows.writerow([item.file.stem, "|".join(map(str, sorted(present))), item.group, item.split, f"{share:.5f}"])
    names = {0: "background", UNSURE: "unsure"} | {n: name for name, n in CLASSES.items() if n in shown}
    (folder / "classes.json").write_text(json.dumps({str(n): name for n, name in sorted(names.items())}) + "\n")
    print_line(f"{folder}: {len(labelled)} strips, {', '.join(name for n, name in names.items() if 0 < n < UNSURE)}")


def _items(data: DataSet) -> tuple[Item, ...]:
    return labels_of(data, CLASSES).items


def _renamed(file: Path, ids: Mapping[int, int]) -> U8:
    table = np.zeros(256, np.uint8)
    table[list(ids)] = list(ids.values())
    return table[np.asarray(cv2.imread(str(file), cv2.IMREAD_GRAYSCALE), np.uint8)]


def main() -> None:
    """Write both sets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("runs/labels"))
    arguments = parser.parse_args()
    write(arguments.out / "severstal", severstal(arguments.data))
    write(arguments.out / "line-scan-strips", line_scan_strips(arguments.data))


if __name__ == "__main__":
    main()
